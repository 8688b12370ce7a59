"""Affine maps between raw units and the numbers a network likes, with the log-determinant likelihoods need.

y = (x - shift) / scale        log p(x) = log p(y) - Σ log scale
"""

import abc

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Normaliser(nn.Module, abc.ABC):
    """y = (x - shift) / scale, for each of D numbers; fitted once on the training data."""

    shift: Tensor
    scale: Tensor

    def __init__(self, size: int) -> None:
        super().__init__()
        self.register_buffer("shift", torch.zeros(size))
        self.register_buffer("scale", torch.ones(size))

    @abc.abstractmethod
    def affine(self, x: Float[Tensor, "M D"]) -> tuple[Float[Tensor, " D"], Float[Tensor, " D"]]:
        """The shift and the scale that suit the data."""

    def fit(self, x: Float[Tensor, "*M D"]) -> None:
        """Takes shift and scale from the training data; a number that never changes is only shifted."""
        shift, scale = self.affine(x.flatten(0, -2))
        self.shift.copy_(shift)
        self.scale.copy_(torch.where(scale > 0, scale, torch.ones_like(scale)))

    def forward(self, x: Float[Tensor, "*M D"]) -> Float[Tensor, "*M D"]:
        return (x - self.shift) / self.scale

    def inverse(self, y: Float[Tensor, "*M D"]) -> Float[Tensor, "*M D"]:
        """Back to raw units."""
        return y * self.scale + self.shift

    def log_scale(self) -> Tensor:
        """Σ log scale: what a log-density loses on the way back to raw units."""
        return self.scale.log().sum()


class MinMax(Normaliser):
    """The range of the training data becomes [-1, 1]."""

    def affine(self, x: Float[Tensor, "M D"]) -> tuple[Float[Tensor, " D"], Float[Tensor, " D"]]:
        low, high = x.amin(0), x.amax(0)
        return (low + high) / 2, (high - low) / 2


class Standard(Normaliser):
    """The training data get mean 0 and standard deviation 1."""

    def affine(self, x: Float[Tensor, "M D"]) -> tuple[Float[Tensor, " D"], Float[Tensor, " D"]]:
        return x.mean(0), x.std(0, unbiased=False)


class Identity(Normaliser):
    """Raw units, as they are."""

    def affine(self, x: Float[Tensor, "M D"]) -> tuple[Float[Tensor, " D"], Float[Tensor, " D"]]:
        return torch.zeros_like(x[0]), torch.ones_like(x[0])
