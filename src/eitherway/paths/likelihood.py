"""Log-density of a refined action, by the ordinary differential equation that carries noise to it.

In y = x_t / α_t and r = σ_t / α_t every path is the same:

    dy/dr = ε̂(y, r),     d log p(y)/dr = -∇·ε̂,     y ~ N(0, r² I) at the largest r              (1)

so a chunk is followed from the smallest noise level up to the largest, by Heun steps even in log r, its divergence
summed on the way: with the Jacobian J of ε̂, and probes e,

    ∇·ε̂ = tr J = Σ_i e_iᵀ J e_i     e_i the unit vectors: exact, H · D backward passes a step      (2)
               = E eᵀ J e            e of random signs: unbiased, one backward pass a probe         (3)

References:
    Score-Based Generative Modeling through SDEs (Song et al., 2021), https://arxiv.org/abs/2011.13456, section 4.3
    FFJORD (Grathwohl et al., 2019), https://arxiv.org/abs/1810.01367 (3)
"""

import abc
import math

import torch
from jaxtyping import Float
from torch import Tensor

from eitherway.paths.samplers import Denoise
from eitherway.paths.schedules import Schedule
from eitherway.randomness import stream
from eitherway.shape import Chunk, Each

LOW, HIGH = -6.0, 4.0  # levels; the path's own ends where they are nearer


class Divergence(abc.ABC):
    """How the trace of a Jacobian is found: the sum of eᵀ J e over probes."""

    @abc.abstractmethod
    def probes(self, a: Chunk) -> Float[Tensor, "P B H D"]:
        """The probes e, kept for a whole path."""


class Exact(Divergence):
    """Eq. (2)."""

    def probes(self, a: Chunk) -> Float[Tensor, "P B H D"]:
        _, horizon, action = a.shape
        unit = torch.eye(horizon * action, dtype=a.dtype, device=a.device).view(-1, 1, horizon, action)
        return unit.expand(-1, len(a), -1, -1)


class Hutchinson(Divergence):
    """Eq. (3): the mean over a few probes, drawn anew from the same seed for each batch of chunks."""

    def __init__(
        self,
        *,
        probes: int = 1,  # directions asked about for each chunk
        seed: int = 0,  # of the probes: a likelihood takes no generator
    ) -> None:
        if probes < 1:
            raise ValueError(f"probes must be at least 1, got {probes}")
        self.count, self.seed = probes, seed

    def probes(self, a: Chunk) -> Float[Tensor, "P B H D"]:
        generator = stream(self.seed, "probes", a.device)
        bits = torch.randint(2, (self.count, *a.shape), generator=generator, device=a.device)
        return (2 * bits - 1).to(a.dtype) / math.sqrt(self.count)  # so that their sum is the mean


EXACT = Exact()


def log_prob(denoise: Denoise, a: Chunk, schedule: Schedule, steps: int = 200, divergence: Divergence = EXACT) -> Each:
    """Log-density of chunks in normalised units, nats, eq. (1) in u = log r: dy/du = r ε̂."""
    levels = torch.linspace(max(LOW, schedule.lowest), min(HIGH, schedule.highest), steps + 1, dtype=torch.float64)
    times, radii, du = schedule.time(levels).to(a), levels.exp().to(a), float(levels[1] - levels[0])
    y, gained, probes = a, torch.zeros_like(a[:, 0, 0]), divergence.probes(a)
    slope, spread = field(denoise, y, times[0], radii[0], schedule, probes)
    for t, r in zip(times[1:], radii[1:], strict=True):
        ahead, spread_ahead = field(denoise, y + du * slope, t, r, schedule, probes)
        y = y + du * (slope + ahead) / 2
        gained = gained + du * (spread + spread_ahead) / 2
        slope, spread = field(denoise, y, t, r, schedule, probes)
    z = (y / radii[-1]).flatten(1)
    numbers = z.shape[1]
    prior = -z.square().sum(1) / 2 - numbers * (math.log(2 * math.pi) / 2 + radii[-1].log())
    return prior + gained


def field(
    denoise: Denoise, y: Chunk, t: Tensor, r: Tensor, schedule: Schedule, probes: Float[Tensor, "P B H D"]
) -> tuple[Chunk, Each]:
    """r ε̂ at y and its divergence; rows do not see each other, so a sum over rows keeps their derivatives apart."""
    alpha, _ = schedule(t)
    with torch.enable_grad():
        y = y.detach().requires_grad_()
        slope = r * denoise(alpha * y, t.expand(len(y)))[1]
        turned = [torch.autograd.grad((slope * e).sum(), y, retain_graph=True)[0] for e in probes]  # Jᵀ e
    return slope.detach(), torch.stack([(j * e).sum((1, 2)) for j, e in zip(turned, probes, strict=True)]).sum(0)
