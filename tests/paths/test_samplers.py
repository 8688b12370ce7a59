"""Samplers against theory: with an exact denoiser all that is left is their own error."""

from itertools import pairwise

import pytest
import torch
from torch.testing import assert_close

from eitherway.heads import Flow
from eitherway.make import Make
from eitherway.paths import Ancestral, Cosine, EvenTimes, Heun, Straight, Uniform
from eitherway.shape import Shape
from exact import Gaussians, even_noise, last, net

MIXTURE = Gaussians([0.3, 0.7], [[[-0.6]], [[0.5]]], [0.15, 0.2])
SMOOTH = Gaussians([1.0], [[[0.4]]], [0.6])
PATHS = [Straight(), Cosine()]
MANY = 40_000


def draws(sampler, schedule, law, count=MANY):
    eps = even_noise(count)
    return last(sampler(law.denoiser(schedule), eps, schedule, torch.Generator().manual_seed(0)))[:, 0, 0]


def share_error(x):
    """Of the left mode."""
    return abs(float((x < -0.05).double().mean() - MIXTURE.cdf(torch.tensor([-0.05]).double())))


def distance(x):
    """Mean absolute error of the quantiles: Wasserstein-1."""
    grid = torch.linspace(-3, 3, 12_001, dtype=torch.float64)
    empirical = torch.searchsorted(x.sort().values, grid, right=True) / len(x)
    return float((empirical - MIXTURE.cdf(grid)).abs().mean() * 6)


@pytest.mark.parametrize("path", PATHS, ids=lambda p: type(p).__name__)
@pytest.mark.parametrize("eta", [0.0, 0.3, 0.7, 1.0])
def test_two_hundred_steps_reproduce_a_mixture_at_every_eta(path, eta):
    x = draws(Ancestral(steps=200, eta=eta), path, MIXTURE)
    assert share_error(x) < 0.02 and distance(x) < 0.02


@pytest.mark.parametrize("path", PATHS, ids=lambda p: type(p).__name__)
@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
def test_the_error_falls_with_the_steps(path, eta):
    error = [distance(draws(Ancestral(steps=k, eta=eta), path, MIXTURE)) for k in (8, 32, 128)]
    assert error[0] > 1.5 * error[1] and error[1] > 1.5 * error[2]


@pytest.mark.parametrize("path", PATHS, ids=lambda p: type(p).__name__)
@pytest.mark.parametrize(("sampler", "order"), [(Ancestral, 1), (Heun, 2)])
def test_doubling_the_steps_divides_the_error_by_two_to_the_order(path, sampler, order):
    truth = 0.4 + 0.6 * even_noise(99)[:, 0, 0]  # what the exact flow makes of the noise, for one Gaussian
    error = [float((draws(sampler(steps=k), path, SMOOTH, 99) - truth).abs().mean()) for k in (200, 400)]
    assert error[0] / error[1] == pytest.approx(2**order, rel=0.15)


def test_ddim_on_the_straight_path_is_euler():
    eps, denoise = even_noise(50), MIXTURE.denoiser(Straight())
    x, times = eps, torch.linspace(1, 0, 8, dtype=torch.float64)
    stops = [x]
    for t, s in pairwise(times):
        a, noise = denoise(x, t.expand(50))
        x = x + (s - t) * (noise - a)  # dx = v dt
        stops.append(x)
    ddim = Ancestral(steps=7)(denoise, eps, Straight(), torch.Generator())
    assert_close(torch.stack(list(ddim)), torch.stack(stops), atol=1e-12, rtol=0)


def test_flow_lands_on_a_one_point_law_in_a_single_step(generator):
    point = torch.tensor([[[0.3, -0.8], [0.1, 2.0]]], dtype=torch.float64)
    exact = net(lambda x_t, t: (x_t - point) / t[:, None, None])
    head = Flow(Shape(2, 2, 1, 1), exact, times=Make(Uniform), sampler=Make(Ancestral, steps=1, grid=Make(EvenTimes)))
    drawn = head.sample(torch.zeros(3, 1, 1, dtype=torch.float64), 16, generator)
    assert_close(drawn, point.expand(16, 3, 2, 2))


def test_without_fresh_noise_the_generator_is_not_asked(generator):
    before = generator.get_state()
    last(Ancestral(steps=3)(MIXTURE.denoiser(Straight()), even_noise(5), Straight(), generator))
    assert torch.equal(generator.get_state(), before)


def test_a_path_shows_noise_first_and_a_stop_for_each_step():
    eps = even_noise(5)
    stops = list(Ancestral(steps=6)(MIXTURE.denoiser(Straight()), eps, Straight(), torch.Generator()))
    assert len(stops) == 7 and torch.equal(stops[0], eps)


@pytest.mark.parametrize(("sampler", "evaluations"), [(Ancestral, 6), (Heun, 11)])
def test_a_step_costs_what_it_says(sampler, evaluations):
    exact, calls = MIXTURE.denoiser(Straight()), []
    last(sampler(steps=6)(lambda x, t: (calls.append(t), exact(x, t))[1], even_noise(5), Straight(), torch.Generator()))
    assert len(calls) == evaluations


@pytest.mark.parametrize(
    ("options", "word"), [({"steps": 0}, "at least 1 step, got 0"), ({"eta": 1.5}, "eta must lie")]
)
def test_an_impossible_option_is_refused(options, word):
    with pytest.raises(ValueError, match=word):
        Ancestral(**options)
