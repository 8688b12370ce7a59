"""Paths from data to noise, the grids on them, and what networks are told of the time."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from eitherway.paths import (
    Cosine,
    EvenLevels,
    EvenTimes,
    Levels,
    LinearBetas,
    Noise,
    Steps,
    Straight,
    Uniform,
    Velocity,
)

PROPERTY = settings(deadline=None, derandomize=True, max_examples=100)
PATHS = [Straight(), Cosine(), LinearBetas()]
KEEPING = [Cosine(), LinearBetas()]  # variance-preserving
GRIDS = [EvenTimes(), EvenLevels(), EvenLevels(high=4.0, low=-5.0)]


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


@pytest.mark.parametrize("path", [Straight(), Cosine()], ids=name)
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


def test_linear_betas_are_the_cumulative_product_of_the_paper():
    bar = (1 - torch.linspace(1e-4, 0.2, 49, dtype=torch.float64)).cumprod(0)
    alpha, sigma = LinearBetas(steps=49)((torch.arange(49).double() + 1) / 49)
    assert_close(alpha**2, bar)
    assert_close(sigma**2, 1 - bar)


@pytest.mark.parametrize("grid", GRIDS, ids=name)
@pytest.mark.parametrize("path", PATHS, ids=name)
@pytest.mark.parametrize("steps", [1, 2, 10])
def test_a_grid_falls_to_zero_in_as_many_steps_as_asked(grid, path, steps):
    times = grid(steps, path)
    assert len(times) == steps + 1 and times[-1] == 0 and bool((times.diff() < 0).all())


def test_even_levels_are_even():
    levels = Cosine().level(EvenLevels(high=2.5, low=-3.0)(12, Cosine())[:-1])
    assert_close(levels, torch.linspace(2.5, -3.0, 12, dtype=torch.float64))


@pytest.mark.parametrize("target", [Noise(), Velocity()], ids=name)
@pytest.mark.parametrize("path", KEEPING, ids=name)
def test_a_target_tells_action_and_noise(target, path, generator):
    a, eps = torch.randn(2, 50, 2, 1, generator=generator, dtype=torch.float64)
    alpha, sigma = path(torch.linspace(0.02, 0.98, 50).double()[:, None, None])
    read = target.read(target.of(a, eps, alpha, sigma), alpha * a + sigma * eps, alpha, sigma)
    assert_close(read, (a, eps), atol=1e-9, rtol=0)


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
    times = Levels(mean=-0.5, sd=0.4)
    told = 4 * times.tell(times.draw(torch.zeros(50_000).double(), path, generator), path)
    assert float(told.mean()) == pytest.approx(-0.5, abs=0.01) and float(told.std()) == pytest.approx(0.4, abs=0.01)


def test_uniform_times_are_told_as_they_are(generator):
    t = Uniform().draw(torch.zeros(50_000), Straight(), generator)
    assert float(t.mean()) == pytest.approx(0.5, abs=0.01)
    assert torch.equal(Uniform().tell(t, Straight()), t)


@pytest.mark.parametrize(
    ("cls", "options"),
    [
        (LinearBetas, {"steps": 0}),
        (LinearBetas, {"first": 0.3, "last": 0.2}),
        (EvenLevels, {"high": -1.0, "low": 1.0}),
        (Steps, {"count": 0}),
        (Levels, {"sd": 0.0}),
        (Levels, {"sd": math.nan}),
    ],
)
def test_an_impossible_option_is_refused(cls, options):
    with pytest.raises(ValueError, match=r"must|got"):
        cls(**options)
