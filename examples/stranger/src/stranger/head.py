"""Logistic head: each number of the chunk has a middle and a width, and tails heavier than a Gaussian's.

p(a | c) = Π_i exp(-z_i) / b_i (1 + exp(-z_i))²,   z_i = (a_i - m_i(c)) / b_i(c)         (1)
"""

import torch
from torch import Generator
from torch.nn.functional import softplus

from eitherway import register
from eitherway.backbones.base import Net
from eitherway.heads import Density
from eitherway.shape import Chunk, Context, Draws, Each, Shape


@register
class Logistic(Density):
    """Logistic regression of chunks: one logistic distribution for each number."""

    def __init__(
        self,
        shape: Shape,
        net: Net,
        *,
        floor: float = 1e-2,  # the least width: a narrower distribution only memorises
    ) -> None:
        super().__init__(shape)
        self.floor = floor
        self.net = net(shape, d_in=0, d_out=2 * shape.action, times=0)

    def parts(self, c: Context) -> tuple[Chunk, Chunk]:
        """Middles and widths."""
        m, b = self.net(c).chunk(2, dim=-1)  # B H D, twice
        return m, self.floor + softplus(b)

    def log_prob(self, a: Chunk, c: Context) -> Each:
        m, b = self.parts(c)
        z = (a - m) / b
        return -(z + 2 * softplus(-z) + b.log()).sum((1, 2))  # eq. (1)

    def loss(self, a: Chunk, c: Context, generator: Generator) -> Each:
        return -self.log_prob(a, c) / (self.shape.horizon * self.shape.action)

    def sample(self, c: Context, n: int, generator: Generator) -> Draws:
        m, b = (part.expand(n, *part.shape) for part in self.parts(c))  # S B H D
        first, second = (torch.empty_like(m).exponential_(generator=generator) for _ in range(2))
        return m + b * (first / second).log()  # the log of such a ratio is a logistic number
