"""A finite alphabet of action chunks."""

import abc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor, nn
from torch.nn.functional import one_hot

from eitherway.registry import Classes
from eitherway.shape import Chunk, Context, Each, Shape

Lesson: TypeAlias = Callable[[Chunk, Context, Generator], Each]


@dataclass(frozen=True)
class Use:
    """How much of an alphabet some chunks use, token by token."""

    share: Float[Tensor, " G"]  # of the K codes that occur at all
    perplexity: Float[Tensor, " G"]  # exp of the entropy: K where all occur equally often, 1 where one alone does


class Codebook(nn.Module, abc.ABC):
    """Chunks as G tokens, each one of K codes; a token's offset is a vector of `width` numbers."""

    n_tokens: int  # G
    size: int  # K
    width: int

    def __init__(self, shape: Shape, *, size: int) -> None:
        super().__init__()
        if size < 2:
            raise ValueError(f"a codebook needs a size of at least 2, got {size}")
        self.shape, self.size = shape, size

    @abc.abstractmethod
    def fit(self, a: Float[Tensor, "M H D"], generator: Generator) -> None:
        """Chooses the codes from the training actions."""

    @abc.abstractmethod
    def encode(self, a: Chunk) -> Int[Tensor, "B G"]:
        """The tokens of each chunk."""

    @abc.abstractmethod
    def decode(self, k: Int[Tensor, "B G"]) -> Chunk:
        """The chunk that stands for the tokens."""

    @abc.abstractmethod
    def spread(self, offset: Float[Tensor, "B G W"]) -> Chunk:
        """Each token's offset, put where its token acts in the chunk."""

    def stages(self) -> Iterator[Lesson]:
        """The losses that codes are learnt by after `fit` and before anybody predicts them; most alphabets need none.

        What learns in a stage requires gradients in that stage only.
        """
        yield from ()

    def follow(self, a: Chunk, generator: Generator) -> None:
        """What a training step changes besides weights; nothing in most alphabets, and nothing outside of `stages`."""

    @torch.no_grad()
    def use(self, a: Chunk) -> Use:
        """How much of the alphabet these chunks use."""
        p = one_hot(self.encode(a), self.size).double().mean(0)  # G K
        return Use((p > 0).double().mean(1), torch.special.entr(p).sum(1).exp())


CODEBOOKS = Classes("codebook", Codebook)
