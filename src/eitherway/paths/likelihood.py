"""Log-density of a refined action, by the ordinary differential equation that carries noise to it.

In y = x_t / α_t and r = σ_t / α_t every path is the same:

    dy/dr = ε̂(y, r),     d log p(y)/dr = -∇·ε̂,     y ~ N(0, r² I) at the largest r              (1)

so a chunk is followed from the smallest noise level up to the largest, by Heun steps even in log r, its divergence
summed on the way. The divergence is exact: H · D backward passes a step.

References:
    Score-Based Generative Modeling through SDEs (Song et al., 2021), https://arxiv.org/abs/2011.13456, section 4.3
"""

import math

import torch
from torch import Tensor

from eitherway.paths.samplers import Denoise
from eitherway.paths.schedules import Schedule
from eitherway.shape import Chunk, Each

LOW, HIGH = -6.0, 4.0  # levels; the path's own ends where they are nearer


def log_prob(denoise: Denoise, a: Chunk, schedule: Schedule, steps: int = 200) -> Each:
    """Log-density of chunks in normalised units, nats, eq. (1) in u = log r: dy/du = r ε̂."""
    levels = torch.linspace(max(LOW, schedule.lowest), min(HIGH, schedule.highest), steps + 1, dtype=torch.float64)
    times, radii, du = schedule.time(levels).to(a), levels.exp().to(a), float(levels[1] - levels[0])
    y, gained = a, torch.zeros_like(a[:, 0, 0])
    slope, divergence = field(denoise, y, times[0], radii[0], schedule)
    for t, r in zip(times[1:], radii[1:], strict=True):
        ahead, ahead_divergence = field(denoise, y + du * slope, t, r, schedule)
        y = y + du * (slope + ahead) / 2
        gained = gained + du * (divergence + ahead_divergence) / 2
        slope, divergence = field(denoise, y, t, r, schedule)
    z = (y / radii[-1]).flatten(1)
    numbers = z.shape[1]
    prior = -z.square().sum(1) / 2 - numbers * (math.log(2 * math.pi) / 2 + radii[-1].log())
    return prior + gained


def field(denoise: Denoise, y: Chunk, t: Tensor, r: Tensor, schedule: Schedule) -> tuple[Chunk, Each]:
    """r ε̂ at y and its divergence."""
    alpha, _ = schedule(t)
    with torch.enable_grad():
        y = y.detach().requires_grad_()
        slope = r * denoise(alpha * y, t.expand(len(y)))[1]
        parts = slope.flatten(1).sum(0)  # rows do not see each other, so sums over rows keep their derivatives apart
        slopes = [torch.autograd.grad(part, y, retain_graph=True)[0].flatten(1)[:, i] for i, part in enumerate(parts)]
    return slope.detach(), torch.stack(slopes).sum(0)
