"""Samplers: from noise to an action along a path, one equation for most of them.

Given what a network takes x_t = α_t a + σ_t ε to be made of, the action â and the noise ε̂, go to an earlier time s:

    x_s = α_s â + σ_s ( √(1 - η²τ) ε̂ + η√τ ε ),     τ = 1 - (α_t σ_s / (α_s σ_t))²         (1)

    η = 0: DDIM; on the straight path exactly Euler's step x_s = x_t + (s - t) v̂, v̂ = ε̂ - â.
    η = 1: DDPM's ancestral step.
    s = 0: x_0 = â.

References:
    Denoising Diffusion Implicit Models (Song et al., 2021), https://arxiv.org/abs/2010.02502, eq. (12) and (16)
    Denoising Diffusion Probabilistic Models (Ho et al., 2020), https://arxiv.org/abs/2006.11239
    Elucidating the Design Space of Diffusion-Based Generative Models (Karras et al., 2022),
        https://arxiv.org/abs/2206.00364 (Heun's second-order step)
"""

import abc
from collections.abc import Callable, Iterator
from itertools import pairwise

from torch import Generator, Tensor

from eitherway.make import Make
from eitherway.paths.grids import EvenTimes, Grid
from eitherway.paths.schedules import Schedule
from eitherway.randomness import normal_like
from eitherway.shape import Chunk, Each

Denoise = Callable[[Chunk, Each], tuple[Chunk, Chunk]]  # (x_t, t) -> (â, ε̂)


class Sampler(abc.ABC):
    """Walks from noise to an action through the times of a grid."""

    def __init__(self, *, steps: int = 10, grid: Make[Grid] = Make(EvenTimes)) -> None:
        if steps < 1:
            raise ValueError(f"a sampler needs at least 1 step, got {steps}")
        self.steps, self.grid = steps, grid()

    def __call__(self, denoise: Denoise, eps: Chunk, schedule: Schedule, generator: Generator) -> Iterator[Chunk]:
        """The noisy chunks on the way, from pure noise at the first time to the action at t = 0.

        The noise is as large as x_t is there for actions of unit variance: √(α² + σ²) ε, so ε itself on a
        variance-preserving path, and at the end of any path.
        """
        times = self.grid(self.steps, schedule).to(eps)
        alpha, sigma = schedule(times[0])
        x = eps * (alpha**2 + sigma**2).sqrt()
        yield x
        for t, s in pairwise(times):
            x = self.step(denoise, x, t, s, schedule, generator)
            yield x

    @abc.abstractmethod
    def step(self, denoise: Denoise, x: Chunk, t: Tensor, s: Tensor, schedule: Schedule, generator: Generator) -> Chunk:
        """From time t to the earlier time s."""


class Ancestral(Sampler):
    """Eq. (1): DDIM, Euler, DDPM and all between, by `eta`."""

    def __init__(
        self,
        *,
        steps: int = 10,
        eta: float = 0.0,  # share of fresh noise: 0 none (DDIM, Euler), 1 all there is room for (DDPM)
        grid: Make[Grid] = Make(EvenTimes),  # where to stop
    ) -> None:
        super().__init__(steps=steps, grid=grid)
        if not 0 <= eta <= 1:
            raise ValueError(f"eta must lie in [0, 1], got {eta}")
        self.eta = eta

    def step(self, denoise: Denoise, x: Chunk, t: Tensor, s: Tensor, schedule: Schedule, generator: Generator) -> Chunk:
        a, eps = denoise(x, t.expand(len(x)))
        alpha_s, sigma_s = schedule(s)
        if self.eta == 0:
            return alpha_s * a + sigma_s * eps
        alpha_t, sigma_t = schedule(t)
        fresh = self.eta**2 * (1 - (alpha_t * sigma_s / (alpha_s * sigma_t)).square())  # η²τ
        return alpha_s * a + sigma_s * ((1 - fresh).sqrt() * eps + fresh.sqrt() * normal_like(x, generator))


class Heun(Sampler):
    """Second order: Heun's method for dy/dq = â in y = x / σ, q = α / σ; the last step, to t = 0, is single.

    Two evaluations a step, but one for the last.
    """

    def step(self, denoise: Denoise, x: Chunk, t: Tensor, s: Tensor, schedule: Schedule, generator: Generator) -> Chunk:
        a, eps = denoise(x, t.expand(len(x)))
        (alpha_t, sigma_t), (alpha_s, sigma_s) = schedule(t), schedule(s)
        end = alpha_s * a + sigma_s * eps
        if s == 0:
            return end
        a_end, _ = denoise(end, s.expand(len(x)))
        return end + (alpha_s - alpha_t * sigma_s / sigma_t) * (a_end - a) / 2
