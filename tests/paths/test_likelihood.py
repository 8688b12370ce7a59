"""The likelihood of a path's ordinary differential equation is the density itself where the denoiser is exact.

What is left is the integration's error, which it tells, and that paths have a first and a last noise.
"""

import pytest
import torch
from torch.testing import assert_close

from eitherway.paths import (
    Cosine,
    Exact,
    Hutchinson,
    LinearBetas,
    LinearPath,
    Sigmoid,
    VarianceExploding,
    VariancePreserving,
    log_prob,
)
from eitherway.paths.likelihood import TOLERANCE
from exact import Gaussians

PATHS = [LinearPath(), Cosine(), Sigmoid(), VariancePreserving(), VarianceExploding()]
LAWS = {  # all of mean 0, as a path's end has it
    "gaussian": Gaussians([1.0], [[[0.0]]], [0.6]),
    "mixture": Gaussians([0.4, 0.6], [[[-0.6]], [[0.4]]], [0.25, 0.3]),
    "two numbers": Gaussians([0.5, 0.5], [[[-0.5, 0.2]], [[0.5, -0.2]]], [0.3, 0.4]),
    "two steps": Gaussians([0.5, 0.5], [[[-0.5], [0.2]], [[0.5], [-0.2]]], [0.3, 0.4]),
}


def every_row(denoise):
    """The same denoiser for all rows."""
    return lambda rows, x, t: denoise(x, t)


@pytest.mark.parametrize("path", PATHS, ids=lambda p: type(p).__name__)
@pytest.mark.parametrize("distribution", LAWS.values(), ids=LAWS)
def test_the_log_density_is_exact(distribution, path, generator):
    a = torch.rand(40, *distribution.mean.shape[1:], generator=generator, dtype=torch.float64) * 2 - 1
    found = log_prob(every_row(distribution.denoiser(path)), a, path)
    assert_close(found.nats, distribution.log_prob(a), atol=0.002 * a[0].numel(), rtol=0)
    assert float(found.error.abs().max()) <= TOLERANCE


def rough(x, t):
    """A field of several wiggles, as a network has learnt them: what is left of each at a level depends on both."""
    eps = (x + 0.3 * (25 * x).sin() * (-t[:, None, None]).exp()) / (1 + x.square()).sqrt()
    return x - eps, eps


def test_the_error_that_is_told_is_the_error(generator):
    """Against the same field followed in so many steps that nothing is left to gain."""
    a = torch.rand(30, 1, 1, generator=generator, dtype=torch.float64) * 2 - 1
    exact = log_prob(every_row(rough), a, LinearPath(), tolerance=1e-5).nats
    for tolerance in (0.1, 0.01):
        found = log_prob(every_row(rough), a, LinearPath(), tolerance=tolerance)
        error = found.nats - exact
        assert float(error.abs().max()) < 3 * tolerance
        assert float((error - found.error).abs().mean()) < float(error.abs().mean()) < tolerance


def test_a_chunk_has_the_same_density_whoever_is_asked_about_beside_it(generator):
    a = torch.rand(60, 1, 1, generator=generator, dtype=torch.float64) * 2 - 1
    together, alone = (log_prob(every_row(rough), x, LinearPath()).nats for x in (a, a[7:8]))
    assert_close(together[7:8], alone)


@pytest.mark.parametrize("distribution", ["gaussian", "mixture"])
def test_the_density_has_a_mass_of_one(distribution):
    distribution, x = LAWS[distribution], torch.linspace(-4, 4, 1_001, dtype=torch.float64)
    density = log_prob(every_row(distribution.denoiser(Cosine())), x[:, None, None], Cosine()).nats.exp()
    assert float(torch.trapezoid(density, x)) == pytest.approx(1, abs=0.005)


def test_a_path_that_ends_before_pure_noise_is_followed_to_its_end():
    distribution, path = Gaussians([1.0], [[[0.4]]], [0.6]), LinearBetas(steps=1000, first=1e-4, last=0.02)
    a = torch.linspace(-1, 1, 9, dtype=torch.float64).reshape(-1, 1, 1)
    assert_close(
        log_prob(every_row(distribution.denoiser(path)), a, path).nats, distribution.log_prob(a), atol=0.03, rtol=0
    )


def test_on_one_number_a_random_sign_knows_the_divergence(generator):
    """e² = 1, so eᵀ J e is J itself."""
    distribution, a = LAWS["mixture"], torch.rand(20, 1, 1, generator=generator, dtype=torch.float64)
    estimated, exact = (
        log_prob(every_row(distribution.denoiser(Cosine())), a, Cosine(), mode)
        for mode in (Hutchinson(probes=1), Exact())
    )
    assert_close(estimated.nats, exact.nats)


@pytest.mark.parametrize("distribution", ["two numbers", "two steps"])
def test_the_mean_over_many_signs_is_the_divergence(distribution):
    """At one chunk, many times over: each copy has a sign of its own."""
    distribution = LAWS[distribution]
    a = torch.full((2_000, *distribution.mean.shape[1:]), 0.1, dtype=torch.float64)
    denoise = every_row(distribution.denoiser(Cosine()))
    exact = log_prob(denoise, a[:1], Cosine(), tolerance=1.0).nats
    one, four = (log_prob(denoise, a, Cosine(), Hutchinson(probes=k), tolerance=1.0).nats for k in (1, 4))
    assert float(one.mean()) == pytest.approx(float(exact), abs=4 * float(one.std()) / 2_000**0.5)
    assert 0 < float(four.std()) == pytest.approx(float(one.std()) / 2, rel=0.1)


def test_the_same_seed_has_the_same_signs():
    distribution, a = LAWS["two numbers"], torch.zeros(50, 1, 2).double()
    first, again, other = (
        log_prob(every_row(distribution.denoiser(Cosine())), a, Cosine(), Hutchinson(seed=seed), tolerance=1.0).nats
        for seed in (1, 1, 2)
    )
    assert torch.equal(first, again) and not torch.equal(first, other)


def test_no_probe_is_too_few():
    with pytest.raises(ValueError, match="probes must be at least 1"):
        Hutchinson(probes=0)
