"""The lanes of one dimension: K paths from where the robot is to one target each, and the clusters around them.

    m_k(s)_h = s + (1 - (1 - h/H)³) (y_k(s) - s),   h = 1 … H                 (1)
    y_k(s)   = Δ σ (1 - merging |s|) (k - (K-1)/2)                            (2)
    w_k(s)   ∝ v_k(s) (1 - vanishing (1 - s u_k))₊,   v_k(s) = b_k exp(τ s u_k) (3)
    e        = L z,  z ~ N(0, I_H),  (L Lᵀ)_hj = σ_h σ_j ρ^|h-j|              (4)
    x_h      = m_k(s)_h + e_h + bend σ_h (h-1)/(H-1) ((e_1/σ_1)² - 1)         (5)

Δ is the distance between neighbours in σ, u_k ∈ [-1, 1] the lane from the lowest to the highest, b_k = 1, 2, 1, 2, ...;
with `rarity` v is the same in all states: rarity for the highest lane, the rest shared equally by the others.
σ_h falls from σ to σ / anisotropy. (5) is a shear: it bends a cluster, keeps its volume and its mean, and is undone by
subtracting. A lane is the tube |e_h| ≤ 5 σ_h; all between is wall, and so is a lane whose weight (3) is 0.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

SIGMA = 0.1  # σ: the size of a cluster, in the unit of s
TUBE = 5.0  # half a lane's width in σ_h: 6 in 10 million draws leave it, a step
SMOOTH = 0.8  # ρ: how much of its deviation a path keeps from one step to the next
TILT = 1.5  # τ: how strongly the state favours the lane that it lies towards

Numbers = Float[Tensor, "..."]


@dataclass(frozen=True, kw_only=True)
class Lanes:
    """Geometry and densities of one dimension's K lanes over H steps, in float64. The options are those of the task."""

    modes: int
    steps: int
    separation: float
    rarity: float | None
    vanishing: float
    merging: float
    anisotropy: float
    bend: float

    @property
    def rank(self) -> Float[Tensor, " K"]:
        """u_k, the rank of each lane, from -1 for the lowest to 1 for the highest; 0 for a single one."""
        return torch.linspace(-1, 1, self.modes, dtype=torch.float64) * (self.modes > 1)

    @property
    def scales(self) -> Float[Tensor, " H"]:
        """σ_h, the standard deviation of a cluster at each step."""
        return SIGMA * self.anisotropy**-(self.along)

    @property
    def along(self) -> Float[Tensor, " H"]:
        """Normalised time (h-1)/(H-1): from 0 at the first step to 1 at the last."""
        return torch.linspace(0, 1, self.steps, dtype=torch.float64)

    @property
    def factor(self) -> Float[Tensor, "H H"]:
        """L, the Cholesky factor of a cluster's covariance, eq. (4)."""
        h = torch.arange(self.steps, dtype=torch.float64)
        return self.scales[:, None] * torch.linalg.cholesky(SMOOTH ** (h[:, None] - h).abs())

    def weights(self, s: Numbers) -> Float[Tensor, "... K"]:
        """The probability of each lane, eq. (3)."""
        towards = s.double()[..., None] * self.rank
        weight = self.favour(towards) * (1 - self.vanishing * (1 - towards)).clamp(min=0)
        return weight / weight.sum(-1, keepdim=True)

    def favour(self, towards: Float[Tensor, "... K"]) -> Float[Tensor, "... K"]:
        """v_k(s), the unnormalised lane weights of eq. (3) before vanishing; `towards` is s u_k."""
        if self.rarity is None:
            return (1.0 + torch.arange(self.modes) % 2) * torch.exp(TILT * towards)
        share = torch.full_like(towards, (1 - self.rarity) / (self.modes - 1))
        share[..., -1] = self.rarity
        return share

    def gap(self, s: Numbers) -> Numbers:
        """The distance between the targets of neighbouring lanes, eq. (2)."""
        return self.separation * SIGMA * (1 - self.merging * s.double().abs())

    def merged(self, s: Numbers) -> Bool[Tensor, "..."]:
        """Whether the lanes have merged into one mode: neighbouring tubes overlap to the end."""
        return self.gap(s) < 2 * TUBE * self.scales[-1]

    def centres(self, s: Numbers) -> Float[Tensor, "... K H"]:
        """m_k(s), the centre path of each lane, eq. (1)."""
        ease = 1 - (1 - torch.arange(1, self.steps + 1, dtype=torch.float64) / self.steps) ** 3
        target = self.gap(s)[..., None] * (torch.arange(self.modes) - (self.modes - 1) / 2)
        start = s.double()[..., None, None]
        return start + ease * (target[..., None] - start)

    def shift(self, first: Numbers) -> Float[Tensor, "... H"]:
        """The shear of eq. (5): how far a path is shifted at each step, given its deviation `first` at step 1."""
        return self.bend * self.scales * self.along * ((first[..., None] / self.scales[0]) ** 2 - 1)

    def deviations(self, x: Float[Tensor, "... H"], s: Numbers) -> Float[Tensor, "... K H"]:
        """e, the Gaussian deviations of a path x from each lane's centre: eq. (5) undone."""
        off = x.double()[..., None, :] - self.centres(s)
        return off - self.shift(off[..., 0])

    def log_prob(self, x: Float[Tensor, "... H"], s: Numbers) -> Float[Tensor, "... K"]:
        """The log-density of a path under each lane, log N(e; 0, L Lᵀ), nats."""
        e = self.deviations(x, s)
        z = torch.linalg.solve_triangular(self.factor, e.unsqueeze(-1), upper=False).squeeze(-1)
        size = self.factor.diagonal().log().sum() + self.steps / 2 * math.log(2 * math.pi)
        return -z.square().sum(-1) / 2 - size

    def path(self, lane: Int[Tensor, "..."], z: Float[Tensor, "... H"], s: Numbers) -> Float[Tensor, "... H"]:
        """The path in a lane that standard normal noise z maps to, eq. (1), (4), (5)."""
        e = z @ self.factor.T
        here = lane[..., None, None].expand(*lane.shape, 1, self.steps)
        return self.centres(s).expand(*lane.shape, -1, -1).gather(-2, here).squeeze(-2) + e + self.shift(e[..., 0])

    def lane(self, x: Float[Tensor, "... H"], s: Numbers) -> Int[Tensor, "..."]:
        """The index of the lane whose tube holds a path at every step, 0 where all are merged, -1 for none."""
        near = (self.deviations(x, s).abs() <= TUBE * self.scales).all(-1) & (self.weights(s) > 0)
        which = torch.where(self.merged(s), 0, near.long().argmax(-1))
        return torch.where(near.any(-1), which, -1)
