"""A finite alphabet of action chunks."""

import abc

from jaxtyping import Float, Int
from torch import Generator, Tensor, nn

from eitherway.shape import Chunk, Shape


class Codebook(nn.Module, abc.ABC):
    """Chunks as G letters, each one of K codes; a letter's offset is a vector of `width` numbers."""

    letters: int  # G
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
        """The letters of each chunk."""

    @abc.abstractmethod
    def decode(self, k: Int[Tensor, "B G"]) -> Chunk:
        """The chunk that stands for the letters."""

    @abc.abstractmethod
    def spread(self, offset: Float[Tensor, "B G W"]) -> Chunk:
        """Each letter's offset, put where its letter acts in the chunk."""
