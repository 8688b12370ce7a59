"""Churn: with the exact field any amount of fresh noise leaves the distribution as it is; some amounts have names."""

import pytest
import torch
from torch.testing import assert_close

from eitherway.make import Make
from eitherway.paths import DDIM, ByLevel, Cosine, LinearPath, Steady, Stochastic
from eitherway.paths.samplers.runge_kutta import velocity
from exact import Gaussians, even_noise, last

MIXTURE = Gaussians([0.3, 0.7], [[[-0.6]], [[0.5]]], [0.15, 0.2])
MANY = 10_000

paths = pytest.mark.parametrize("path", [LinearPath(), Cosine()], ids=lambda p: type(p).__name__)
churns = pytest.mark.parametrize(
    "churn",
    [*(Make(ByLevel, amount=k) for k in (0.0, 0.5, 1.0, 3.0)), *(Make(Steady, amount=k) for k in (0.25, 0.5))],
    ids=repr,
)


def walked(sampler, path, eps, seed=0):
    return last(sampler(MIXTURE.denoiser(path), eps, path, torch.Generator().manual_seed(seed)))


def distance(x):
    """Mean absolute error of the quantiles: Wasserstein-1."""
    grid = torch.linspace(-3, 3, 12_001, dtype=torch.float64)
    empirical = torch.searchsorted(x.flatten().sort().values, grid, right=True) / len(x)
    return float((empirical - MIXTURE.cdf(grid)).abs().mean() * 6)


@paths
@churns
def test_two_hundred_steps_reproduce_a_mixture_at_every_churn(path, churn):
    x = walked(Stochastic(steps=200, churn=churn), path, even_noise(MANY))
    share = abs(float((x < -0.05).double().mean() - MIXTURE.cdf(torch.tensor([-0.05]).double())))
    assert share < 0.02 and distance(x) < 0.02


@pytest.mark.parametrize("churn", [Make(ByLevel, amount=5.0), Make(Steady, amount=1.5)], ids=repr)
def test_much_churn_needs_more_steps_and_then_has_the_distribution_too(churn):
    error = [
        distance(walked(Stochastic(steps=k, churn=churn), LinearPath(), even_noise(4_000))) for k in (20, 100, 500)
    ]
    assert error[0] > 1.3 * error[1] and error[2] < 0.02


@pytest.mark.parametrize("kind", [ByLevel, Steady])
@paths
def test_no_churn_is_ddim(kind, path):
    ddim, mine = (
        walked(s, path, even_noise(50)) for s in (DDIM(steps=8), Stochastic(steps=8, churn=Make(kind, amount=0.0)))
    )
    assert_close(mine, ddim, atol=1e-12, rtol=0)


@paths
def test_churn_1_by_level_is_the_ancestral_step_from_the_same_noise(path):
    ddpm, mine = (walked(s, path, even_noise(50)) for s in (DDIM(steps=8, eta=1.0), Stochastic(steps=8)))
    assert_close(mine, ddpm, atol=1e-9, rtol=0)


def test_steady_churn_on_the_straight_path_is_the_courses_equation_with_a_constant_g():
    """A small step against Euler and Maruyama's of dx = v dt + g²/2 score |dt| + g dW, from the same normal numbers."""
    path, t, g, x = LinearPath(), torch.tensor(0.6).double(), 0.8, even_noise(50)
    denoise = MIXTURE.denoiser(path)
    gap = []
    for h in (1e-3, 1e-4):
        mine = Stochastic(churn=Make(Steady, amount=g)).step(
            denoise, x, t, t - h, path, torch.Generator().manual_seed(1)
        )
        v, score = velocity(denoise, path)(x, t.expand(50)), -denoise(x, t.expand(50))[1] / t
        z = torch.randn(x.shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
        gap.append(float((mine - (x - h * v + g**2 / 2 * h * score + g * h**0.5 * z)).abs().max()))
    assert gap[0] < 2e-4 and gap[0] / gap[1] == pytest.approx(10**1.5, rel=0.2)


@pytest.mark.parametrize(("kind", "strength"), [(ByLevel, lambda t: 2 * 0.7 * t / (1 - t)), (Steady, lambda t: 0.7**2)])
def test_the_decay_is_the_integral_of_half_the_squared_churn_over_the_variance(kind, strength):
    """g² on the straight path, where dλ/dt = 1 / (t (1 - t)) and Δ = 1."""
    u = torch.linspace(0.4, 0.8, 20_001, dtype=torch.float64)
    wanted = torch.trapezoid(torch.as_tensor(strength(u)) / (2 * u.square()) * torch.ones_like(u), u)
    assert_close(kind(amount=0.7)(u[-1], u[0], LinearPath()), wanted, atol=1e-6, rtol=0)


@pytest.mark.parametrize("path", [LinearPath(), Cosine()], ids=lambda p: type(p).__name__)
@pytest.mark.parametrize("amount", [0.5, 1.0, 2.0])
def test_steady_churn_has_the_spread_of_a_narrow_distribution_with_an_error_that_falls_as_the_step(path, amount):
    distribution, churn = Gaussians([1.0], [[[0.0]]], [0.2]), Make(Steady, amount=amount)
    lost = []
    for steps in (50, 200):
        generator = torch.Generator().manual_seed(0)
        x = last(Stochastic(steps=steps, churn=churn)(distribution.denoiser(path), even_noise(MANY), path, generator))
        lost.append(0.2 - float(x.std()))
    chance = 3 * 0.2 / (2 * MANY) ** 0.5
    assert lost[0] < 0.02 and lost[1] < lost[0] / 4 + chance


def test_churn_forgets_a_wrong_start():
    """From noise of half the size the ordinary equation keeps to the middle; the stochastic one finds all of it."""
    still, churned = (
        distance(walked(Stochastic(steps=200, churn=Make(ByLevel, amount=k)), LinearPath(), 0.5 * even_noise(MANY)))
        for k in (0.0, 1.0)
    )
    assert still > 0.1 and churned < 0.02


def test_a_large_churn_stays_finite_in_a_few_steps():
    x = walked(Stochastic(steps=4, churn=Make(Steady, amount=50.0)), LinearPath(), even_noise(500))
    assert float(x.abs().max()) < 1.5


def test_a_negative_churn_is_refused():
    with pytest.raises(ValueError, match="amount must be at least 0"):
        ByLevel(amount=-1.0)
