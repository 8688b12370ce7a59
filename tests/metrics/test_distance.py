"""Wasserstein-1 against closed forms and SciPy."""

from dataclasses import replace

import pytest
import torch
from scipy import stats

from eitherway.evaluation.data import EvaluationData
from eitherway.metrics import METRICS, floor
from eitherway.metrics.distance import wasserstein
from eitherway.randomness import stream

READ = {m.name: m.read for m in METRICS.values()}
MANY = 200_000
Q = (torch.arange(MANY, dtype=torch.float64) + 0.5) / MANY


def states(s):
    return {"state": torch.as_tensor(s, dtype=torch.float32).reshape(-1, 1, 1)}


def law_draws(distribution, s):
    """200,000 draws of the distribution at s without the noise of drawing: its even quantiles."""
    return distribution.quantile(Q, torch.tensor(s, dtype=torch.float64))


@pytest.mark.parametrize("s", [-1.2, 0.0, 0.4])
def test_the_distribution_itself_is_at_no_distance(jumper, s):
    assert wasserstein(law_draws(jumper.distribution, s), jumper.distribution, states([s])) < 1e-3


@pytest.mark.parametrize("shift", [-0.7, 0.05, 0.4])
def test_a_shift_is_its_own_distance(jumper, shift):
    x = law_draws(jumper.distribution, 0.3) + shift
    assert wasserstein(x, jumper.distribution, states([0.3])) == pytest.approx(abs(shift), abs=1e-3)


@pytest.mark.parametrize("constant", [-9.0, 0.0, 1.0])
def test_a_constant_below_all_landings_is_at_the_distance_of_the_mean(jumper, constant):
    """At s = 1.2 every landing is right: W₁ = E X - constant."""
    mean = float(jumper.distribution.mean(states([1.2])))
    assert wasserstein(torch.tensor([constant]), jumper.distribution, states([1.2])) == pytest.approx(
        mean - constant, abs=1e-3
    )


class Normal:
    """N(mean, sd²) whatever is seen: all that a distance asks of a distribution."""

    log_prob = sample = mode_probabilities = median = staticmethod(lambda *_: None)

    def __init__(self, mean, sd):
        self.mean, self.sd = mean, sd

    def mixed_cdf(self, x, obs):
        return torch.special.ndtr((x - self.mean) / self.sd)


@pytest.mark.parametrize(("mean", "sd"), [(10.0, 1.0), (-250.0, 1.0), (1e5, 20.0), (0.5, 1e-4)])
def test_a_distribution_may_lie_anywhere(mean, sd):
    """2,000 of its own draws, against SciPy; and a constant 5 sd from the middle."""
    x = mean + sd * torch.randn(2_000, generator=stream(0, "draws"), dtype=torch.float64)
    even = mean + sd * torch.special.ndtri(Q)
    wanted = stats.wasserstein_distance(x.numpy(), even.numpy())
    assert wasserstein(x, Normal(mean, sd), {}) == pytest.approx(wanted, abs=1e-3 * sd)
    assert wasserstein(x[:1] * 0 + mean + 5 * sd, Normal(mean, sd), {}) == pytest.approx(5 * sd, rel=1e-3)


def test_draws_far_below_a_distribution_are_at_the_distance_of_its_mean():
    assert wasserstein(torch.zeros(50), Normal(250.0, 1.0), {}) == pytest.approx(250, abs=1e-3)


def test_a_constant_far_outside_counts_in_full(jumper):
    x = torch.tensor([100.0])
    assert wasserstein(x, jumper.distribution, states([0.0])) == pytest.approx(100.0, abs=1e-3)


@pytest.mark.parametrize("s", [-0.9, 0.1, 0.7])
def test_any_draws_are_at_scipys_distance(jumper, s, generator):
    x = 1.5 * torch.randn(300, generator=generator, dtype=torch.float64)
    exact = stats.wasserstein_distance(x.numpy(), law_draws(jumper.distribution, s).numpy())
    assert wasserstein(x, jumper.distribution, states([s])) == pytest.approx(exact, abs=2e-3)


def test_several_states_are_held_against_their_mixture(jumper, generator):
    x, s = torch.randn(300, generator=generator, dtype=torch.float64), [0.2, 0.6]
    mixture = torch.cat([law_draws(jumper.distribution, v) for v in s])
    exact = stats.wasserstein_distance(x.numpy(), mixture.numpy())
    assert wasserstein(x, jumper.distribution, states(s)) == pytest.approx(exact, abs=2e-3)


@pytest.fixture(scope="module")
def probes(jumper):
    s = torch.rand(10_000, generator=torch.Generator().manual_seed(0)) * 2.4 - 1.2
    return states(s)


@pytest.fixture(scope="module")
def lowest(jumper, probes):
    return floor(jumper, probes)


def test_the_floor_is_what_ten_thousand_true_draws_score(lowest):
    """The story's figure for them: 0.031 ± 0.0045."""
    assert lowest.mean == pytest.approx(0.031, abs=0.003) and lowest.sd == pytest.approx(0.0045, abs=0.002)


def test_draws_of_the_distribution_score_the_floor(jumper, probes, lowest):
    draws = jumper.distribution.sample(probes, 1, stream(5, "draws"))
    seen = EvaluationData(task=jumper, obs=probes, draws=draws, success=(draws[0, :, 0, 0].abs() >= 1).numpy())
    seen = replace(seen, floors={"w1": lowest})
    assert READ["w1"](seen) == pytest.approx(READ["w1_floor"](seen), abs=4 * lowest.sd)


def test_groups_weigh_the_same_however_many_states_they_hold(jumper):
    """9 states at s = 1.1, where 0 is 1.198 away, and one at s = -1.1, where 1.198 is 2.396 away."""
    obs = states([1.1] * 9 + [-1.1])
    mean = float(jumper.distribution.mean(states([1.2])))
    draws = torch.tensor([0.0] * 9 + [mean]).reshape(1, 10, 1, 1)
    seen = EvaluationData(task=jumper, obs=obs, draws=draws, success=(draws[0, :, 0, 0].abs() >= 1).numpy())
    assert READ["w1"](seen) == pytest.approx((mean + 2 * mean) / 2, abs=2e-3)
