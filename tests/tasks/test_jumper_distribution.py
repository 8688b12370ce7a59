"""The jumper's distribution against closed forms, integrals and its own draws; the atoms at the clip are part of it."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats
from torch.testing import assert_close

from eitherway.tasks.jumper.distribution import MU, SIGMA, JumperDistribution

DISTRIBUTION = JumperDistribution()
DELTA = stats.lognorm(s=SIGMA, scale=math.exp(MU))
STARTS = [-1.2, -0.7, 0.0, 0.3, 1.2]
PROPERTY = settings(deadline=None, derandomize=True, max_examples=200)

starts = st.floats(-1.2, 1.2)
shares = st.floats(1e-6, 1.0)
places = st.floats(-4.0, 4.0)


def number(x):
    return torch.tensor(x, dtype=torch.float64)


def seen(s):
    return {"state": torch.as_tensor(s, dtype=torch.float64).float().reshape(-1, 1, 1)}


def integral(f, s):
    """∫ f(x) density(x | s) dx over both sides of the obstacle."""
    sides = [(-3.0, -1.0, [-1.04]), (1.0, 3.0, [1.04])]  # the density peaks 0.04 from the edge
    return sum(
        integrate.quad(lambda x: f(x) * float(DISTRIBUTION.density(number(x), number(s))), low, high, points=peak)[0]
        for low, high, peak in sides
    )


@pytest.mark.parametrize("s", STARTS)
def test_density_and_atoms_have_a_mass_of_one(s):
    assert integral(lambda x: 1.0, s) + DISTRIBUTION.atom == pytest.approx(1.0, abs=1e-7)


@pytest.mark.parametrize("s", STARTS)
def test_the_mean_is_the_integral_of_the_distribution(s):
    p = float(DISTRIBUTION.p_right(number(s)))
    exact = integral(lambda x: x, s) + 3 * DISTRIBUTION.atom * (p - (1 - p))
    assert float(DISTRIBUTION.mean(seen(s))) == pytest.approx(exact, abs=1e-6)


@pytest.mark.parametrize(("s", "p"), [(-1.2, 0.0), (-1.0, 0.0), (0.0, 0.5), (1.0, 1.0), (1.2, 1.0)])
def test_the_chance_of_going_right_is_linear_in_s_and_clipped(s, p):
    assert float(DISTRIBUTION.p_right(number(s))) == p


def test_the_overshoot_is_a_fifth_on_average_before_the_clip():
    assert DELTA.mean() == pytest.approx(0.2, abs=1e-12)


def test_the_clip_takes_two_thousandths_off_the_mean_overshoot():
    assert float(DISTRIBUTION.mean(seen(1.2))) - 1 == pytest.approx(0.198, abs=5e-4)


def test_a_quarter_of_a_percent_is_clipped():
    assert DISTRIBUTION.atom == pytest.approx(DELTA.sf(2.0), abs=1e-12)


@pytest.mark.parametrize("s", STARTS)
def test_the_cdf_jumps_by_the_atoms_at_the_clip(s):
    p = float(DISTRIBUTION.p_right(number(s)))
    jump = DISTRIBUTION.cdf(number([-3.0, 3.0]), number(s)) - DISTRIBUTION.cdf(
        number([-3.0 - 1e-12, 3.0 - 1e-12]), number(s)
    )
    assert_close(jump, number([(1 - p) * DISTRIBUTION.atom, p * DISTRIBUTION.atom]), atol=1e-9, rtol=0)


@pytest.mark.parametrize("x", [-3.0, -1.0, 1.0, 3.0])
def test_the_cdf_is_continuous_from_the_right(x):
    after = DISTRIBUTION.cdf(number(x + 1e-13), number(0.3))
    assert_close(after, DISTRIBUTION.cdf(number(x), number(0.3)), atol=1e-9, rtol=0)


@PROPERTY
@given(places, places, starts)
def test_the_cdf_never_falls(x, y, s):
    low, high = sorted((x, y))
    assert DISTRIBUTION.cdf(number(low), number(s)) <= DISTRIBUTION.cdf(number(high), number(s))


@PROPERTY
@given(shares, starts)
def test_the_quantile_is_the_smallest_number_with_so_much_mass_up_to_it(q, s):
    x = DISTRIBUTION.quantile(number(q), number(s))
    assert float(DISTRIBUTION.cdf(x + 1e-9, number(s))) >= q - 1e-9
    assert float(DISTRIBUTION.cdf(x - 1e-9, number(s))) <= q + 1e-9


@PROPERTY
@given(st.floats(1e-3, 1.9), st.booleans(), st.floats(-0.99, 0.99))
def test_the_quantile_inverts_the_cdf_between_the_atoms(delta, right, s):
    x = number(1 + delta if right else -1 - delta)
    assert_close(DISTRIBUTION.quantile(DISTRIBUTION.cdf(x, number(s)), number(s)), x, atol=1e-6, rtol=0)


@pytest.mark.parametrize("s", STARTS)
def test_draws_pass_a_kolmogorov_smirnov_test(s, generator):
    """With atoms, F(x-) + V (F(x) - F(x-)) is uniform for an independent uniform V."""
    x = DISTRIBUTION.sample(seen(s), 20_000, generator)[:, 0, 0, 0].double()
    before = DISTRIBUTION.cdf(torch.nextafter(x, number(-9.0)), number(s))
    u = before + torch.rand(x.shape, generator=generator, dtype=x.dtype) * (DISTRIBUTION.cdf(x, number(s)) - before)
    assert stats.kstest(u.numpy(), "uniform").pvalue > 0.01


def test_draws_hit_the_clip_as_often_as_they_should(generator):
    x = DISTRIBUTION.sample(seen(0.4), 200_000, generator).flatten()
    for place, p in ((-3.0, 0.3), (3.0, 0.7)):
        assert stats.binomtest(int((x == place).sum()), len(x), p * DISTRIBUTION.atom).pvalue > 0.01


def test_the_mean_is_safe_for_three_states_in_ten():
    safe = DISTRIBUTION.mean(seen(torch.linspace(-1.2, 1.2, 24_001))).abs() >= 1
    assert float(safe.double().mean()) == pytest.approx(0.304, abs=1e-3)


def test_the_median_is_always_safe():
    assert bool((DISTRIBUTION.median(seen(torch.linspace(-1.2, 1.2, 24_001))).abs() >= 1).all())


@pytest.mark.parametrize("x", [-3.0, -1.0, 0.0, 0.999, 1.0, 3.0, 3.5])
def test_there_is_no_density_in_the_gap_nor_at_the_clip(x):
    assert float(DISTRIBUTION.log_prob(torch.tensor(x).reshape(1, 1, 1), seen(0.0))) == -math.inf


@pytest.mark.parametrize("delta", [0.01, 0.2, 1.5])
def test_the_density_is_the_log_normal_one_on_each_side(delta):
    both = DISTRIBUTION.density(number([-1 - delta, 1 + delta]), number(0.4))
    assert_close(both, number([0.3, 0.7]) * DELTA.pdf(delta), atol=1e-9, rtol=1e-9)


def test_the_mixed_cdf_is_the_mean_of_the_cdfs():
    s, x = torch.linspace(-1.2, 1.2, 101), torch.linspace(-3.5, 3.5, 71, dtype=torch.float64)
    each = DISTRIBUTION.cdf(x[:, None], s.double()[None])
    assert_close(DISTRIBUTION.mixed_cdf(x, seen(s)), each.mean(1), atol=1e-7, rtol=0)


def test_the_modes_are_left_and_right():
    assert_close(DISTRIBUTION.mode_probabilities(seen([-1.2, 0.5])), number([[1.0, 0.0], [0.25, 0.75]]))
