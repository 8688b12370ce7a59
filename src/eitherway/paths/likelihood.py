"""Log-likelihood of an action by the probability-flow ODE and the instantaneous change of variables.

In y = x_t / α_t and r = σ_t / α_t every path is the same:

    dy/dr = ε̂(y, r),     d log p(y)/dr = -∇·ε̂,     y ~ N(0, r² I) at the largest r              (1)

so a chunk is followed from the smallest noise level up to the largest, by classical Runge-Kutta steps even in log r,
its divergence summed on the way: with the Jacobian J of ε̂, and probes e,

    ∇·ε̂ = tr J = Σ_i e_iᵀ J e_i     e_i the unit vectors: exact, H · D backward passes a step      (2)
               = E eᵀ J e            e of random signs: unbiased, one backward pass a probe         (3)

Learnt fields are rough in places: each chunk is followed again in twice as many steps until the two answers agree, and
as the method is of order 4,

    error of the finer ≈ (coarser - finer) / 15                                                     (4)

is told beside the answer.

References:
    Score-Based Generative Modeling through SDEs (Song et al., 2021), https://arxiv.org/abs/2011.13456, section 4.3
    FFJORD (Grathwohl et al., 2019), https://arxiv.org/abs/1810.01367 (3)
    Solving Ordinary Differential Equations I (Hairer, Nørsett and Wanner, 1993), section II.4 (4)
"""

import abc
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from jaxtyping import Float, Int
from torch import Tensor

from eitherway.paths.samplers import Denoise
from eitherway.paths.samplers.runge_kutta import TABLEAUX, mix, stages
from eitherway.paths.schedules import Schedule
from eitherway.randomness import stream
from eitherway.registry import Classes, register
from eitherway.shape import Chunk, Each

DenoiseRows = Callable[[Int[Tensor, " K"], Chunk, Each], tuple[Chunk, Chunk]]  # (rows, x_t, t) -> (â, ε̂)

LOW, HIGH = -6.0, 4.0  # levels; the path's own ends where they are nearer
FEWEST, MOST = 50, 6_400  # steps
RK4, RICHARDSON = TABLEAUX["rk4"], 2**4 - 1  # of order 4: half the step, a sixteenth of the error
TOLERANCE = 1e-3  # nats


class Divergence(abc.ABC):
    """An estimator of the divergence tr J: the sum of eᵀ J e over probe vectors e."""

    @abc.abstractmethod
    def probes(self, a: Chunk) -> Float[Tensor, "P B H D"]:
        """The probe vectors e, kept fixed along a whole path."""


DIVERGENCES = Classes("divergence", Divergence)


@register
class Exact(Divergence):
    """Exact divergence, by the full trace of the Jacobian, eq. (2)."""

    def probes(self, a: Chunk) -> Float[Tensor, "P B H D"]:
        _, horizon, action = a.shape
        unit = torch.eye(horizon * action, dtype=a.dtype, device=a.device).view(-1, 1, horizon, action)
        return unit.expand(-1, len(a), -1, -1)


@register
class Hutchinson(Divergence):
    """Hutchinson's trace estimator with Rademacher probes, eq. (3); its probes come from a fixed seed."""

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


@dataclass(frozen=True)
class Likelihood:
    """Log-densities in nats, each with its estimated integration error (above 0: too high), eq. (4)."""

    nats: Each
    error: Each


def log_prob(
    denoise: DenoiseRows, a: Chunk, schedule: Schedule, divergence: Divergence = EXACT, *, tolerance: float = TOLERANCE
) -> Likelihood:
    """Log-density of chunks in normalised units, eq. (1); `tolerance` is the error, in nats, that a chunk may have.

    `denoise` is told which rows of `a` it is asked about, for not all are followed as finely. A chunk that is rougher
    than 6,400 steps can resolve keeps its error, which says so.
    """
    rows, steps = torch.arange(len(a), device=a.device), FEWEST
    nats, error = followed(denoise, a, rows, schedule, divergence, steps), torch.zeros_like(a[:, 0, 0])
    while len(rows) and steps < MOST:
        steps *= 2
        finer = followed(denoise, a, rows, schedule, divergence, steps)
        error[rows] = (nats[rows] - finer) / RICHARDSON
        nats[rows] = finer
        rows = rows[~(error[rows].abs() <= tolerance)]  # what is no number is never near enough
    return Likelihood(nats, error)


def followed(
    denoise: DenoiseRows,
    a: Chunk,
    rows: Int[Tensor, " K"],
    schedule: Schedule,
    divergence: Divergence,
    steps: int,
) -> Float[Tensor, " K"]:
    """Log-densities of the given rows by RK4 with `steps` steps in u = log r: eq. (1) as dy/du = r ε̂."""
    low, high = max(LOW, schedule.lowest), min(HIGH, schedule.highest)
    probes = divergence.probes(a)[:, rows]
    slope = partial(field, partial(denoise, rows), schedule=schedule, probes=probes)
    x, h = torch.cat([a[rows].flatten(1), a.new_zeros(len(rows), 1)], 1)[:, None], (high - low) / steps  # K 1 HD+1
    each = a.new_full((len(rows),), h)
    for i in range(steps):
        slopes = stages(slope, x, a.new_full((len(rows),), low + i * h), each, RK4)
        x = x + h * mix(RK4.weights, slopes)
    z, gained = x[:, 0, :-1] / math.exp(high), x[:, 0, -1]
    return gained - z.square().sum(1) / 2 - z.shape[1] * (math.log(2 * math.pi) / 2 + high)


def field(
    denoise: Denoise,
    x: Float[Tensor, "K 1 N"],
    u: Float[Tensor, " K"],
    *,
    schedule: Schedule,
    probes: Float[Tensor, "P K H D"],
) -> Float[Tensor, "K 1 N"]:
    """The ODE's right-hand side: r ε̂, with its divergence appended; rows are independent, so one pass serves all."""
    t, r = schedule.time(u.double()).to(x)[:, None, None], u.exp()[:, None, None]
    alpha, _ = schedule(t)
    with torch.enable_grad():
        y = x[:, 0, :-1].view(probes.shape[1:]).detach().requires_grad_()
        slope = r * denoise(alpha * y, t[:, 0, 0])[1]
        (turned,) = torch.autograd.grad(slope, y, probes, is_grads_batched=True)  # Jᵀ e
    return torch.cat([slope.detach().flatten(1), (turned * probes).sum((0, 2, 3))[:, None]], 1)[:, None]
