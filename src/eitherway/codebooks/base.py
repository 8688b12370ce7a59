"""The base class of codebooks, which map action chunks to discrete tokens and back."""

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

Stage: TypeAlias = Callable[[Chunk, Context, Generator], Each]


@dataclass(frozen=True)
class Use:
    """Codebook usage by a set of chunks, for each token."""

    share: Float[Tensor, " G"]  # of the K codes that occur at all
    perplexity: Float[Tensor, " G"]  # exp of the entropy: K where all occur equally often, 1 where one alone does


class Codebook(nn.Module, abc.ABC):
    """A codebook: chunks as G tokens, each one of K codes; a token's offset is a vector of `width` numbers."""

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
        """Fits the codes to the training actions."""

    @abc.abstractmethod
    def encode(self, a: Chunk) -> Int[Tensor, "B G"]:
        """The tokens of each chunk."""

    @abc.abstractmethod
    def decode(self, k: Int[Tensor, "B G"]) -> Chunk:
        """The chunk that stands for the tokens."""

    @abc.abstractmethod
    def spread(self, offset: Float[Tensor, "B G W"]) -> Chunk:
        """The chunk-shaped sum of the tokens' offsets, each placed where its token acts."""

    def stages(self) -> Iterator[Stage]:
        """The losses by which codes are learnt after `fit` and before a head predicts them; most codebooks need none.

        What learns in a stage requires gradients in that stage only.
        """
        yield from ()

    def follow(self, a: Chunk, generator: Generator) -> None:
        """Updates the codes after a training step of `stages`, as by running means; most codebooks do nothing."""

    @torch.no_grad()
    def use(self, a: Chunk) -> Use:
        """Codebook usage by these chunks: share of codes used and perplexity."""
        p = one_hot(self.encode(a), self.size).double().mean(0)  # G K
        return Use((p > 0).double().mean(1), torch.special.entr(p).sum(1).exp())


CODEBOOKS = Classes("codebook", Codebook)
