"""The base class of heads whose draws are a function of Gaussian noise and context.

    a = generate(c, ε),   ε ~ N(0, I)                                         (1)

The noise decides which of the right answers is drawn.
"""

import abc

from jaxtyping import Float
from torch import Generator, Tensor

from eitherway.heads.base import Head
from eitherway.randomness import normal_like
from eitherway.shape import Chunk, Context, Draws, tile

Noise = Float[Tensor, "B *noise"]


class PushForward(Head):
    """A head whose p(a | c) is the push-forward of standard normal noise by a learnt function, eq. (1)."""

    @property
    def noise_size(self) -> tuple[int, ...]:
        """The shape of the noise that a draw begins with; by default that of a chunk."""
        return self.shape.horizon, self.shape.action

    @abc.abstractmethod
    def generate(self, c: Context, eps: Noise, generator: Generator) -> Chunk:
        """The chunk that the noise is mapped to, eq. (1); `generator` draws any further noise."""

    def sample(self, c: Context, n: int, generator: Generator) -> Draws:
        many = tile(c, n)  # nB N E
        eps = normal_like(c.new_empty(len(many), *self.noise_size), generator)
        return self.generate(many, eps, generator).unflatten(0, (n, -1))
