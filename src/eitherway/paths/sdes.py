"""Noise schedules of the VP and VE diffusion SDEs, which turn actions into noise from t = 0 to 1.

    dx = f x dt + g dW,   f = α' / α,   g² = 2 σ² (σ' / σ - α' / α)              (1)

has x_t = α_t a + σ_t ε: f shrinks the action, g stirs in what noise is missing. The two of the paper:

    variance preserving   f = -β/2, g = √β, β = first + (last - first) t:   α² = exp(-∫₀ᵗ β), σ² = 1 - α²      (2)
    variance exploding    f = 0, g² = dσ²/dt:   α = 1, σ² = low² ((high / low)²ᵗ - 1)                          (3)

(3) counts the noise added since t = 0, where there is none: the paper's σ(t)² - σ(0)².

References:
    Score-Based Generative Modeling through SDEs (Song et al., 2021), https://arxiv.org/abs/2011.13456, eq. (29) to (33)
"""

import math

import torch
from torch import Tensor
from torch.nn.functional import softplus

from eitherway.paths.schedules import Schedule
from eitherway.registry import register


@register
class VariancePreserving(Schedule):
    """Variance-preserving (VP) SDE schedule (Song et al., 2021), eq. (2); it stops just short of pure noise."""

    def __init__(
        self,
        *,
        first: float = 0.1,  # β at the data
        last: float = 20.0,  # β at the noise
    ) -> None:
        if not 0 < first <= last:
            raise ValueError(f"rates must satisfy 0 < first <= last, got first {first} and last {last}")
        self.first, self.rise = first, last - first
        self.highest = math.log(math.expm1((first + last) / 2)) / 2

    def __call__(self, t: Tensor) -> tuple[Tensor, Tensor]:
        total = t * (self.first + t * self.rise / 2)  # ∫ β
        return (-total / 2).exp(), (-torch.expm1(-total)).sqrt()

    def time(self, level: Tensor) -> Tensor:
        total = softplus(2 * level)  # 1 - e^(-∫β) = σ², so ∫β = log(1 + e^(2 level))
        return (2 * total / (self.first + (self.first**2 + 2 * self.rise * total).sqrt())).clamp(max=1)

    def rates(self, t: Tensor) -> tuple[Tensor, Tensor]:
        (alpha, sigma), beta = self(t), self.first + t * self.rise
        return -beta * alpha / 2, beta * alpha.square() / (2 * sigma)  # without end at t = 0


@register
class VarianceExploding(Schedule):
    """Variance-exploding (VE) SDE schedule (Song et al., 2021), eq. (3): α = 1, and σ grows geometrically."""

    def __init__(
        self,
        *,
        low: float = 0.01,  # about σ where geometric growth begins
        high: float = 50.0,  # about σ at the noise: so large that actions cannot be told apart in it
    ) -> None:
        if not 0 < low < high:
            raise ValueError(f"noise must satisfy 0 < low < high, got low {low} and high {high}")
        self.low, self.growth = low, 2 * math.log(high / low)
        self.highest = math.log(low) + math.log(math.expm1(self.growth)) / 2

    def __call__(self, t: Tensor) -> tuple[Tensor, Tensor]:
        return torch.ones_like(t), self.low * torch.expm1(t * self.growth).sqrt()

    def time(self, level: Tensor) -> Tensor:
        return (softplus(2 * (level - math.log(self.low))) / self.growth).clamp(max=1)

    def rates(self, t: Tensor) -> tuple[Tensor, Tensor]:
        _, sigma = self(t)
        return torch.zeros_like(t), self.growth * (sigma.square() + self.low**2) / (2 * sigma)  # without end at t = 0


def drift(t: Tensor, schedule: Schedule) -> tuple[Tensor, Tensor]:
    """Drift f and squared diffusion g² of the forward SDE (1) at time t, for any schedule."""
    (alpha, sigma), (alpha_rate, sigma_rate) = schedule(t), schedule.rates(t)
    return alpha_rate / alpha, 2 * sigma * (sigma_rate - sigma * alpha_rate / alpha)
