"""The exact velocity field: what flow matching learns, with nothing learnt."""

import pytest
import torch
from torch.testing import assert_close

from eitherway.notebook.field import conditional_and_marginal, exact_velocity, follow, landings, noisy_density
from eitherway.report.style import LEFT, RIGHT
from eitherway.tasks.jumper.distribution import JumperDistribution

X = torch.linspace(-3, 3, 25, dtype=torch.float64)


@pytest.fixture(scope="module")
def actions():
    return landings(0.2)


def quantiles_of_noise(n):
    q = (torch.arange(n, dtype=torch.float64) + 0.5) / n
    return torch.special.ndtri(q)


def test_landings_are_the_distribution(actions):
    s = torch.full_like(actions, 0.2)
    assert_close(
        JumperDistribution().cdf(actions[50:-50], s[50:-50]), ((torch.arange(2_000) + 0.5) / 2_000)[50:-50].double()
    )


def test_in_pure_noise_the_velocity_leads_to_the_mean(actions):
    assert_close(exact_velocity(X, 1.0, actions), X - actions.mean())


def test_one_step_from_noise_lands_on_the_mean(actions):
    assert_close(follow(X, actions, steps=1)[-1], actions.mean().expand_as(X))


def test_for_one_action_the_field_is_that_actions_straight_line():
    point = torch.tensor([1.2], dtype=torch.float64)
    eps = torch.tensor([0.3], dtype=torch.float64)
    for t in (0.1, 0.5, 1.0):
        assert_close(exact_velocity((1 - t) * point + t * eps, t, point), eps - point)


def test_the_velocity_is_the_mean_over_pairs_that_pass_there(actions):
    g = torch.Generator().manual_seed(0)
    a = actions[torch.randint(len(actions), (2_000_000,), generator=g)]
    eps = torch.randn(len(a), generator=g, dtype=torch.float64)
    t, x = 0.4, 0.3
    near = ((1 - t) * a + t * eps - x).abs() < 0.01
    seen = (eps - a)[near]
    error = float(seen.std()) / len(seen) ** 0.5
    assert float(exact_velocity(torch.tensor([x]), t, actions)) == pytest.approx(float(seen.mean()), abs=4 * error)


def test_following_the_field_gives_the_distribution(actions):
    ends = follow(quantiles_of_noise(500), actions, steps=400)[-1].sort().values
    distribution = landings(0.2, 500)
    assert float((ends - distribution).abs().mean()) < 0.02  # Wasserstein-1; the landings' spread is above 1


def test_modes_through_the_field_never_cross(actions):
    ways = follow(quantiles_of_noise(200), actions, steps=400)
    assert bool((ways.diff(dim=1) > 0).all())


def test_the_noisy_density_is_a_density(actions):
    grid = torch.linspace(-8, 8, 3_201, dtype=torch.float64)
    for t in (0.05, 0.5, 1.0):
        assert float(noisy_density(grid, t, actions).sum()) * 0.005 == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("t", [0.0, -0.1, 1.5])
def test_times_without_noise_are_refused(t, actions):
    with pytest.raises(ValueError, match=r"must lie in \(0, 1\]"):
        exact_velocity(X, t, actions)


def test_both_panels_start_from_the_same_noise_and_tell_left_from_right():
    left, right = conditional_and_marginal(0.2).axes
    starts = [sorted(way[0, 1] for part in axes.collections for way in ways(part)) for axes in (left, right)]
    assert len(starts[0]) == 40 and starts[0] == pytest.approx(starts[1])
    ends = [line for line in right.lines if line.get_marker() == "o"]
    assert {line.get_color(): bool((line.get_ydata() > 0).all()) for line in ends} == {LEFT: False, RIGHT: True}


def ways(part):
    """The lines of a collection of modes; none of any other collection."""
    return [p.vertices for p in part.get_paths()] if part.get_label().startswith("ends") else []
