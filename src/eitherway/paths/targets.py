"""Prediction targets of a diffusion network given x_t = α a + σ ε; each determines the others. With n = α² + σ²:

    noise           y = ε                           â = (x_t - σ y) / α            ε̂ = y                    (1)
    action          y = a                           â = y                          ε̂ = (x_t - α y) / σ      (2)
    velocity        y = α ε - σ a                   â = (α x_t - σ y) / n          ε̂ = (σ x_t + α y) / n    (3)
    preconditioned  y = (σ a / d - α d ε) / √m      â = (α d² x_t + σ d √m y) / m,      m = α² d² + σ²       (4)
                                                    ε̂ = (σ x_t - α d √m y) / m

The noise says nothing about the action where all is noise, and divides by α there; the action says nothing about the
noise where there is none, and divides by σ there; the velocity is the action at one end and the noise at the other. So
is (4), for actions of spread d: its network is shown x_t / √m and asked for y, both of unit variance at every level. In
the paper's symbols, at α = 1: â = c_skip x + c_out y, c_skip = d²/m, c_out = σ d/√m, c_in = 1/√m; and since an error of
y is one of c_out y in the action, the paper's weight 1 / c_out² of the action's error is the weight 1 of y's. On a
variance-preserving path and with d = 1, (4) is (3) with the sign turned.

References:
    Denoising Diffusion Probabilistic Models (Ho et al., 2020), https://arxiv.org/abs/2006.11239 (1)
    Progressive Distillation (Salimans and Ho, 2022), https://arxiv.org/abs/2202.00512 (2, 3)
    Elucidating the Design Space of Diffusion-Based Generative Models (Karras et al., 2022),
        https://arxiv.org/abs/2206.00364, table 1 (4)
"""

import abc

from torch import Tensor

from eitherway.paths.scalings import AS_IT_IS, Scaling, UnitVariance
from eitherway.registry import Classes, register
from eitherway.shape import Chunk


class Target(abc.ABC):
    """A prediction target (parameterisation), and how action and noise follow from its prediction."""

    least_alpha: float = 0.0  # where there is less action than this in x_t, it cannot be read off a prediction
    scaling: Scaling = AS_IT_IS  # how the network is shown x_t

    @abc.abstractmethod
    def of(self, a: Chunk, eps: Chunk, alpha: Tensor, sigma: Tensor) -> Chunk:
        """The regression target y for an action and its noise."""

    @abc.abstractmethod
    def read(self, y: Chunk, x_t: Chunk, alpha: Tensor, sigma: Tensor) -> tuple[Chunk, Chunk]:
        """The action and noise estimates (â, ε̂) from a prediction y."""


TARGETS = Classes("target", Target)


@register
class Noise(Target):
    """Noise prediction (ε-prediction), y = ε, eq. (1)."""

    least_alpha = 0.005

    def of(self, a: Chunk, eps: Chunk, alpha: Tensor, sigma: Tensor) -> Chunk:
        return eps

    def read(self, y: Chunk, x_t: Chunk, alpha: Tensor, sigma: Tensor) -> tuple[Chunk, Chunk]:
        return (x_t - sigma * y) / alpha, y


@register
class Action(Target):
    """Action prediction (x₀-prediction), y = a, eq. (2)."""

    def of(self, a: Chunk, eps: Chunk, alpha: Tensor, sigma: Tensor) -> Chunk:
        return a

    def read(self, y: Chunk, x_t: Chunk, alpha: Tensor, sigma: Tensor) -> tuple[Chunk, Chunk]:
        return y, (x_t - alpha * y) / sigma


@register
class Velocity(Target):
    """Velocity prediction (v-prediction), y = α ε - σ a, eq. (3)."""

    def of(self, a: Chunk, eps: Chunk, alpha: Tensor, sigma: Tensor) -> Chunk:
        return alpha * eps - sigma * a

    def read(self, y: Chunk, x_t: Chunk, alpha: Tensor, sigma: Tensor) -> tuple[Chunk, Chunk]:
        n = alpha**2 + sigma**2  # 1 on a variance-preserving path
        return (alpha * x_t - sigma * y) / n, (sigma * x_t + alpha * y) / n


@register
class Preconditioned(Target):
    """Preconditioned prediction of EDM (Karras et al., 2022), y = (σ a / d - α d ε) / √m, eq. (4)."""

    def __init__(
        self,
        *,
        spread: float = 1.0,  # d, the actions' standard deviation in normalised units
    ) -> None:
        self.spread, self.unit = spread, UnitVariance(spread)
        self.scaling = self.unit

    def of(self, a: Chunk, eps: Chunk, alpha: Tensor, sigma: Tensor) -> Chunk:
        return (sigma / self.spread * a - alpha * self.spread * eps) / self.unit.size(alpha, sigma)

    def read(self, y: Chunk, x_t: Chunk, alpha: Tensor, sigma: Tensor) -> tuple[Chunk, Chunk]:
        root, d = self.unit.size(alpha, sigma), self.spread
        return (alpha * d**2 * x_t / root + sigma * d * y) / root, (sigma * x_t / root - alpha * d * y) / root
