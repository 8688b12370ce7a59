"""Heads whose draws are a function of standard normal noise: what the noise decides is which of the right answers.

a = carry(ε, c),   ε ~ N(0, I)                                            (1)
"""

import abc

from jaxtyping import Float
from torch import Generator, Tensor

from eitherway.heads.base import Head
from eitherway.randomness import normal_like
from eitherway.shape import Chunk, Context, Draws, tile

Noise = Float[Tensor, "B *noise"]


class PushForward(Head):
    """p(a | c) as what becomes of noise."""

    @property
    def noise_size(self) -> tuple[int, ...]:
        """How many numbers of noise a draw begins with: as many as a chunk has."""
        return self.shape.horizon, self.shape.action

    @abc.abstractmethod
    def generate(self, c: Context, eps: Noise, generator: Generator) -> Chunk:
        """The chunk that noise becomes, eq. (1); a head that draws fresh noise on the way takes it from `generator`."""

    def sample(self, c: Context, n: int, generator: Generator) -> Draws:
        many = tile(c, n)  # nB N E
        eps = normal_like(c.new_empty(len(many), *self.noise_size), generator)
        return self.generate(many, eps, generator).unflatten(0, (n, -1))
