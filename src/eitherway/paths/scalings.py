"""How a network is shown x_t: on a path whose noise grows without bound it would see ever larger numbers."""

import abc

from jaxtyping import Float
from torch import Tensor

from eitherway.paths.schedules import Schedule
from eitherway.shape import Chunk


class Scaling(abc.ABC):
    """x_t as a network likes to see it."""

    @abc.abstractmethod
    def __call__(self, x_t: Chunk, t: Float[Tensor, "B 1 1"], schedule: Schedule) -> Chunk:
        """What the network is shown at time t."""


class AsItIs(Scaling):
    """x_t itself."""

    def __call__(self, x_t: Chunk, t: Float[Tensor, "B 1 1"], schedule: Schedule) -> Chunk:
        return x_t


class UnitVariance(Scaling):
    """x_t / √(α² d² + σ²): for actions of standard deviation d, of unit variance at every level."""

    def __init__(self, spread: float = 1.0) -> None:
        if not spread > 0:
            raise ValueError(f"spread must be above 0, got {spread}")
        self.spread = spread

    def __call__(self, x_t: Chunk, t: Float[Tensor, "B 1 1"], schedule: Schedule) -> Chunk:
        return x_t / self.size(*schedule(t))

    def size(self, alpha: Tensor, sigma: Tensor) -> Tensor:
        """√(α² d² + σ²)."""
        return ((alpha * self.spread) ** 2 + sigma**2).sqrt()


AS_IT_IS = AsItIs()
