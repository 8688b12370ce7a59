"""Minimum iterative policy: two regressions of the action, from nothing and then from a slightly noisy guess.

    f(c, 0, 1) → a,   f(c, (1 - t) a + t z, t) → a,   z ~ N(0, I), one fixed t  (1)
    â = f(c, (1 - t) f(c, 0, 1), t)                                             (2)

Nothing is drawn at random: each state has one answer, so one mode.

References:
    Much Ado About Noising (Pan et al., 2025), https://arxiv.org/abs/2512.01809
"""

import torch
from torch import Generator

from eitherway.backbones.base import Net
from eitherway.heads.base import Head
from eitherway.randomness import normal_like
from eitherway.registry import register
from eitherway.shape import Chunk, Context, Draws, Each, Shape


@register
class MIP(Head):
    """Minimum iterative policy (Pan et al., 2025): one deterministic action for each context, in two evaluations."""

    def __init__(
        self,
        shape: Shape,
        net: Net,
        *,
        t: float = 0.1,  # share of noise in what the second evaluation sees: 1 - t* of the paper
    ) -> None:
        super().__init__(shape)
        if not 0 < t < 1:
            raise ValueError(f"t must lie between 0 and 1, got {t}")
        self.t = t
        self.net = net(shape, d_in=shape.action, d_out=shape.action, times=1)

    def guess(self, c: Context) -> Chunk:
        """The first evaluation's prediction, from a zero action."""
        blank = c.new_zeros(len(c), self.shape.horizon, self.shape.action)
        return self.net(c, blank, c.new_ones(len(c)))

    def again(self, c: Context, x_t: Chunk) -> Chunk:
        """The second evaluation's prediction, from a slightly noisy action."""
        return self.net(c, x_t, c.new_full((len(c),), self.t))

    def loss(self, a: Chunk, c: Context, generator: Generator) -> Each:
        x_t = torch.lerp(a, normal_like(a, generator), self.t)
        errors = (self.guess(c) - a).square() + (self.again(c, x_t) - a).square()  # eq. (1)
        return errors.mean((1, 2))

    def sample(self, c: Context, n: int, generator: Generator) -> Draws:
        return self.again(c, (1 - self.t) * self.guess(c)).expand(n, -1, -1, -1)  # eq. (2)
