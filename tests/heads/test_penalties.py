"""What an error costs: each shape's values, limits and pulls at known points."""

import math

import pytest
import torch
from torch.nn.functional import huber_loss
from torch.testing import assert_close

from eitherway.heads import Absolute, Cauchy, Huber, LaplaceKernel, Quantile, Squared, Truncated, Welsch

AT = torch.tensor([0.0, 0.5, 1.0, -1.0, 3.0], dtype=torch.float64)
VALUES = {
    Squared: [0.0, 0.25, 1.0, 1.0, 9.0],
    Absolute: [0.0, 0.5, 1.0, 1.0, 3.0],
    Welsch: [0.0, 1 - math.exp(-0.25), 1 - math.exp(-1), 1 - math.exp(-1), 1 - math.exp(-9)],
    Truncated: [0.0, 0.5, 1.0, 1.0, 2.0],
    Cauchy: [0.0, math.log(1.25), math.log(2), math.log(2), math.log(10)],
    LaplaceKernel: [0.0, 1 - math.exp(-0.5), 1 - math.exp(-1), 1 - math.exp(-1), 1 - math.exp(-3)],
    Huber: [0.0, 0.25, 1.0, 1.0, 5.0],
    Quantile: [0.0, 0.45, 0.9, 0.1, 2.7],
}
FOREVER = {Squared: 2e6, Absolute: 1.0, Cauchy: 2e-6, Huber: 2.0, Quantile: 0.9}  # dearer without end, with this pull
LIMITS = {Welsch: 1.0, LaplaceKernel: 1.0, Truncated: 2.0, **dict.fromkeys(FOREVER, math.inf)}
PULLS = {Welsch: 0.0, LaplaceKernel: 0.0, Truncated: 0.0, **FOREVER}


@pytest.mark.parametrize("penalty", VALUES)
def test_values(penalty):
    assert_close(penalty()(AT), torch.tensor(VALUES[penalty]).double(), atol=1e-7, rtol=0)


@pytest.mark.parametrize("penalty", LIMITS)
def test_how_dear_an_error_can_get(penalty):
    assert float(penalty()(torch.tensor(math.inf))) == LIMITS[penalty]


@pytest.mark.parametrize("penalty", PULLS)
def test_how_hard_an_error_of_a_million_pulls(penalty):
    error = torch.tensor(1e6, dtype=torch.float64, requires_grad=True)
    penalty()(error).backward()
    assert float(error.grad) == pytest.approx(PULLS[penalty], rel=1e-6)


@pytest.mark.parametrize("penalty", VALUES)
def test_scale_is_the_unit_of_the_error(penalty):
    assert_close(penalty(scale=0.25)(AT), penalty()(4 * AT))


@pytest.mark.parametrize("scale", [0.0, -1.0, math.nan])
def test_a_scale_is_positive(scale):
    with pytest.raises(ValueError, match="scale must be above 0"):
        Squared(scale=scale)


def draws(distribution, s, count=20_000):
    """The distribution's own quantiles at even levels: its draws without the noise of drawing."""
    levels = (torch.arange(count, dtype=torch.float64) + 0.5) / count
    return distribution.quantile(levels, torch.full_like(levels, s))


def cheapest(penalty, a, low=-3.0, high=3.0):
    """argmin_m E ρ(a - m) of a convex penalty, by halving where its slope changes sign."""
    for _ in range(50):
        m = torch.tensor((low + high) / 2, dtype=torch.float64, requires_grad=True)
        penalty(a - m).mean().backward()
        low, high = (float(m.detach()), high) if m.grad < 0 else (low, float(m.detach()))
    return (low + high) / 2


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("s", [-0.9, -0.3, 0.4, 1.1])
def test_the_pinball_costs_least_at_the_distributions_quantile(jumper, level, s):
    exact = jumper.distribution.quantile(torch.tensor(level), torch.tensor(s))
    assert cheapest(Quantile(level=level), draws(jumper.distribution, s)) == pytest.approx(float(exact), abs=1e-3)


def test_where_the_distribution_changes_sides_a_share_of_one_minus_the_level_goes_right(jumper):
    """At p(s) = 0.1 the 0.9-quantile leaves the left side for the right one."""
    s = torch.tensor([-0.81, -0.79])
    assert jumper.distribution.quantile(torch.full((2,), 0.9), s).sign().tolist() == [-1, 1]
    assert [cheapest(Quantile(level=0.9), draws(jumper.distribution, float(at))) > 0 for at in s] == [False, True]


def test_the_pinball_of_level_one_half_is_half_the_absolute_error():
    assert_close(Quantile(level=0.5)(AT), Absolute()(AT) / 2)


def test_huber_is_twice_the_published_one(generator):
    r = 3 * torch.randn(100, generator=generator, dtype=torch.float64)
    published = huber_loss(r, torch.zeros_like(r), delta=0.7, reduction="none")
    assert_close(Huber(threshold=0.7)(r), 2 * published)


@pytest.mark.parametrize("s", [-0.5, 0.3, 0.9])
def test_huber_seeks_the_mean_if_its_threshold_is_large_and_the_median_if_it_is_small(jumper, s):
    a, obs = draws(jumper.distribution, s), {"state": torch.full((1, 1, 1), s)}
    assert cheapest(Huber(threshold=10.0), a) == pytest.approx(float(jumper.distribution.mean(obs)), abs=2e-3)
    assert cheapest(Huber(threshold=1e-4), a) == pytest.approx(float(jumper.distribution.median(obs)), abs=2e-3)


def test_on_the_way_from_median_to_mean_huber_may_pass_both(jumper):
    """At s = 0.9 the long tail pulls it right of the median before the far left side counts."""
    obs = {"state": torch.full((1, 1, 1), 0.9)}
    ends = float(jumper.distribution.median(obs)), float(jumper.distribution.mean(obs))
    assert cheapest(Huber(threshold=0.5), draws(jumper.distribution, 0.9)) > max(ends) + 0.03


def test_a_threshold_is_positive():
    with pytest.raises(ValueError, match="threshold must be above 0, got 0"):
        Huber(threshold=0.0)


@pytest.mark.parametrize("level", [0.0, 1.0, -0.2])
def test_a_level_lies_between_none_and_all(level):
    with pytest.raises(ValueError, match="level must lie between 0 and 1"):
        Quantile(level=level)
