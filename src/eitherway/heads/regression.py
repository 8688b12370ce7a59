"""Regression: one action for each context, the minimiser of an expected loss.

    a*(c) = argmin_m E[ρ(a - m) | c],   L = 1/HD Σ_hd w_h ρ(a_hd - net(c)_hd)             (1)
    w_h = H decay^h / Σ_k decay^k                                                          (2)

Under ρ(r) = r² that is the conditional mean, under |r| a conditional median: with two modes the first lies
between them, and the second jumps from one to the other.

References:
    The DOT Policy (Larchenko, 2025), https://github.com/IliaLarchenko/dot_policy (eq. (2))
    Making and Evaluating Point Forecasts (Gneiting, 2011), https://arxiv.org/abs/0912.0902
"""

import torch
from torch import Generator, Tensor

from eitherway.backbones.base import Net
from eitherway.heads.base import Head
from eitherway.heads.penalties import Penalty, Squared
from eitherway.make import Make
from eitherway.registry import register
from eitherway.shape import Chunk, Context, Draws, Each, Shape


@register
class Regression(Head):
    """Deterministic regression: one chunk for each context, a point mass."""

    weights: Tensor  # H 1: w of eq. (2)

    def __init__(
        self,
        shape: Shape,
        net: Net,
        *,
        penalty: Make[Penalty] = Make(Squared),
        decay: float = 1.0,  # in eq. (2); below 1, what comes soon counts more than what comes late
    ) -> None:
        super().__init__(shape)
        if not decay > 0:
            raise ValueError(f"decay must be above 0, got {decay}")
        self.penalty = penalty()
        weights = decay ** torch.arange(shape.horizon, dtype=torch.float64)
        self.register_buffer("weights", (weights / weights.mean()).float()[:, None], persistent=False)
        self.net = net(shape, d_in=0, d_out=shape.action, times=0)

    def loss(self, a: Chunk, c: Context, generator: Generator) -> Each:
        return (self.weights * self.penalty(a - self.net(c))).mean((1, 2))  # eq. (1)

    def sample(self, c: Context, n: int, generator: Generator) -> Draws:
        return self.net(c).expand(n, -1, -1, -1)
