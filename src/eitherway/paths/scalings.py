"""Input scalings c_in of x_t: where noise grows without bound, a network would see ever larger numbers."""

import abc

from jaxtyping import Float
from torch import Tensor

from eitherway.paths.schedules import Schedule
from eitherway.shape import Chunk


class Scaling(abc.ABC):
    """An input scaling: what the network is given in place of x_t."""

    @abc.abstractmethod
    def __call__(self, x_t: Chunk, t: Float[Tensor, "B 1 1"], schedule: Schedule) -> Chunk:
        """The scaled network input at time t."""


class AsItIs(Scaling):
    """No input scaling: the network is given x_t itself."""

    def __call__(self, x_t: Chunk, t: Float[Tensor, "B 1 1"], schedule: Schedule) -> Chunk:
        return x_t


class UnitVariance(Scaling):
    """Unit-variance input scaling x_t / √(α² d² + σ²), for actions of standard deviation d."""

    def __init__(self, spread: float = 1.0) -> None:
        if not spread > 0:
            raise ValueError(f"spread must be above 0, got {spread}")
        self.spread = spread

    def __call__(self, x_t: Chunk, t: Float[Tensor, "B 1 1"], schedule: Schedule) -> Chunk:
        return x_t / self.size(*schedule(t))

    def size(self, alpha: Tensor, sigma: Tensor) -> Tensor:
        """The standard deviation √(α² d² + σ²) of x_t."""
        return ((alpha * self.spread) ** 2 + sigma**2).sqrt()


AS_IT_IS = AsItIs()
