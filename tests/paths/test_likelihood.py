"""The likelihood of a path's ordinary differential equation is the density itself where the denoiser is exact.

What is left is the integration's own error: at 100 steps below 0.03 nats a number.
"""

import pytest
import torch
from torch.testing import assert_close

from eitherway.paths import Cosine, LinearBetas, Straight, log_prob
from exact import Gaussians

PATHS = [Straight(), Cosine()]
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
