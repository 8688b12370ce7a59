"""Score models against theory: a known distribution's score, its likelihood, draws from the reverse equation."""

import pytest
import torch
from torch.testing import assert_close

from eitherway.backbones import MLP
from eitherway.heads import Diffusion, Score
from eitherway.make import Make
from eitherway.paths import (
    DPMSolver,
    EulerMaruyama,
    LogNormal,
    Noise,
    Preconditioned,
    UniformLogSNR,
    VarianceExploding,
    VariancePreserving,
    Velocity,
)
from eitherway.shape import Shape
from exact import Gaussians, net

SHAPE = Shape(1, 1, 1, 1)
DISTRIBUTION = Gaussians([0.3, 0.7], [[[-0.6]], [[0.5]]], [0.25, 0.3])
PATHS = [VariancePreserving(), VarianceExploding()]

paths = pytest.mark.parametrize("path", PATHS, ids=lambda p: type(p).__name__)


def context(rows):
    return torch.zeros(rows, 1, 1, dtype=torch.float64)


def knowing(path, **options):
    """A head whose network knows the distribution: it is shown x_t / √(α² + σ²) and answers the noise."""

    def noise(shown, t):
        alpha, sigma = path(t[:, None, None])
        return DISTRIBUTION.denoiser(path)(shown * (alpha**2 + sigma**2).sqrt(), t)[1]

    return Score(SHAPE, net(noise), schedule=Make(type(path)), **options)


@paths
def test_the_score_is_the_gradient_of_the_noisy_distributions_log_density(path):
    x = torch.linspace(-2, 2, 21, dtype=torch.float64)[:, None, None].requires_grad_()
    t = torch.linspace(0.1, 1, 21, dtype=torch.float64)
    alpha, sigma = path(t[:, None])
    (slope,) = torch.autograd.grad(DISTRIBUTION.parts(x, alpha, sigma)[0].logsumexp(1).sum(), x)
    assert_close(knowing(path).score(context(21), x.detach(), t), slope)


@paths
def test_the_exact_score_has_the_exact_likelihood(path):
    a = torch.linspace(-1, 1, 21, dtype=torch.float64)[:, None, None]
    assert_close(knowing(path).log_prob(a, context(21)), DISTRIBUTION.log_prob(a), atol=0.03, rtol=0)


@paths
@pytest.mark.parametrize(
    "sampler",
    [Make(EulerMaruyama, steps=300), Make(DPMSolver, steps=40, grid=Make(UniformLogSNR, high=4.0, low=-6.0))],
    ids=repr,
)
def test_with_the_exact_score_both_equations_have_the_distribution(path, sampler, generator):
    x = knowing(path, sampler=sampler).sample(context(1), 20_000, generator)[:, 0, 0, 0].sort().values
    q = (torch.arange(20_000, dtype=torch.float64) + 0.5) / 20_000
    assert (
        float((DISTRIBUTION.cdf(x) - q).abs().max()) < 0.025
    )  # Kolmogorov-Smirnov; 0.01 for draws of the distribution itself


@paths
def test_the_score_of_one_action_is_minus_its_noise_over_its_size_and_has_no_loss(path, generator):
    """λ = σ² makes eq. (4) the squared error of the noise."""
    action = 0.4

    def perfect(shown, t):
        alpha, sigma = path(t[:, None, None])
        return (shown * (alpha**2 + sigma**2).sqrt() - alpha * action) / sigma

    head, a = Score(SHAPE, net(perfect), schedule=Make(type(path))), torch.full((30, 1, 1), action).double()
    assert_close(head.loss(a, context(30), generator), torch.zeros(30).double(), atol=1e-5, rtol=0)
    shifted = Score(SHAPE, net(lambda x, t: perfect(x, t) + 0.5), schedule=Make(type(path)))
    assert_close(shifted.loss(a, context(30), generator), torch.full((30,), 0.25).double(), atol=1e-5, rtol=0)


def mlp(head, **options):
    torch.manual_seed(0)
    return head(SHAPE, Make(MLP, width=8), times=Make(LogNormal), **options).double()


def test_told_levels_both_noisings_are_one_training():
    """Preserving or exploding, the network is shown the same numbers and asked for the same."""
    a = torch.randn(50, 1, 1, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    losses = [
        mlp(Score, schedule=Make(type(path)), target=Make(Preconditioned)).loss(
            a, context(50), torch.Generator().manual_seed(2)
        )
        for path in PATHS
    ]
    inside = (losses[0] - losses[1]).abs() < 1e-9
    assert float(inside.double().mean()) > 0.95  # beyond the end of a path there are no levels


@pytest.mark.parametrize("target", [Noise, Velocity])
def test_a_score_model_on_a_preserving_path_is_a_diffusion_model_read_differently(target):
    options = {"schedule": Make(VariancePreserving), "target": Make(target)}
    sampler = Make(DPMSolver, steps=5, grid=Make(UniformLogSNR))
    heads = [mlp(head, sampler=sampler, **options) for head in (Score, Diffusion)]
    draws = [head.sample(context(3), 4, torch.Generator().manual_seed(3)) for head in heads]
    assert_close(*draws)
