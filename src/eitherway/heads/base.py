"""The base classes of heads, which are distributions p(a | c) of action chunks given context tokens.

The contract, checked for every head on every backbone at several shapes (`heads.contract`, `tests/test_contract.py`):
the loss is one number for each example, finite, and rows do not see each other; every trainable parameter gets a
gradient; the same generator gives the same draws; `fit` depends on data and generator alone; a head's state survives
saving; training lowers the loss. A loss is a function of its arguments and the weights alone. Padding never reaches a
head: windows hold the last action instead.
"""

import abc
from collections.abc import Callable, Iterator
from typing import ClassVar

from jaxtyping import Float, Int
from torch import Generator, Tensor, nn

from eitherway.registry import Classes
from eitherway.shape import Chunk, Context, Draws, Each, Shape

Loss = Callable[[Chunk, Context, Generator], Each]
Pairing = Callable[[Chunk, Context, Generator], Int[Tensor, " B"]]


class Head(nn.Module, abc.ABC):
    """A policy head: a distribution p(a | c) of action chunks given context tokens."""

    drawing: ClassVar[frozenset[str]] = frozenset()  # options that change draws only: they share one training

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape

    def fit(self, a: Float[Tensor, "M H D"], generator: Generator) -> None:
        """Fits statistics of the training actions, once, before the first gradient step; most heads need nothing."""

    def stages(self) -> Iterator[Loss]:
        """The losses to minimise one after the other; most heads have one."""
        yield self.loss

    def validate(self) -> None:
        """Raises ValueError where options do not go together; called once, when a policy is built."""
        for part in self.children():
            if isinstance(part, Head):
                part.validate()

    @property
    def pairing(self) -> Pairing | None:
        """The function that reorders a batch's rows before the loss draws its noise; None: as they come.

        Rows do not see each other in a loss. A head that chooses which row meets which noise does it here; the
        generator must be left as it was.
        """
        return None

    @abc.abstractmethod
    def loss(self, a: Chunk, c: Context, generator: Generator) -> Each:
        """The training loss of each example; `generator` draws whatever times and noise it needs."""

    @abc.abstractmethod
    def sample(self, c: Context, n: int, generator: Generator) -> Draws:
        """Draws n chunks for each context, draw axis outermost."""


HEADS = Classes("head", Head)


class Density(Head):
    """A head whose density can be evaluated."""

    @abc.abstractmethod
    def log_prob(self, a: Chunk, c: Context) -> Each:
        """Log-density of chunks in normalised units, nats."""
