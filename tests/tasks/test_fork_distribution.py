"""The fork's distribution: it integrates to one, draws what it says, and is what a sum over all modes gives."""

import itertools
import math

import pytest
import torch
from torch.distributions import MultivariateNormal
from torch.testing import assert_close

from eitherway.randomness import stream
from eitherway.tasks import Fork
from eitherway.tasks.fork.lanes import SIGMA, TUBE

RICH = {"modes": 3, "vanishing": 0.6, "merging": 0.5, "anisotropy": 4.0, "bend": 0.8, "coupling": 3.0}


def seen(s):
    return {"state": torch.as_tensor(s, dtype=torch.float64)[:, None]}


def states(dimensions, n, seed=0):
    return 2 * torch.rand((n, dimensions), generator=stream(seed, "states"), dtype=torch.float64) - 1


def grid(low, high, n):
    cell = (high - low) / n
    return low + cell * (torch.arange(n, dtype=torch.float64) + 0.5), cell


@pytest.mark.parametrize("options", [{}, RICH])
def test_the_density_over_two_steps_integrates_to_one(options):
    task = Fork(dimensions=1, steps=2, **options)
    x, cell = grid(-4.5, 4.5, 1_200)
    a = torch.cartesian_prod(x, x)[:, :, None]
    for s in (-0.9, 0.1):
        total = (
            task.distribution.log_prob(a, seen([[s]]) | {"state": torch.full((len(a), 1, 1), s)}).exp().sum() * cell**2
        )
        assert float(total) == pytest.approx(1, abs=1e-6)


def test_the_density_over_two_coupled_dimensions_integrates_to_one():
    task = Fork(dimensions=2, steps=1, **RICH)
    x, cell = grid(-4.5, 4.5, 1_200)
    a = torch.cartesian_prod(x, x)[:, None]
    s = torch.tensor([0.3, -0.8], dtype=torch.float64).expand(len(a), 1, 2)
    assert float(task.distribution.log_prob(a, {"state": s}).exp().sum() * cell**2) == pytest.approx(1, abs=1e-6)


def test_without_coupling_dimensions_are_independent():
    both, one = Fork(dimensions=2).distribution, Fork(dimensions=1).distribution
    obs = seen(states(2, 50))
    a = both.sample(obs, 1, stream(0, "a"))[0]
    alone = [one.log_prob(a[:, :, d : d + 1], {"state": obs["state"][:, :, d : d + 1]}) for d in (0, 1)]
    assert_close(both.log_prob(a, obs), alone[0] + alone[1])


def test_the_chain_of_lanes_gives_the_sum_over_all_modes():
    """Against PyTorch's Gaussians, one for each of the 27 modes; straight clusters, for those have a covariance."""
    task = Fork(dimensions=3, steps=4, **{**RICH, "bend": 0.0})
    lanes, s = task.lanes, states(3, 20)
    a = task.distribution.sample(seen(s), 1, stream(0, "a"))[0].double()
    joint, modes = task.distribution.joint(s), list(itertools.product(range(3), repeat=3))
    total = torch.zeros(20, dtype=torch.float64)
    for w, mode in enumerate(modes):
        parts = [
            MultivariateNormal(lanes.centres(s[:, d])[:, k], scale_tril=lanes.factor).log_prob(a[:, :, d])
            for d, k in enumerate(mode)
        ]
        total += joint[:, w] * sum(parts).exp()
    assert_close(task.distribution.log_prob(a, seen(s)), total.log())


@pytest.mark.parametrize("bend", [0.0, 0.5, 1.0])
def test_bending_a_cluster_keeps_its_volume(bend):
    """A path's density is its normal numbers' density over |L|, however bent."""
    lanes = Fork(modes=1, bend=bend, anisotropy=3.0).lanes
    s, z = states(1, 30)[:, 0], torch.randn((30, 8), generator=stream(0, "z"), dtype=torch.float64)
    found = lanes.log_prob(lanes.path(torch.zeros(30, dtype=torch.long), z, s), s)[:, 0]
    exact = -z.square().sum(1) / 2 - 4 * math.log(2 * math.pi) - lanes.factor.diagonal().log().sum()
    assert_close(found, exact)


@pytest.mark.parametrize("options", [{}, RICH])
def test_draws_have_the_stated_mean(options):
    distribution, obs = Fork(dimensions=2, **options).distribution, seen([[-0.5, 0.2]])
    draws = distribution.sample(obs, 100_000, stream(0, "draws")).double()
    error = (draws.mean(0) - distribution.mean(obs)) / (draws.std(0) / 100_000**0.5)
    assert float(error.abs().max()) < 5


@pytest.mark.parametrize("options", [{}, RICH])
def test_draws_go_each_way_as_often_as_the_distribution_says(options):
    task, obs = Fork(dimensions=2, **options), seen([[-0.5, 0.2]])
    mode = task.mode_of(obs, task.distribution.sample(obs, 100_000, stream(0, "draws")))[:, 0]
    share = torch.bincount(mode[mode >= 0], minlength=task.modes**2) / 100_000
    assert_close(share.double(), task.distribution.mode_probabilities(obs)[0], atol=5 * 0.5 / 100_000**0.5, rtol=0)


@pytest.mark.parametrize("options", [{}, {"dimensions": 8}, RICH])
def test_draws_succeed_with_more_than_9999_in_10000(options):
    """Each of H D deviations leaves 5 standard deviations with a probability of 5.7e-7."""
    task = Fork(**options)
    assert task.steps * task.dimensions * math.erfc(TUBE / 2**0.5) < 1e-4
    obs = seen(states(task.dimensions, 20_000))
    assert int((task.mode_of(obs, task.distribution.sample(obs, 1, stream(0, "draws"))) < 0).sum()) <= 2


def test_the_deviations_have_the_stated_size_and_memory():
    lanes = Fork(modes=1, anisotropy=5.0).lanes
    covariance = lanes.factor @ lanes.factor.T
    assert_close(covariance.diagonal().sqrt()[[0, -1]], torch.tensor([SIGMA, SIGMA / 5], dtype=torch.float64))
    assert float(covariance[0, 1] / (covariance[0, 0] * covariance[1, 1]).sqrt()) == pytest.approx(0.8)


def test_neighbouring_lanes_end_the_stated_distance_apart():
    centres = Fork(modes=4, separation=15.0).lanes.centres(torch.tensor(0.3))
    assert_close(centres[:, -1].diff(), torch.full((3,), 15 * SIGMA).double())


def test_a_way_appears_and_vanishes_with_the_state():
    weights = Fork(vanishing=0.75).lanes.weights(torch.tensor([-1.0, 0.0, 1.0]))
    assert (weights == 0).tolist() == [[False, True], [False, False], [True, False]]


@pytest.mark.parametrize(("modes", "shares"), [(2, [0.95, 0.05]), (4, [0.95 / 3] * 3 + [0.05])])
def test_a_rare_lane_has_its_share_in_every_state(modes, shares):
    weights = Fork(modes=modes, rarity=0.05).lanes.weights(torch.tensor([-1.0, 0.0, 0.7]))
    assert_close(weights, torch.tensor(shares, dtype=torch.float64).expand(3, -1))


def test_rare_lanes_of_two_dimensions_are_independent_and_drawn_as_rarely():
    task, obs = Fork(rarity=0.05), seen(states(2, 100_000))
    assert_close(
        task.distribution.mode_probabilities(obs)[0],
        torch.tensor([0.9025, 0.0475, 0.0475, 0.0025], dtype=torch.float64),
    )
    mode = task.mode_of(obs, task.distribution.sample(obs, 1, stream(0, "draws")))[0]
    share = torch.bincount(mode[mode >= 0], minlength=4) / 100_000
    assert_close(share.double(), task.distribution.mode_probabilities(obs)[0], atol=5 * 0.22 / 100_000**0.5, rtol=0)


def test_without_rarity_the_state_tilts_the_weights_of_one_and_two():
    s = torch.tensor([-0.4, 0.3], dtype=torch.float64)
    odds = 2 * torch.exp(2 * 1.5 * s)
    assert_close(Fork().lanes.weights(s), torch.stack([1 / (1 + odds), odds / (1 + odds)], -1))


def test_lanes_that_have_merged_are_one_way():
    task = Fork(dimensions=2, modes=3, merging=1.0)
    obs = seen([[0.0, 0.9]])
    modes = task.distribution.mode_probabilities(obs)[0].reshape(3, 3)
    assert (modes > 0).tolist() == [[True, False, False]] * 3 and float(modes.sum()) == pytest.approx(1)
    assert set(task.mode_of(obs, task.distribution.sample(obs, 500, stream(0, "d")))[:, 0].tolist()) == {0, 3, 6}


def test_coupling_makes_equal_lanes_likelier_and_leaves_the_first_dimension_alone():
    s = seen([[0.1, -0.2]])
    free, tied = (Fork(coupling=c).distribution.mode_probabilities(s)[0].reshape(2, 2) for c in (0.0, 4.0))
    assert_close(free.sum(1), tied.sum(1))
    assert float(tied.diagonal().sum()) > float(free.diagonal().sum()) + 0.1


def test_the_middle_of_the_likeliest_way_is_there_and_goes_that_way():
    task, obs = Fork(dimensions=3, **RICH), seen(states(3, 200))
    mode = task.mode_of(obs, task.distribution.middle(obs)[None])[0]
    merged = task.lanes.merged(obs["state"][:, 0]).any(1)
    assert bool((mode >= 0).all())
    assert_close(mode[~merged], task.distribution.mode_probabilities(obs).argmax(1)[~merged])
