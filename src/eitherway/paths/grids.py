"""Which times a sampler stops at: from the noisiest down to 0, the data."""

import abc

import torch
from torch import Tensor

from eitherway.paths.schedules import Schedule


class Grid(abc.ABC):
    """Decreasing times for a number of steps: one more time than steps, the last of them 0."""

    @abc.abstractmethod
    def __call__(self, steps: int, schedule: Schedule) -> Tensor:
        """The times."""


class EvenTimes(Grid):
    """Evenly spaced from t = 1 to 0."""

    def __call__(self, steps: int, schedule: Schedule) -> Tensor:
        return torch.linspace(1, 0, steps + 1, dtype=torch.float64)


class EvenLevels(Grid):
    """Evenly spaced levels log(σ / α) from `high` to `low`, and then straight to the data.

    Steps are as many times smaller as there is less noise, so that fine detail is settled with fine steps.

    References:
        DPM-Solver (Lu et al., 2022), https://arxiv.org/abs/2206.00927 (uniform steps in log-SNR)
    """

    def __init__(
        self,
        *,
        high: float = 2.5,  # level of the first stop: twelve parts noise to one part action
        low: float = -3.0,  # level of the last stop before the data
    ) -> None:
        if not low < high:
            raise ValueError(f"low must lie below high, got low {low} and high {high}")
        self.high, self.low = high, low

    def __call__(self, steps: int, schedule: Schedule) -> Tensor:
        high, low = min(self.high, schedule.highest), max(self.low, schedule.lowest)  # no further than the path goes
        times = schedule.time(torch.linspace(high, low, steps, dtype=torch.float64))
        return torch.cat([times, torch.zeros(1, dtype=torch.float64)])
