"""Sinusoidal time embeddings.

    γ(t) = [sin ω_1 t, ..., sin ω_F t, cos ω_1 t, ..., cos ω_F t],   ω_i = 0.5 · 400^((i-1)/(F-1))     (1)
    τ(t) = W_2 silu(W_1 [γ(t_1), γ(t_2), ...])                                                     (2)

From ω = 0.5, whose sine is nearly t itself, to ω = 200, which tells times apart that differ by a hundredth.

References:
    Attention Is All You Need (Vaswani et al., 2017), https://arxiv.org/abs/1706.03762
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from eitherway.shape import Each

SLOWEST, FASTEST, FREQUENCIES = 0.5, 200.0, 16
FEATURES = 2 * FREQUENCIES  # numbers that stand for one time


class FourierFeatures(nn.Module):
    """Sinusoidal (Fourier) features of times, eq. (1); nothing is learnt."""

    frequencies: Tensor

    def __init__(self) -> None:
        super().__init__()
        steps = torch.arange(FREQUENCIES, dtype=torch.float64) / (FREQUENCIES - 1)
        frequencies = (SLOWEST * (FASTEST / SLOWEST) ** steps).to(torch.get_default_dtype())
        self.register_buffer("frequencies", frequencies, persistent=False)

    def forward(self, *t: Each) -> Float[Tensor, "B times features"]:
        angle = torch.stack(t, dim=1)[..., None] * self.frequencies
        return torch.cat([angle.sin(), angle.cos()], dim=-1)


class TimeNet(nn.Module):
    """Time embedding: all the times as one learnt vector of `width` numbers, eq. (2)."""

    def __init__(self, times: int, width: int) -> None:
        super().__init__()
        self.features = FourierFeatures()
        self.layers = nn.Sequential(nn.Linear(times * FEATURES, width), nn.SiLU(), nn.Linear(width, width))

    def forward(self, *t: Each) -> Float[Tensor, "B width"]:
        return self.layers(self.features(*t).flatten(1))
