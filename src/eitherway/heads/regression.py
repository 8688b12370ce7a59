"""Regression: one action for each context, the one that costs least on average.

    a*(c) = argmin_m E[ρ(a - m) | c],   L = mean over the chunk of ρ(a - net(c))           (1)

Under ρ(r) = r² that is the conditional mean, under |r| a conditional median: with two right ways the first lies
between them, and the second jumps from one to the other.

References:
    Making and Evaluating Point Forecasts (Gneiting, 2011), https://arxiv.org/abs/0912.0902
"""

from torch import Generator

from eitherway.backbones.base import Net
from eitherway.heads.base import Head
from eitherway.heads.penalties import Penalty, Squared
from eitherway.make import Make
from eitherway.shape import Chunk, Context, Draws, Each, Shape


class Regression(Head):
    """A single chunk for each context; its law is one point."""

    def __init__(self, shape: Shape, net: Net, *, penalty: Make[Penalty] = Make(Squared)) -> None:
        super().__init__(shape)
        self.penalty = penalty()
        self.net = net(shape, d_in=0, d_out=shape.action, times=0)

    def loss(self, a: Chunk, c: Context, generator: Generator) -> Each:
        return self.penalty(a - self.net(c)).mean((1, 2))  # eq. (1)

    def sample(self, c: Context, n: int, generator: Generator) -> Draws:
        return self.net(c).expand(n, -1, -1, -1)
