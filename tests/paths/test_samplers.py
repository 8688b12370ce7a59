"""Samplers against theory: with an exact denoiser all that is left is their own error."""

import math
from itertools import pairwise

import pytest
import torch
from torch.testing import assert_close

from eitherway.heads import Flow
from eitherway.make import Make
from eitherway.paths import (
    DDIM,
    Cosine,
    DPMSolver,
    EulerMaruyama,
    Heun,
    KarrasGrid,
    LinearPath,
    Uniform,
    UniformLogSNR,
    UniformTimes,
    UniPC,
    VarianceExploding,
    VariancePreserving,
)
from eitherway.shape import Shape
from exact import Gaussians, even_noise, last, net

MIXTURE = Gaussians([0.3, 0.7], [[[-0.6]], [[0.5]]], [0.15, 0.2])
SMOOTH = Gaussians([1.0], [[[0.4]]], [0.6])
PATHS = [LinearPath(), Cosine()]
ENDING = [VariancePreserving(), VarianceExploding()]  # short of pure noise
WIDE = Make(UniformLogSNR, high=3.9, low=-6.0)
MANY = 40_000


def draws(sampler, schedule, distribution, count=MANY):
    eps = even_noise(count)
    return last(sampler(distribution.denoiser(schedule), eps, schedule, torch.Generator().manual_seed(0)))[:, 0, 0]


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
    x = draws(DDIM(steps=200, eta=eta), path, MIXTURE)
    assert share_error(x) < 0.02 and distance(x) < 0.02


@pytest.mark.parametrize("path", PATHS, ids=lambda p: type(p).__name__)
@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
def test_the_error_falls_with_the_steps(path, eta):
    error = [distance(draws(DDIM(steps=k, eta=eta), path, MIXTURE)) for k in (8, 32, 128)]
    assert error[0] > 1.5 * error[1] and error[1] > 1.5 * error[2]


@pytest.mark.parametrize("path", [*PATHS, *ENDING], ids=lambda p: type(p).__name__)
@pytest.mark.parametrize(
    "sampler",
    [DPMSolver(steps=40, grid=WIDE), UniPC(steps=40, grid=WIDE), Heun(steps=80, follow="noise", grid=WIDE)],
    ids=lambda s: type(s).__name__,
)
def test_samplers_without_fresh_noise_reproduce_a_mixture_on_every_path(path, sampler):
    x = draws(sampler, path, MIXTURE)
    assert share_error(x) < 0.02 and distance(x) < 0.02


@pytest.mark.parametrize("path", [*PATHS, *ENDING], ids=lambda p: type(p).__name__)
@pytest.mark.parametrize("eta", [0.5, 1.0])
def test_dpm_solver_reproduces_a_mixture_at_every_eta(path, eta):
    x = draws(DPMSolver(steps=60, eta=eta, grid=WIDE), path, MIXTURE)
    assert share_error(x) < 0.02 and distance(x) < 0.02


@pytest.mark.parametrize("path", ENDING, ids=lambda p: type(p).__name__)
@pytest.mark.parametrize("corrections", [0, 1])
def test_the_reverse_of_the_noising_equation_reproduces_a_mixture(path, corrections):
    x = draws(EulerMaruyama(steps=400, corrections=corrections), path, MIXTURE, 10_000)
    assert share_error(x) < 0.02 and distance(x) < 0.03


def test_corrections_mend_a_wrong_start():
    """Langevin steps know the distribution of x_t: after many of them it matters not that there was no first noise."""
    from_nothing = torch.zeros(10_000, 1, 1).double()
    path, grid = VarianceExploding(high=2.0), Make(UniformLogSNR, high=-1.0, low=-6.0)
    spread = [
        float(
            last(
                EulerMaruyama(steps=20, corrections=k, ratio=0.3, grid=grid)(
                    SMOOTH.denoiser(path), from_nothing, path, torch.Generator().manual_seed(0)
                )
            ).std()
        )
        for k in (0, 20)
    ]
    assert spread[0] < 0.4 and spread[1] == pytest.approx(0.6, rel=0.05)


@pytest.mark.parametrize("path", [*PATHS, *ENDING], ids=lambda p: type(p).__name__)
@pytest.mark.parametrize(
    ("sampler", "order"), [(DDIM, 1), (DPMSolver, 2), (lambda **k: Heun(follow="noise", **k), 2), (UniPC, 3)]
)
def test_between_two_levels_the_error_falls_with_the_order(path, sampler, order):
    """The last step, to the data, is of first order: so compare just before it with where many steps lead."""
    eps = even_noise(19)

    def before_the_end(sampler, steps):
        walked = sampler(steps=steps, grid=Make(UniformLogSNR, high=1.0, low=-1.0))
        *_, x, _ = walked(MIXTURE.denoiser(path), eps, path, torch.Generator())
        return x

    truth = before_the_end(UniPC, 401)
    error = [float((before_the_end(sampler, k + 1) - truth).abs().mean()) for k in (40, 80)]
    assert error[0] / error[1] == pytest.approx(2**order, rel=0.2)


def test_without_memory_to_use_dpm_solver_is_ddim():
    walks = [
        sampler(steps=2)(MIXTURE.denoiser(Cosine()), even_noise(50), Cosine(), torch.Generator())
        for sampler in (lambda steps: DPMSolver(steps=steps, grid=Make(UniformTimes)), DDIM)
    ]
    assert_close(*(torch.stack(list(w)) for w in walks))


def test_heun_following_the_noise_is_edms_algorithm_1():
    path = VarianceExploding(low=0.002, high=100.0)
    denoise, x = MIXTURE.denoiser(path), even_noise(50)
    levels = torch.linspace(80 ** (1 / 7), 0.002 ** (1 / 7), 18, dtype=torch.float64) ** 7
    sigmas = [*levels, torch.tensor(0.0).double()]

    def slope(x, sigma):
        return (x - denoise(x, path.time(sigma.log()).expand(50))[0]) / sigma

    heun = Heun(steps=18, follow="noise", grid=Make(KarrasGrid, high=math.log(80), low=math.log(0.002)))
    mine = list(heun(denoise, x, path, torch.Generator()))
    x = mine[0]
    for now, then, stop in zip(sigmas, sigmas[1:], mine[1:], strict=False):
        d = slope(x, now)
        ahead = x + (then - now) * d
        x = ahead if then == 0 else x + (then - now) * (d + slope(ahead, then)) / 2
        assert_close(stop, x, atol=1e-9, rtol=1e-9)


@pytest.mark.parametrize(
    "sampler",
    [DDIM, DPMSolver, Heun, UniPC, lambda **k: DDIM(eta=1.0, **k), lambda **k: EulerMaruyama(**k)],
)
def test_without_noise_all_draws_are_the_mean_of_a_gaussian_and_with_more_they_spread(sampler):
    def spread(noise):
        return draws(sampler(steps=50, noise=noise), VariancePreserving(), SMOOTH, 5_000)

    assert_close(spread(0.0), torch.full((5_000,), 0.4).double(), atol=0.02, rtol=0)
    assert float(spread(0.5).std() / spread(1.0).std()) == pytest.approx(0.5, rel=0.05)


@pytest.mark.parametrize("path", PATHS, ids=lambda p: type(p).__name__)
@pytest.mark.parametrize(("sampler", "order"), [(DDIM, 1), (Heun, 2)])
def test_doubling_the_steps_divides_the_error_by_two_to_the_order(path, sampler, order):
    truth = 0.4 + 0.6 * even_noise(99)[:, 0, 0]  # what the exact flow makes of the noise, for one Gaussian
    error = [float((draws(sampler(steps=k), path, SMOOTH, 99) - truth).abs().mean()) for k in (200, 400)]
    assert error[0] / error[1] == pytest.approx(2**order, rel=0.15)


def test_ddim_on_the_straight_path_is_euler():
    eps, denoise = even_noise(50), MIXTURE.denoiser(LinearPath())
    x, times = eps, torch.linspace(1, 0, 8, dtype=torch.float64)
    stops = [x]
    for t, s in pairwise(times):
        a, noise = denoise(x, t.expand(50))
        x = x + (s - t) * (noise - a)  # dx = v dt
        stops.append(x)
    ddim = DDIM(steps=7)(denoise, eps, LinearPath(), torch.Generator())
    assert_close(torch.stack(list(ddim)), torch.stack(stops), atol=1e-12, rtol=0)


def test_flow_lands_on_a_one_point_distribution_in_a_single_step(generator):
    point = torch.tensor([[[0.3, -0.8], [0.1, 2.0]]], dtype=torch.float64)
    exact = net(lambda x_t, t: (x_t - point) / t[:, None, None])
    head = Flow(Shape(2, 2, 1, 1), exact, times=Make(Uniform), sampler=Make(DDIM, steps=1, grid=Make(UniformTimes)))
    drawn = head.sample(torch.zeros(3, 1, 1, dtype=torch.float64), 16, generator)
    assert_close(drawn, point.expand(16, 3, 2, 2))


def test_without_fresh_noise_the_generator_is_not_asked(generator):
    before = generator.get_state()
    last(DDIM(steps=3)(MIXTURE.denoiser(LinearPath()), even_noise(5), LinearPath(), generator))
    assert torch.equal(generator.get_state(), before)


def test_a_path_shows_noise_first_and_a_stop_for_each_step():
    eps = even_noise(5)
    stops = list(DDIM(steps=6)(MIXTURE.denoiser(LinearPath()), eps, LinearPath(), torch.Generator()))
    assert len(stops) == 7 and torch.equal(stops[0], eps)


@pytest.mark.parametrize(
    ("sampler", "evaluations"),
    [(DDIM, 6), (Heun, 11), (DPMSolver, 6), (UniPC, 6), (lambda **k: EulerMaruyama(corrections=2, **k), 18)],
)
def test_a_step_costs_what_it_says(sampler, evaluations):
    exact, calls = MIXTURE.denoiser(LinearPath()), []
    last(
        sampler(steps=6)(lambda x, t: (calls.append(t), exact(x, t))[1], even_noise(5), LinearPath(), torch.Generator())
    )
    assert len(calls) == evaluations


@pytest.mark.parametrize(
    ("sampler", "options", "word"),
    [
        (DDIM, {"steps": 0}, "at least 1 step, got 0"),
        (DDIM, {"eta": 1.5}, "eta must lie"),
        (DPMSolver, {"eta": -0.5}, "eta must lie"),
        (UniPC, {"noise": -1.0}, "noise must be at least 0"),
        (EulerMaruyama, {"corrections": -1}, "corrections must be at least 0"),
        (EulerMaruyama, {"ratio": 0.0}, "ratio must be above 0"),
    ],
)
def test_an_impossible_option_is_refused(sampler, options, word):
    with pytest.raises(ValueError, match=word):
        sampler(**options)
