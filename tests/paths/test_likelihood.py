"""The likelihood of a path's ordinary differential equation is the density itself where the denoiser is exact.

What is left is the integration's own error: at 100 steps below 0.03 nats a number.
"""

import pytest
import torch
from torch.testing import assert_close

from eitherway.paths import (
    Cosine,
    Hutchinson,
    LinearBetas,
    Sigmoid,
    Straight,
    VarianceExploding,
    VariancePreserving,
    log_prob,
)
from exact import Gaussians

PATHS = [Straight(), Cosine(), Sigmoid(), VariancePreserving(), VarianceExploding()]
LAWS = {
    "gaussian": Gaussians([1.0], [[[0.4]]], [0.6]),
    "mixture": Gaussians([0.3, 0.7], [[[-0.6]], [[0.5]]], [0.25, 0.3]),
    "two numbers": Gaussians([0.5, 0.5], [[[-0.5, 0.2]], [[0.5, 0.6]]], [0.3, 0.4]),
    "two steps": Gaussians([0.5, 0.5], [[[-0.5], [0.2]], [[0.5], [0.6]]], [0.3, 0.4]),
}


@pytest.mark.parametrize("path", PATHS, ids=lambda p: type(p).__name__)
@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_the_log_density_is_exact(law, path, generator):
    a = torch.rand(40, *law.mean.shape[1:], generator=generator, dtype=torch.float64) * 2 - 1
    assert_close(log_prob(law.denoiser(path), a, path), law.log_prob(a), atol=0.03 * a[0].numel(), rtol=0)


def test_more_steps_are_more_exact(generator):
    law, a = LAWS["mixture"], torch.rand(40, 1, 1, generator=generator, dtype=torch.float64)
    error = [float((log_prob(law.denoiser(Cosine()), a, Cosine(), k) - law.log_prob(a)).abs().max()) for k in (25, 100)]
    assert error[0] > 3 * error[1]


def test_a_path_that_ends_before_pure_noise_is_followed_to_its_end():
    law, path = LAWS["gaussian"], LinearBetas(steps=1000, first=1e-4, last=0.02)
    a = torch.linspace(-1, 1, 9, dtype=torch.float64).reshape(-1, 1, 1)
    assert_close(log_prob(law.denoiser(path), a, path), law.log_prob(a), atol=0.03, rtol=0)


def test_on_one_number_a_random_sign_knows_the_divergence(generator):
    """e² = 1, so eᵀ J e is J itself."""
    law, a = LAWS["mixture"], torch.rand(20, 1, 1, generator=generator, dtype=torch.float64)
    estimated = log_prob(law.denoiser(Cosine()), a, Cosine(), 20, Hutchinson(probes=1))
    assert_close(estimated, log_prob(law.denoiser(Cosine()), a, Cosine(), 20))


@pytest.mark.parametrize("law", ["two numbers", "two steps"])
def test_the_mean_over_many_signs_is_the_divergence(law):
    """At one chunk, many times over: each copy has a sign of its own."""
    law = LAWS[law]
    a = torch.full((4_000, *law.mean.shape[1:]), 0.1, dtype=torch.float64)
    denoise = law.denoiser(Cosine())
    exact = log_prob(denoise, a[:1], Cosine(), 20)
    one, four = (log_prob(denoise, a, Cosine(), 20, Hutchinson(probes=k)) for k in (1, 4))
    assert float(one.mean()) == pytest.approx(float(exact), abs=4 * float(one.std()) / 4_000**0.5)
    assert 0 < float(four.std()) == pytest.approx(float(one.std()) / 2, rel=0.1)


def test_the_same_seed_has_the_same_signs():
    law, a = LAWS["two numbers"], torch.zeros(50, 1, 2).double()
    first, again, other = (
        log_prob(law.denoiser(Cosine()), a, Cosine(), 5, Hutchinson(seed=seed)) for seed in (1, 1, 2)
    )
    assert torch.equal(first, again) and not torch.equal(first, other)


def test_no_probe_is_too_few():
    with pytest.raises(ValueError, match="probes must be at least 1"):
        Hutchinson(probes=0)
