"""What a diffusion network predicts of x_t = α a + σ ε; any one of them tells the others. With n = α² + σ²:

    noise     y = ε            â = (x_t - σ y) / α            ε̂ = y                           (1)
    velocity  y = α ε - σ a    â = (α x_t - σ y) / n          ε̂ = (σ x_t + α y) / n           (2)

The noise says nothing about the action where all is noise, and divides by α there; the velocity is the action at one
end and the noise at the other.

References:
    Denoising Diffusion Probabilistic Models (Ho et al., 2020), https://arxiv.org/abs/2006.11239 (1)
    Progressive Distillation (Salimans and Ho, 2022), https://arxiv.org/abs/2202.00512 (2)
"""

import abc

from torch import Tensor

from eitherway.shape import Chunk


class Target(abc.ABC):
    """A quantity to predict, and how to read action and noise off its prediction."""

    least_alpha: float = 0.0  # where there is less action than this in x_t, it cannot be read off a prediction

    @abc.abstractmethod
    def of(self, a: Chunk, eps: Chunk, alpha: Tensor, sigma: Tensor) -> Chunk:
        """The target for an action and its noise."""

    @abc.abstractmethod
    def read(self, y: Chunk, x_t: Chunk, alpha: Tensor, sigma: Tensor) -> tuple[Chunk, Chunk]:
        """(â, ε̂) from a prediction."""


class Noise(Target):
    """Eq. (1)."""

    least_alpha = 0.01

    def of(self, a: Chunk, eps: Chunk, alpha: Tensor, sigma: Tensor) -> Chunk:
        return eps

    def read(self, y: Chunk, x_t: Chunk, alpha: Tensor, sigma: Tensor) -> tuple[Chunk, Chunk]:
        return (x_t - sigma * y) / alpha, y


class Velocity(Target):
    """Eq. (2)."""

    def of(self, a: Chunk, eps: Chunk, alpha: Tensor, sigma: Tensor) -> Chunk:
        return alpha * eps - sigma * a

    def read(self, y: Chunk, x_t: Chunk, alpha: Tensor, sigma: Tensor) -> tuple[Chunk, Chunk]:
        n = alpha**2 + sigma**2  # 1 on a variance-preserving path
        return (alpha * x_t - sigma * y) / n, (sigma * x_t + alpha * y) / n
