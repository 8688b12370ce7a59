"""Paths between data and noise: x_t = α_t a + σ_t ε, from t = 0 (data) to t = 1 (noise).

How noisy a point of a path is, is its level = log(σ_t / α_t), the half log noise-to-signal ratio: two paths at one
level differ by a factor only (x_t / α_t is the same), so levels compare where times do not.

References:
    Variational Diffusion Models (Kingma et al., 2021), https://arxiv.org/abs/2107.00630 (log-SNR as the natural time)
    Flow Matching for Generative Modeling (Lipman et al., 2023), https://arxiv.org/abs/2210.02747
"""

import abc
import math

import torch
from torch import Tensor


class Schedule(abc.ABC):
    """t ↦ (α_t, σ_t), and back from a level to its time."""

    lowest: float = -math.inf  # the range of levels the path runs through
    highest: float = math.inf

    @abc.abstractmethod
    def __call__(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """(α_t, σ_t), elementwise."""

    @abc.abstractmethod
    def time(self, level: Tensor) -> Tensor:
        """The time at which log(σ_t / α_t) is `level`."""

    def level(self, t: Tensor) -> Tensor:
        """log(σ_t / α_t)."""
        alpha, sigma = self(t)
        return (sigma / alpha).log()


class Straight(Schedule):
    """α = 1 - t, σ = t: flow matching's straight line."""

    def __call__(self, t: Tensor) -> tuple[Tensor, Tensor]:
        return 1 - t, t

    def time(self, level: Tensor) -> Tensor:
        return level.sigmoid()


class Cosine(Schedule):
    """α = cos(π t / 2), σ = sin(π t / 2): α² + σ² = 1, so that data of unit variance keep it.

    References:
        Improved Denoising Diffusion (Nichol and Dhariwal, 2021), https://arxiv.org/abs/2102.09672 (here without offset)
    """

    def __call__(self, t: Tensor) -> tuple[Tensor, Tensor]:
        angle = t * (math.pi / 2)
        return angle.cos().clamp(min=0), angle.sin()  # rounding alone could take α below 0 at t = 1

    def time(self, level: Tensor) -> Tensor:
        return level.exp().atan() * (2 / math.pi)


class LinearBetas(Schedule):
    """DDPM's variances β rising linearly over T steps: ᾱ_i = Π_{j ≤ i} (1 - β_j), α_t = √ᾱ_i, σ_t = √(1 - ᾱ_i).

    Index i = 0 ... T - 1 sits at time (i + 1) / T, and t = 0 is the data itself; between, log ᾱ is linear in t.

    References:
        Denoising Diffusion Probabilistic Models (Ho et al., 2020), https://arxiv.org/abs/2006.11239
    """

    def __init__(self, *, steps: int = 49, first: float = 1e-4, last: float = 0.2) -> None:
        if steps < 1:
            raise ValueError(f"steps must be at least 1, got {steps}")
        if not 0 < first <= last < 1:
            raise ValueError(f"betas must satisfy 0 < first <= last < 1, got first {first} and last {last}")
        beta = torch.linspace(first, last, steps, dtype=torch.float64)
        self.log_bar = torch.cat([torch.zeros(1, dtype=torch.float64), (1 - beta).log().cumsum(0)])  # T+1: log ᾱ
        self.rise = self.log_bar.diff()
        level = torch.log(-torch.expm1(self.log_bar[1:])) / 2 - self.log_bar[1:] / 2
        self.lowest, self.highest = float(level[0]), float(level[-1])

    def __call__(self, t: Tensor) -> tuple[Tensor, Tensor]:
        log_bar, rise = self.log_bar.to(t), self.rise.to(t)
        place = t * len(rise)
        below = place.long().clamp(0, len(rise) - 1)
        log = log_bar[below] + (place - below) * rise[below]
        return (log / 2).exp(), (-torch.expm1(log)).sqrt()

    def time(self, level: Tensor) -> Tensor:
        log = -torch.nn.functional.softplus(2 * level.double())  # log ᾱ = -log(1 + e^(2 level))
        rising = -self.log_bar.to(level.device)
        above = torch.searchsorted(rising, -log).clamp(1, len(rising) - 1)
        share = (-log - rising[above - 1]) / (rising[above] - rising[above - 1])
        return ((above - 1 + share.clamp(0, 1)) / (len(rising) - 1)).to(level.dtype)
