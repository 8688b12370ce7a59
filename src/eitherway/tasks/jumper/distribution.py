"""The jumper's exact distribution: right with probability p(s), else left, over the edge by a log-normal distance.

    p(s)   = clip((s + 1) / 2, 0, 1)                                          (1)
    δ      ~ LogNormal(μ, σ),   μ = ln 0.2 - σ² / 2,   so that E δ = 0.2      (2)
    x      = ±(b + δ), clipped to [-3b, 3b]                                   (3)
    F(x|s) = (1 - p) P(-b - δ ≤ x) + p P(b + δ ≤ x)                           (4)

The clip puts an atom of P(δ > 2b) ≈ 0.25 % at each end; elsewhere F has a density. All in float64, b = 1.
"""

import math
from typing import TypeVar

import numpy as np
import torch
from jaxtyping import Float
from torch import Generator, Tensor
from torch.special import ndtr, ndtri

from eitherway.shape import Draws, Each, Obs

EDGE = 1.0  # b: half the robot and half the obstacle
CLIP = 3.0 * EDGE
SIGMA = 1.0
MU = math.log(0.2) - SIGMA**2 / 2

Numbers = Float[Tensor, "..."]
Array = TypeVar("Array", np.ndarray, Tensor)


def safe(x: Array) -> Array:
    """Whether each landing misses the obstacle: |x| ≥ b, touching allowed; NaN does not."""
    return abs(x) >= EDGE


class JumperDistribution:
    """The exact p(x | s) of the landing position x given the start s, in units of the robot's width."""

    atom = float(1 - ndtr(torch.tensor((math.log(CLIP - EDGE) - MU) / SIGMA, dtype=torch.float64)))  # P(δ > 2b)

    def p_right(self, s: Numbers) -> Numbers:
        """Probability of going right, eq. (1)."""
        return ((s.double() + 1) / 2).clamp(0, 1)

    def density(self, x: Numbers, s: Numbers) -> Numbers:
        """Density of the part without atoms, per unit of x: 0 for |x| ≤ b, and for |x| ≥ 3b where only atoms are."""
        x, p = x.double(), self.p_right(s)
        delta = (x.abs() - EDGE).clamp(min=1e-300)
        z = (delta.log() - MU) / SIGMA
        bell = torch.exp(-z.square() / 2) / (delta * SIGMA * math.sqrt(2 * math.pi))
        inside = (x.abs() > EDGE) & (x.abs() < CLIP)
        return torch.where(inside, bell * torch.where(x > 0, p, 1 - p), 0.0)

    def cdf(self, x: Numbers, s: Numbers) -> Numbers:
        """The conditional CDF P(X ≤ x | s), the atoms included, eq. (4)."""
        p = self.p_right(s)
        return (1 - p) * left_cdf(x.double()) + p * right_cdf(x.double())

    def quantile(self, q: Numbers, s: Numbers) -> Numbers:
        """The conditional quantile: the smallest x with P(X ≤ x | s) ≥ q, for q in (0, 1]."""
        q, p = q.double(), self.p_right(s)
        left = -EDGE - overshoot_quantile(1 - q / (1 - p).clamp(min=1e-300))
        right = EDGE + overshoot_quantile((q - (1 - p)) / p.clamp(min=1e-300))
        return torch.where(q <= 1 - p, left, right)

    def log_prob(self, a: Float[Tensor, "B 1 1"], obs: Obs) -> Each:
        """Log-density in nats; -inf in the obstacle and at the clip, where there is none."""
        return self.density(a[:, 0, 0], state(obs)).log()

    def sample(self, obs: Obs, n: int, generator: Generator) -> Draws:
        """n independent samples for each observation, eq. (1) to (3)."""
        s = state(obs).double().expand(n, -1)  # S B
        right = torch.rand(s.shape, generator=generator, dtype=s.dtype) < self.p_right(s)
        delta = torch.exp(MU + SIGMA * torch.randn(s.shape, generator=generator, dtype=s.dtype))
        x = torch.where(right, 1.0, -1.0) * (EDGE + delta).clamp(max=CLIP)
        return x.float()[..., None, None]

    def mean(self, obs: Obs) -> Float[Tensor, "B 1 1"]:
        """The conditional mean (2p - 1)(b + E min(δ, 2b)): it passes through the obstacle."""
        cut = math.log(CLIP - EDGE)
        below = 0.2 * float(ndtr(torch.tensor((cut - MU - SIGMA**2) / SIGMA, dtype=torch.float64)))
        overshoot = below + (CLIP - EDGE) * self.atom
        return ((2 * self.p_right(state(obs)) - 1) * (EDGE + overshoot)).float()[:, None, None]

    def median(self, obs: Obs) -> Float[Tensor, "B 1 1"]:
        """A conditional median: it jumps over the obstacle at s = 0, where every x between -b and b would be one."""
        s = state(obs)
        return self.quantile(torch.full_like(s, 0.5), s).float()[:, None, None]

    def mixed_cdf(self, x: Float[Tensor, " X"], obs: Obs) -> Float[Tensor, " X"]:
        """The CDF averaged over the observations: eq. (4) is linear in p, so their mean p is enough."""
        p = self.p_right(state(obs)).mean()
        return (1 - p) * left_cdf(x.double()) + p * right_cdf(x.double())

    def mode_probabilities(self, obs: Obs) -> Float[Tensor, "B 2"]:
        """Probability of left and of right."""
        p = self.p_right(state(obs))
        return torch.stack([1 - p, p], dim=-1)


def state(obs: Obs) -> Float[Tensor, " B"]:
    """The start position s: the newest observation."""
    return obs["state"][:, -1, 0]


def overshoot_cdf(delta: Numbers) -> Numbers:
    """The CDF P(δ ≤ delta) of the overshoot before the clip; 0 for delta ≤ 0."""
    return torch.where(delta > 0, ndtr((delta.clamp(min=1e-300).log() - MU) / SIGMA), 0.0)


def overshoot_quantile(q: Numbers) -> Numbers:
    """The q-quantile of the clipped overshoot min(δ, 2b)."""
    return torch.exp(MU + SIGMA * ndtri(q.clamp(0, 1))).clamp(max=CLIP - EDGE)


def right_cdf(x: Numbers) -> Numbers:
    """The CDF P(X ≤ x | right) of landings on the right."""
    return torch.where(x >= CLIP, 1.0, overshoot_cdf(x - EDGE))


def left_cdf(x: Numbers) -> Numbers:
    """The CDF P(X ≤ x | left) of landings on the left: at the clip the whole atom counts."""
    return torch.where(x < -CLIP, 0.0, 1 - overshoot_cdf(-EDGE - x))
