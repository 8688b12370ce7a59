"""From the same noise, step by step the numbers of the diffusers library.

Some of its schedulers compute in float32 whatever they are given; against these the tolerance is theirs.
"""

from itertools import pairwise

import numpy as np
import pytest
import torch
from diffusers import (
    DDIMScheduler,
    DDPMScheduler,
    DPMSolverMultistepScheduler,
    EDMEulerScheduler,
    HeunDiscreteScheduler,
    UniPCMultistepScheduler,
)
from torch.testing import assert_close

from eitherway.make import Make
from eitherway.paths import (
    DDIM,
    Action,
    CappedCosine,
    DPMSolver,
    Heun,
    KarrasGrid,
    LinearBetas,
    Noise,
    Preconditioned,
    TrainingSteps,
    UniPC,
    VarianceExploding,
    Velocity,
)
from eitherway.randomness import normal_like

T, FIRST, LAST = 48, 1e-4, 0.2
SCHEDULE = LinearBetas(steps=T, first=FIRST, last=LAST)
BETAS = {"num_train_timesteps": T, "beta_start": FIRST, "beta_end": LAST, "beta_schedule": "linear"}
TRAILING = Make(TrainingSteps, count=T, spacing="trailing")
# diffusers makes NumPy arrays of tensors in a way that NumPy 2 advises against
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
EXACT, SINGLE = {"atol": 1e-9, "rtol": 1e-9}, {"atol": 2e-5, "rtol": 2e-5}


def answer(x, index):
    """Any smooth function will do for a network: both sides are asked the same."""
    return torch.sin(2 * x) + 0.3 * x * torch.cos(index / 7)


def in_float64(scheduler, steps):
    """Diffusers keeps its tables in float32; the same tables in float64."""
    scheduler.betas = torch.linspace(FIRST, LAST, T, dtype=torch.float64)
    scheduler.alphas = 1 - scheduler.betas
    scheduler.alphas_cumprod = scheduler.alphas.cumprod(0)
    scheduler.set_timesteps(steps)
    return scheduler


def with_exact_sigmas(scheduler, steps):
    """The noise-to-signal ratios of a multistep scheduler in float64."""
    in_float64(scheduler, steps)
    stops = scheduler.timesteps.long()
    ratio = ((1 - scheduler.alphas_cumprod) / scheduler.alphas_cumprod).sqrt()[stops]
    scheduler.sigmas = torch.cat([ratio, torch.zeros(1, dtype=torch.float64)])
    return scheduler


def denoise(target):
    """What our samplers ask: index i stands at t = (i + 1) / T."""

    def read(x, t):
        alpha, sigma = SCHEDULE(t[:, None, None])
        return target.read(answer(x, (t * T - 1)[:, None, None]), x, alpha, sigma)

    return read


def noise():
    return torch.randn(64, 3, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def fresh():
    return torch.Generator().manual_seed(2)


def theirs(scheduler, **options):
    x = noise()
    for i in scheduler.timesteps:
        x = scheduler.step(answer(x, i.double()), i, x, **options).prev_sample
        yield x


def ours(sampler, target=None):
    first, *rest = sampler(denoise(target or Noise()), noise(), SCHEDULE, fresh())
    assert_close(first, noise())
    return torch.stack(rest)


@pytest.mark.parametrize(("spacing", "steps"), [("trailing", T), ("trailing", 12), ("leading", 12)])
@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
def test_ancestral_is_ddim_at_every_eta_over_any_of_the_training_steps(eta, spacing, steps):
    options = {"clip_sample": False, "set_alpha_to_one": True, "timestep_spacing": spacing}
    scheduler = in_float64(DDIMScheduler(**BETAS, **options), steps)
    mine = ours(DDIM(steps=steps, eta=eta, grid=Make(TrainingSteps, count=T, spacing=spacing)))
    assert_close(mine, torch.stack(list(theirs(scheduler, eta=eta, generator=fresh()))), **EXACT)


@pytest.mark.parametrize(("target", "name"), [(Noise(), "epsilon"), (Action(), "sample"), (Velocity(), "v_prediction")])
def test_every_target_is_read_as_diffusers_reads_it(target, name):
    scheduler = DDIMScheduler(**BETAS, clip_sample=False, prediction_type=name, timestep_spacing="trailing")
    mine = ours(DDIM(steps=T, grid=TRAILING), target)
    assert_close(mine, torch.stack(list(theirs(in_float64(scheduler, T)))), **EXACT)


def test_ancestral_at_eta_1_is_ddpm():
    scheduler = in_float64(DDPMScheduler(**BETAS, clip_sample=False, variance_type="fixed_small"), T)
    assert_close(ours(DDIM(steps=T, eta=1.0)), torch.stack(list(theirs(scheduler, generator=fresh()))), **EXACT)


@pytest.mark.parametrize("clip", [True, False])
def test_the_capped_cosine_is_the_schedule_of_diffusion_policy(clip):
    """The same variances, and from the same noise the same hundred steps of DDPM."""
    scheduler = DDPMScheduler(100, beta_schedule="squaredcos_cap_v2", clip_sample=clip, variance_type="fixed_small")
    path, times = CappedCosine(steps=100), (torch.arange(100, dtype=torch.float64) + 1) / 100
    assert_close(
        path(times)[0].square(), scheduler.alphas_cumprod.double(), atol=1e-6, rtol=1e-4
    )  # of single precision

    def denoise(x, t):
        alpha, sigma = path(t[:, None, None])
        return Noise().read(answer(x, (t * 100 - 1)[:, None, None]), x, alpha, sigma)

    grid = Make(TrainingSteps, count=100)
    mine = [*DDIM(steps=100, eta=1.0, grid=grid, clip=1.0 if clip else None)(denoise, noise(), path, fresh())][-1]
    *_, published = theirs(scheduler, generator=fresh())
    assert_close(mine, published, atol=2e-3, rtol=2e-3)


@pytest.mark.parametrize("steps", [1, 2, 12, 24])
def test_dpm_solver_without_fresh_noise_is_dpm_solver_2m(steps):
    scheduler = DPMSolverMultistepScheduler(**BETAS, solver_order=2, timestep_spacing="trailing")
    published = torch.stack(list(theirs(with_exact_sigmas(scheduler, steps))))
    assert_close(ours(DPMSolver(steps=steps, grid=TRAILING)), published, **SINGLE)


def test_dpm_solver_with_fresh_noise_is_the_stochastic_2m():
    options = {"solver_order": 2, "timestep_spacing": "trailing", "algorithm_type": "sde-dpmsolver++"}
    scheduler = with_exact_sigmas(DPMSolverMultistepScheduler(**BETAS, **options), 12)
    generator, x, published = fresh(), noise(), []
    for i in scheduler.timesteps:
        z = normal_like(x, generator)
        x = scheduler.step(answer(x, i.double()), i, x, variance_noise=z).prev_sample
        published.append(x)
    mine = ours(DPMSolver(steps=12, eta=1.0, grid=TRAILING))
    assert_close(mine, torch.stack(published), atol=5e-4, rtol=5e-4)  # twelve steps of single precision


@pytest.mark.parametrize("steps", [1, 2, 12])
def test_unipc_is_unipc_of_second_order(steps):
    """Diffusers shows x before its correction, which it makes a step later: compare what the network is shown."""
    scheduler = UniPCMultistepScheduler(**BETAS, solver_order=2, timestep_spacing="trailing", final_sigmas_type="zero")
    scheduler, shown, x = with_exact_sigmas(scheduler, steps), [], noise()
    for i in scheduler.timesteps:
        shown.append(x)
        x = scheduler.step(answer(x, i.double()), i, x).prev_sample
    seen, read = [], denoise(Noise())
    *_, end = UniPC(steps=steps, grid=TRAILING)(
        lambda y, t: (seen.append(y), read(y, t))[1], noise(), SCHEDULE, fresh()
    )
    assert_close(torch.stack([*seen, end]), torch.stack([*shown, x]), **EXACT)


def test_heun_following_the_noise_is_heun_in_the_noise_to_signal_ratio():
    scheduler = in_float64(HeunDiscreteScheduler(**BETAS, timestep_spacing="trailing", use_karras_sigmas=False), 12)
    index = torch.arange(T - 1, 0, -T / 12).long()
    ratio = ((1 - scheduler.alphas_cumprod) / scheduler.alphas_cumprod).sqrt()[index]
    scheduler.sigmas = torch.cat([ratio[:1], ratio[1:].repeat_interleave(2), torch.zeros(1, dtype=torch.float64)])
    y = noise() * (1 + ratio[0] ** 2).sqrt()  # they walk in x_t / α_t
    for k, i in enumerate(scheduler.timesteps):
        alpha = (1 + scheduler.sigmas[k] ** 2).rsqrt()
        y = scheduler.step(answer(alpha * y, i.double()), i, y).prev_sample
    assert_close(ours(Heun(steps=12, follow="noise", grid=TRAILING))[-1], y, **EXACT)


def test_ddim_with_a_preconditioned_network_is_edms_euler():
    scheduler = EDMEulerScheduler(sigma_data=0.5)
    scheduler.set_timesteps(10)
    path, target = VarianceExploding(low=0.002, high=80.0), Preconditioned(spread=0.5)
    x = 80.0 * noise()
    stops = []
    for i in scheduler.timesteps:
        shown = scheduler.scale_model_input(x, i)
        x = scheduler.step(answer(shown, i.double()), i, x).prev_sample
        stops.append(x)

    def read(x, t):
        alpha, sigma = path(t[:, None, None])
        told = path.level(t)[:, None, None] / 4
        return target.read(answer(target.scaling(x, t[:, None, None], path), told), x, alpha, sigma)

    times = KarrasGrid()(10, path)
    mine, x = [], 80.0 * noise()
    for t, s in pairwise(times):
        x = DDIM().step(read, x, t, s, path, fresh())
        mine.append(x)
    assert_close(torch.stack(mine), torch.stack(stops), atol=1e-4, rtol=1e-4)


def test_even_roots_are_edms_noise_levels():
    scheduler = EDMEulerScheduler()
    scheduler.set_timesteps(18)
    path = VarianceExploding(low=0.002, high=100.0)
    _, sigma = path(KarrasGrid()(18, path))
    assert_close(sigma, scheduler.sigmas.double(), atol=1e-7, rtol=1e-4)


@pytest.mark.parametrize("spacing", ["leading", "linspace", "trailing"])
@pytest.mark.parametrize("steps", [2, 5, 12, T])
def test_training_steps_are_spaced_as_diffusers_spaces_them(spacing, steps):
    scheduler = DDIMScheduler(**BETAS, timestep_spacing=spacing)
    scheduler.set_timesteps(steps)
    times = TrainingSteps(count=T, spacing=spacing)(steps, SCHEDULE)
    assert np.round(times[:-1].numpy() * T - 1).tolist() == scheduler.timesteps.tolist()


def test_noise_is_added_as_diffusers_adds_it():
    scheduler = in_float64(DDPMScheduler(**BETAS), T)
    index, a, eps = torch.arange(T), torch.linspace(-1, 1, T).double(), noise()[:T, 0, 0]
    alpha, sigma = SCHEDULE((index.double() + 1) / T)
    assert_close(alpha * a + sigma * eps, scheduler.add_noise(a, eps, index), atol=1e-12, rtol=1e-12)
