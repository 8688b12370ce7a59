"""Heun's second-order sampler, in coordinates where every path has the same ODE. There are two such:

    "action"   y = x / σ,   q = α / σ:   dy/dq = â                               (1)
    "noise"    y = x / α,   r = σ / α:   dy/dr = ε̂                               (2)

A step goes straight by the slope at its start, asks again at its end, and takes the mean of both. (1) can start from
pure noise, where r is infinite; (2) is EDM's, and starts at a finite level.

References:
    Elucidating the Design Space of Diffusion-Based Generative Models (Karras et al., 2022),
        https://arxiv.org/abs/2206.00364, algorithm 1 (2)
"""

from typing import Literal

from torch import Generator, Tensor

from eitherway.make import Make
from eitherway.paths.grids import Grid, UniformTimes
from eitherway.paths.samplers.base import Denoise, SingleStep
from eitherway.paths.schedules import Schedule
from eitherway.registry import register
from eitherway.shape import Chunk


@register
class Heun(SingleStep):
    """Heun's second-order ODE sampler, as in EDM, eq. (1) or (2); two evaluations a step, one for the last."""

    def __init__(
        self,
        *,
        steps: int = 10,
        follow: Literal["action", "noise"] = "action",  # which slope is averaged: eq. (1) or (2)
        grid: Make[Grid] = Make(UniformTimes),  # where to stop
        noise: float = 1.0,  # scale of the first noise: below 1, draws keep to the likelier
    ) -> None:
        super().__init__(steps=steps, grid=grid, noise=noise)
        self.follow = follow

    def step(self, denoise: Denoise, x: Chunk, t: Tensor, s: Tensor, schedule: Schedule, generator: Generator) -> Chunk:
        a, eps = denoise(x, t.expand(len(x)))
        (alpha_t, sigma_t), (alpha_s, sigma_s) = schedule(t), schedule(s)
        end = alpha_s * a + sigma_s * eps
        a_end, eps_end = denoise(end, s.expand(len(x)))
        if self.follow == "action":
            return end + (alpha_s - alpha_t * sigma_s / sigma_t) * (a_end - a) / 2
        return end + (sigma_s - sigma_t * alpha_s / alpha_t) * (eps_end - eps) / 2

    def finish(
        self, denoise: Denoise, x: Chunk, t: Tensor, zero: Tensor, schedule: Schedule, generator: Generator
    ) -> Chunk:
        a, _ = denoise(x, t.expand(len(x)))
        return a
