"""DDIM and DDPM, step by step the numbers of the diffusers library from the same noise."""

import pytest
import torch
from diffusers import DDIMScheduler, DDPMScheduler
from torch.testing import assert_close

from eitherway.paths import Ancestral, LinearBetas, Noise

T, FIRST, LAST = 49, 1e-4, 0.2
SCHEDULE = LinearBetas(steps=T, first=FIRST, last=LAST)
BETAS = {"num_train_timesteps": T, "beta_start": FIRST, "beta_end": LAST, "beta_schedule": "linear"}


def predicted_noise(x, index):
    """Any smooth function will do: both sides are asked the same."""
    return torch.sin(2 * x) + 0.3 * x * torch.cos(index / 7)


def in_float64(scheduler):
    """Diffusers keeps its tables in float32; the same tables in float64."""
    scheduler.betas = torch.linspace(FIRST, LAST, T, dtype=torch.float64)
    scheduler.alphas = 1 - scheduler.betas
    scheduler.alphas_cumprod = scheduler.alphas.cumprod(0)
    scheduler.set_timesteps(T)
    return scheduler


def denoise(x, t):
    """What our samplers ask: index i stands at t = (i + 1) / T."""
    alpha, sigma = SCHEDULE(t[:, None, None])
    return Noise().read(predicted_noise(x, (t * T - 1)[:, None, None]), x, alpha, sigma)


def noise():
    return torch.randn(64, 3, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def theirs(scheduler, **options):
    x = noise()
    for i in scheduler.timesteps:
        x = scheduler.step(predicted_noise(x, i.double()), i, x, **options).prev_sample
        yield x


def ours(eta, generator):
    first, *rest = Ancestral(steps=T, eta=eta)(denoise, noise(), SCHEDULE, generator)
    assert_close(first, noise())
    yield from rest


@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
def test_ancestral_is_ddim_at_every_eta(eta):
    scheduler = in_float64(DDIMScheduler(**BETAS, clip_sample=False, set_alpha_to_one=True))
    mine = list(ours(eta, torch.Generator().manual_seed(2)))
    published = list(theirs(scheduler, eta=eta, generator=torch.Generator().manual_seed(2)))
    assert_close(torch.stack(mine), torch.stack(published), atol=1e-9, rtol=1e-9)


def test_ancestral_at_eta_1_is_ddpm():
    scheduler = in_float64(DDPMScheduler(**BETAS, clip_sample=False, variance_type="fixed_small"))
    mine = list(ours(1.0, torch.Generator().manual_seed(2)))
    published = list(theirs(scheduler, generator=torch.Generator().manual_seed(2)))
    assert_close(torch.stack(mine), torch.stack(published), atol=1e-9, rtol=1e-9)


def test_noise_is_added_as_diffusers_adds_it():
    scheduler = in_float64(DDPMScheduler(**BETAS))
    index, a, eps = torch.arange(T), torch.linspace(-1, 1, T).double(), noise()[:T, 0, 0]
    alpha, sigma = SCHEDULE((index.double() + 1) / T)
    assert_close(alpha * a + sigma * eps, scheduler.add_noise(a, eps, index), atol=1e-12, rtol=1e-12)
