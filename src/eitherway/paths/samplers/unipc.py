"""UniPC-2 predictor-corrector sampler: DPM-Solver++(2M)'s prediction, corrected by the network's answer there.

Over a step from t to s in which the level falls by h, with u from 0 to 1 and â(u) what the network would say,

    x_s = (σ_s / σ_t) x_t + α_s h ∫₀¹ e^(h (u - 1)) â(u) du                     (1)

is exact. The prediction of DPM-Solver++(2M) puts a line through the last two answers in the place of â(u). Once the
network has answered at the predicted x_s, for the next step's sake, x_s is made anew by a parabola through three:

    â(u) = â_t + b u + e u²:   â(-ρ) = â₋,  â(1) = â_s,   ρ = h₋ / h              (2)
    φ₀ = 1 - e^(-h),   φ_k = 1 - (k / h) φ_(k-1)      the integrals of e^(h (u - 1)) h uᵏ        (3)
    x_s = (σ_s / σ_t) x_t + α_s ( φ₀ â_t + φ₁ b + φ₂ e )                        (4)

Third order for one evaluation a step. The first step, with no answer before it, is corrected by the mean of both its
ends; the last, to s = 0, is x_0 = â and has nothing to correct it.

References:
    UniPC: A Unified Predictor-Corrector Framework (Zhao et al., 2023), https://arxiv.org/abs/2302.04867, with B(h) =
        e^h - 1 and predicting the action
"""

from collections.abc import Iterator
from itertools import pairwise

import torch
from torch import Generator, Tensor

from eitherway.make import Make
from eitherway.paths.grids import Grid, UniformLogSNR
from eitherway.paths.samplers.base import Denoise, Sampler
from eitherway.paths.schedules import Schedule
from eitherway.registry import register
from eitherway.shape import Chunk


@register
class UniPC(Sampler):
    """UniPC-2 predictor-corrector sampler (Zhao et al., 2023), eq. (1) to (4); one evaluation a step."""

    def __init__(
        self,
        *,
        steps: int = 10,
        grid: Make[Grid] = Make(UniformLogSNR),  # where to stop
        noise: float = 1.0,  # scale of the first noise: below 1, draws keep to the likelier
    ) -> None:
        super().__init__(steps=steps, grid=grid, noise=noise)

    def walk(
        self, denoise: Denoise, x: Chunk, times: Tensor, schedule: Schedule, generator: Generator
    ) -> Iterator[Chunk]:
        falls = -schedule.level(times).diff()  # h of each step: ∞ for the last, which leaves no noise
        a, _ = denoise(x, times[0].expand(len(x)))
        before, rho = a, torch.ones_like(falls[0])  # as if the network had said the same before: no slope
        for i, (t, s) in enumerate(pairwise(times)):
            if i == self.steps - 1:
                yield a
                return
            (_, sigma_t), (alpha_s, sigma_s) = schedule(t), schedule(s)
            h = falls[i]
            share = -torch.expm1(-h)  # φ₀
            straight = sigma_s / sigma_t * x + alpha_s * share * a
            predicted = straight + alpha_s * share * (a - before) / (2 * rho)
            a_s, _ = denoise(predicted, s.expand(len(x)))
            x = straight + alpha_s * (bend(before, a, a_s, rho, h) if i else share * (a_s - a) / 2)  # eq. (4)
            before, a, rho = a, a_s, h / falls[i + 1]
            yield x


def bend(before: Chunk, a: Chunk, a_s: Chunk, rho: Tensor, h: Tensor) -> Chunk:
    """The corrector's terms φ₁ b + φ₂ e of eq. (4)."""
    first = 1 + torch.expm1(-h) / h  # φ₁
    back, ahead = before - a, a_s - a
    e = (back / rho + ahead) / (1 + rho)  # eq. (2); 0 where the step before began in pure noise, ρ = ∞
    return first * (ahead - e) + (1 - 2 * first / h) * e
