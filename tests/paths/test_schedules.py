"""Paths from data to noise, the grids on them, and what networks are told of the time."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from eitherway.paths import (
    Action,
    Cosine,
    KarrasGrid,
    LinearBetas,
    LinearPath,
    LogNormal,
    Noise,
    OffsetCosine,
    Preconditioned,
    Sigmoid,
    Steps,
    TrainingSteps,
    Uniform,
    UniformLogSNR,
    UniformTimes,
    VarianceExploding,
    VariancePreserving,
    Velocity,
)
from eitherway.paths.sdes import drift

PROPERTY = settings(deadline=None, derandomize=True, max_examples=100)
KEEPING = [
    Cosine(),
    LinearBetas(),
    OffsetCosine(),
    Sigmoid(),
    Sigmoid(start=0.0, temperature=0.7),
    VariancePreserving(),
]
PATHS = [LinearPath(), *KEEPING, VarianceExploding(), VarianceExploding(low=0.002, high=80.0)]
GRIDS = [
    UniformTimes(),
    UniformLogSNR(),
    UniformLogSNR(high=4.0, low=-5.0),
    KarrasGrid(),
    TrainingSteps(),
    TrainingSteps(spacing="linspace"),
]


def name(x):
    return type(x).__name__


def number(x):
    return torch.tensor(x, dtype=torch.float64)


@pytest.mark.parametrize("path", PATHS, ids=name)
@PROPERTY
@given(st.floats(0.03, 0.99))
def test_a_level_has_its_time_back(path, t):
    assert_close(path.time(path.level(number(t))), number(t), atol=1e-9, rtol=0)


@pytest.mark.parametrize("path", PATHS, ids=name)
def test_a_path_starts_at_the_data(path):
    assert [float(v) for v in path(number(0.0))] == [1.0, 0.0]


@pytest.mark.parametrize("path", [LinearPath(), Cosine(), OffsetCosine(), Sigmoid()], ids=name)
def test_a_path_ends_in_pure_noise(path):
    assert_close(torch.stack(path(number(1.0))), number([0.0, 1.0]), atol=1e-15, rtol=0)


@pytest.mark.parametrize("path", PATHS, ids=name)
def test_levels_rise_with_time(path):
    assert bool((path.level(torch.linspace(0.01, 0.99, 200).double()).diff() > 0).all())


@pytest.mark.parametrize("path", KEEPING, ids=name)
@PROPERTY
@given(st.floats(0, 1))
def test_variance_is_preserved(path, t):
    alpha, sigma = path(number(t))
    assert float(alpha**2 + sigma**2) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("path", PATHS, ids=name)
def test_rates_are_the_slopes_of_a_path(path):
    t, h = torch.linspace(0.03, 0.99, 40).double(), 1e-6
    ahead, behind = torch.stack(path(t + h)), torch.stack(path(t - h))
    assert_close(torch.stack(path.rates(t)), (ahead - behind) / (2 * h), atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("path", PATHS, ids=name)
@pytest.mark.parametrize("level", [-5.0, -1.0, 2.0])
def test_single_precision_is_enough_to_hit_a_level(path, level):
    t = path.time(torch.tensor(max(level, path.lowest)))
    assert float(path.level(t)) == pytest.approx(max(level, path.lowest), abs=0.01)


@pytest.mark.parametrize("path", [VariancePreserving(), VarianceExploding(), LinearBetas()], ids=name)
def test_a_level_beyond_the_noisiest_is_the_noisiest(path):
    assert float(path.time(number(path.highest + 1))) == 1
    assert float(path.level(number(1.0))) == pytest.approx(path.highest, abs=1e-12)


def test_the_offset_cosine_is_the_papers():
    t, s = torch.linspace(0, 1, 11).double(), 0.008
    bar = ((t + s) / (1 + s) * math.pi / 2).cos() ** 2 / math.cos(s / (1 + s) * math.pi / 2) ** 2
    alpha, sigma = OffsetCosine(offset=s)(t)
    assert_close(alpha**2, bar, atol=1e-12, rtol=0)
    assert_close(sigma**2, 1 - bar, atol=1e-12, rtol=0)


@pytest.mark.parametrize(("start", "end", "tau"), [(-3.0, 3.0, 1.0), (-3.0, 3.0, 0.7), (0.0, 3.0, 1.1)])
def test_the_sigmoid_schedule_is_the_papers(start, end, tau):
    t = torch.linspace(0, 1, 11).double()
    high, low, here = number(end) / tau, number(start) / tau, (t * (end - start) + start) / tau
    bar = (high.sigmoid() - here.sigmoid()) / (high.sigmoid() - low.sigmoid())
    alpha, sigma = Sigmoid(start=start, end=end, temperature=tau)(t)
    assert_close(alpha**2, bar, atol=1e-12, rtol=0)
    assert_close(sigma**2, 1 - bar, atol=1e-12, rtol=0)


def test_many_ddpm_steps_are_the_variance_preserving_equation():
    t, steps = torch.linspace(0.01, 1, 50).double(), 20_000
    discrete, continuous = LinearBetas(steps=steps, first=0.1 / steps, last=20 / steps), VariancePreserving()
    assert_close(torch.stack(discrete(t)), torch.stack(continuous(t)), atol=1e-4, rtol=1e-2)


def test_exploding_noise_is_what_the_paper_adds_since_the_start():
    t, path = torch.linspace(0, 1, 11).double(), VarianceExploding(low=0.01, high=50.0)
    papers = 0.01 * 5_000**t
    assert_close(path(t)[1] ** 2, papers**2 - papers[0] ** 2, atol=1e-9, rtol=1e-12)


@pytest.mark.parametrize("path", PATHS, ids=name)
def test_the_noising_equation_has_the_paths_action_and_noise(path):
    """dm/dt = f m and dv/dt = 2 f v + g² for mean and variance."""
    t = torch.linspace(0.03, 0.99, 40).double()
    (alpha, sigma), (alpha_rate, sigma_rate), (f, g2) = path(t), path.rates(t), drift(t, path)
    assert_close(f * alpha, alpha_rate)
    assert_close(2 * f * sigma**2 + g2, 2 * sigma * sigma_rate, atol=1e-12, rtol=1e-9)


def test_the_drift_of_the_papers_equations():
    t = torch.linspace(0.03, 0.99, 40).double()
    f, g2 = drift(t, VariancePreserving())
    assert_close(torch.stack([-2 * f, g2]), (0.1 + 19.9 * t).expand(2, -1))
    f, g2 = drift(t, VarianceExploding())
    assert_close(g2, (0.01 * 5_000**t) ** 2 * 2 * math.log(5_000))
    assert not f.any()


def test_linear_betas_are_the_cumulative_product_of_the_paper():
    bar = (1 - torch.linspace(1e-4, 0.2, 49, dtype=torch.float64)).cumprod(0)
    alpha, sigma = LinearBetas(steps=49)((torch.arange(49).double() + 1) / 49)
    assert_close(alpha**2, bar)
    assert_close(sigma**2, 1 - bar)


@pytest.mark.parametrize("grid", GRIDS, ids=name)
@pytest.mark.parametrize("path", PATHS, ids=name)
@pytest.mark.parametrize("steps", [2, 3, 10])
def test_a_grid_falls_to_zero_in_as_many_steps_as_asked(grid, path, steps):
    times = grid(steps, path)
    assert len(times) == steps + 1 and times[-1] == 0 and bool((times.diff() < 0).all())


def test_even_levels_are_even():
    levels = Cosine().level(UniformLogSNR(high=2.5, low=-3.0)(12, Cosine())[:-1])
    assert_close(levels, torch.linspace(2.5, -3.0, 12, dtype=torch.float64))


def test_even_roots_are_even_and_of_a_high_power_even_levels():
    path = VarianceExploding(high=100.0)
    _, sigma = path(KarrasGrid(power=7.0)(12, path)[:-1])
    assert_close((sigma ** (1 / 7)).diff(), (sigma ** (1 / 7)).diff().mean().expand(11))
    levels = path.level(KarrasGrid(power=1e6, high=2.5, low=-3.0)(12, path)[:-1])
    assert_close(levels, torch.linspace(2.5, -3.0, 12).double(), atol=1e-4, rtol=0)


def test_there_are_no_more_training_steps_than_there_were():
    with pytest.raises(ValueError, match="49 training steps has no 50"):
        TrainingSteps(count=49)(50, LinearBetas())


@pytest.mark.parametrize("spacing", ["leading", "linspace"])
def test_one_step_that_would_begin_at_the_cleanest_is_refused(spacing):
    with pytest.raises(ValueError, match="one step must begin at the noisiest: take trailing"):
        TrainingSteps(spacing=spacing)(1, LinearBetas())


@pytest.mark.parametrize(
    "target", [Noise(), Action(), Velocity(), Preconditioned(), Preconditioned(spread=0.3)], ids=name
)
@pytest.mark.parametrize("path", PATHS, ids=name)
def test_a_target_tells_action_and_noise(target, path, generator):
    a, eps = torch.randn(2, 50, 2, 1, generator=generator, dtype=torch.float64)
    alpha, sigma = path(torch.linspace(0.05, 0.95, 50).double()[:, None, None])
    read = target.read(target.of(a, eps, alpha, sigma), alpha * a + sigma * eps, alpha, sigma)
    assert_close(read, (a, eps), atol=1e-9, rtol=0)


@pytest.mark.parametrize("spread", [0.5, 1.0])
def test_the_preconditioned_target_is_edms_table(spread, generator):
    a, eps = torch.randn(2, 50, 2, 1, generator=generator, dtype=torch.float64)
    path, t, target = (
        VarianceExploding(),
        torch.linspace(0.05, 1, 50).double()[:, None, None],
        Preconditioned(spread=spread),
    )
    sigma = path(t)[1]
    root = (sigma**2 + spread**2).sqrt()
    skip, out, shown = spread**2 / root**2, sigma * spread / root, 1 / root
    x_t = a + sigma * eps
    y = target.of(a, eps, torch.ones_like(sigma), sigma)
    assert_close(skip * x_t + out * y, a)
    assert_close(target.scaling(x_t, t, path), shown * x_t)


@pytest.mark.parametrize("path", KEEPING, ids=name)
def test_on_a_variance_preserving_path_the_preconditioned_target_is_minus_the_velocity(path, generator):
    a, eps = torch.randn(2, 50, 2, 1, generator=generator, dtype=torch.float64)
    t = torch.linspace(0, 1, 50).double()[:, None, None]
    alpha, sigma = path(t)
    assert_close(Preconditioned().of(a, eps, alpha, sigma), -Velocity().of(a, eps, alpha, sigma))
    assert_close(Preconditioned().scaling(a, t, path), a)


def test_steps_are_told_as_their_index_over_their_count():
    t = (torch.arange(49).double() + 1) / 49
    assert_close(Steps(count=49).tell(t, LinearBetas()), torch.arange(49).double() / 49, atol=1e-15, rtol=0)


def test_steps_are_drawn_evenly_from_the_first_to_the_last(generator):
    t = Steps(count=5).draw(torch.zeros(50_000), LinearBetas(), generator)
    found, counts = t.unique(return_counts=True)
    assert_close(found, torch.arange(1, 6) / 5)
    assert_close(counts / len(t), torch.full((5,), 0.2), atol=0.01, rtol=0)


@pytest.mark.parametrize("path", PATHS, ids=name)
def test_levels_are_drawn_normal_and_told_as_a_quarter(path, generator):
    times = LogNormal(mean=-0.5, sd=0.4)
    told = 4 * times.tell(times.draw(torch.zeros(50_000).double(), path, generator), path)
    assert float(told.mean()) == pytest.approx(-0.5, abs=0.01) and float(told.std()) == pytest.approx(0.4, abs=0.01)


def test_uniform_times_are_told_as_they_are(generator):
    t = Uniform().draw(torch.zeros(50_000), LinearPath(), generator)
    assert float(t.mean()) == pytest.approx(0.5, abs=0.01)
    assert torch.equal(Uniform().tell(t, LinearPath()), t)


@pytest.mark.parametrize(
    ("cls", "options"),
    [
        (LinearBetas, {"steps": 0}),
        (LinearBetas, {"first": 0.3, "last": 0.2}),
        (UniformLogSNR, {"high": -1.0, "low": 1.0}),
        (KarrasGrid, {"high": -1.0, "low": 1.0}),
        (KarrasGrid, {"power": 0.0}),
        (OffsetCosine, {"offset": 0.0}),
        (Preconditioned, {"spread": 0.0}),
        (Sigmoid, {"start": 1.0, "end": 0.0}),
        (Sigmoid, {"temperature": 0.0}),
        (TrainingSteps, {"count": 0}),
        (VarianceExploding, {"low": 2.0, "high": 1.0}),
        (VariancePreserving, {"first": 0.0}),
        (Steps, {"count": 0}),
        (LogNormal, {"sd": 0.0}),
        (LogNormal, {"sd": math.nan}),
    ],
)
def test_an_impossible_option_is_refused(cls, options):
    with pytest.raises(ValueError, match=r"must|got"):
        cls(**options)
