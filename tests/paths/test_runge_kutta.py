"""Runge-Kutta methods: the order that theory gives them, and the numbers of torchdiffeq from the same noise."""

import pytest
import torch
from torch.testing import assert_close
from torchdiffeq import odeint

from eitherway.make import Make
from eitherway.paths import DDIM, Cosine, LinearBetas, LinearPath, LogNormalQuantiles, RungeKutta, UniformLogSNR
from eitherway.paths.samplers.runge_kutta import DORMAND_PRINCE, TABLEAUX, velocity
from exact import Gaussians, even_noise, last

MIXTURE = Gaussians([0.3, 0.7], [[[-0.6]], [[0.5]]], [0.15, 0.2])
SMOOTH = Gaussians([1.0], [[[0.4]]], [0.6])
ORDERS = {"euler": 1, "midpoint": 2, "heun": 2, "rk4": 4, "three-eighths": 4}

paths = pytest.mark.parametrize("path", [LinearPath(), Cosine()], ids=lambda p: type(p).__name__)


def walked(sampler, distribution, path, eps):
    return last(sampler(distribution.denoiser(path), eps, path, torch.Generator()))


@paths
@pytest.mark.parametrize(
    ("method", "theirs"), [("euler", "euler"), ("midpoint", "midpoint"), ("heun", "heun2"), ("three-eighths", "rk4")]
)
@pytest.mark.parametrize("grid", [None, Make(LogNormalQuantiles, mean=0.0, sd=1.5)], ids=["even", "normal"])
def test_from_the_same_noise_the_numbers_are_torchdiffeqs(path, method, theirs, grid):
    sampler = RungeKutta(steps=7, method=method, **({"grid": grid} if grid else {}))
    eps, field = even_noise(50), velocity(MIXTURE.denoiser(path), path)
    times = sampler.grid(7, path)
    published = odeint(lambda t, x: field(x, t.expand(len(x))), eps, times, method=theirs)
    mine = torch.stack(list(sampler(MIXTURE.denoiser(path), eps, path, torch.Generator())))
    assert_close(mine, published, atol=1e-12, rtol=1e-12)


@pytest.mark.parametrize(("method", "order"), ORDERS.items())
def test_doubling_the_steps_divides_the_error_by_two_to_the_order(method, order):
    """On the straight path a single Gaussian is a lucky case: there some errors cancel, and the order looks higher."""
    truth = 0.4 + 0.6 * even_noise(99)  # what the exact flow makes of the noise, for one Gaussian
    samplers = [RungeKutta(steps=k, method=method) for k in {1: (100, 200), 2: (40, 80), 4: (16, 32)}[order]]
    error = [float((walked(s, SMOOTH, Cosine(), even_noise(99)) - truth).abs().mean()) for s in samplers]
    assert error[0] / error[1] == pytest.approx(2**order, rel=0.15)


def test_euler_on_the_straight_path_is_ddim():
    samplers = DDIM(steps=8), RungeKutta(steps=8, method="euler")
    ddim, euler = (walked(s, MIXTURE, LinearPath(), even_noise(50)) for s in samplers)
    assert_close(euler, ddim, atol=1e-12, rtol=0)


@pytest.mark.parametrize(("method", "evaluations"), [("euler", 1), ("midpoint", 2), ("heun", 2), ("rk4", 4)])
def test_a_step_costs_as_many_evaluations_as_its_tableau_has_nodes(method, evaluations):
    exact, calls = MIXTURE.denoiser(LinearPath()), []
    sampler = RungeKutta(steps=3, method=method)
    last(sampler(lambda x, t: (calls.append(t), exact(x, t))[1], even_noise(5), LinearPath(), torch.Generator()))
    assert len(calls) == 3 * evaluations


@pytest.mark.parametrize("tableau", [*TABLEAUX.values(), DORMAND_PRINCE], ids=[*TABLEAUX, "dormand-prince"])
def test_a_tableau_is_consistent(tableau):
    """Its weights sum to 1, and each node is where its row leads."""
    assert sum(tableau.weights) == pytest.approx(1)
    assert [sum(row) for row in tableau.matrix] == pytest.approx(list(tableau.nodes))


@pytest.mark.parametrize("weights", [DORMAND_PRINCE.weights, DORMAND_PRINCE.lower])
def test_both_rows_of_weights_of_dormand_and_prince_are_exact_for_cubics(weights):
    for power in range(4):
        terms = (w * n**power for w, n in zip(weights, DORMAND_PRINCE.nodes, strict=True))
        assert sum(terms) == pytest.approx(1 / (power + 1))


def test_a_path_whose_noise_begins_at_infinite_speed_is_refused_where_it_would_be_asked_for():
    """σ = √(1 - ᾱ) starts like √t: midpoint never looks there, rk4 does."""
    path, grid = LinearBetas(), Make(UniformLogSNR)
    assert walked(RungeKutta(steps=3, method="midpoint", grid=grid), SMOOTH, path, even_noise(5)).isfinite().all()
    with pytest.raises(ValueError, match="LinearBetas has no velocity at t = 0"):
        walked(RungeKutta(steps=3, grid=grid), SMOOTH, path, even_noise(5))
