"""Sampling time grids: the decreasing times at which a sampler evaluates the network, down to 0, the data."""

import abc
import math
from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from eitherway.paths.schedules import Schedule
from eitherway.registry import Classes, register


class Grid(abc.ABC):
    """A sampling time grid: decreasing times for a number of steps, one more than steps, the last of them 0."""

    @abc.abstractmethod
    def __call__(self, steps: int, schedule: Schedule) -> Tensor:
        """The `steps` + 1 decreasing times."""


GRIDS = Classes("grid", Grid)


@register
class UniformTimes(Grid):
    """Time grid evenly spaced from t = 1 to 0."""

    def __call__(self, steps: int, schedule: Schedule) -> Tensor:
        return torch.linspace(1, 0, steps + 1, dtype=torch.float64)


@register
class UniformLogSNR(Grid):
    """Time grid uniform in log-SNR: log(σ / α) evenly spaced from `high` to `low`, then one step to the data.

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


@register
class KarrasGrid(Grid):
    """Time grid of Karras et al. (2022, EDM): (σ / α)^(1/ρ) evenly spaced, then one step to the data.

    At power 1 the ratios themselves are even; the higher the power, the more stops lie at little noise, and at ∞ they
    are `UniformLogSNR`.

    References:
        Elucidating the Design Space of Diffusion-Based Generative Models (Karras et al., 2022),
            https://arxiv.org/abs/2206.00364, eq. (5), there with σ from 80 to 0.002
    """

    def __init__(
        self,
        *,
        power: float = 7.0,  # ρ
        high: float = 4.382,  # level of the first stop: log 80
        low: float = -6.2146,  # level of the last stop before the data: log 0.002
    ) -> None:
        if not power > 0:
            raise ValueError(f"power must be above 0, got {power}")
        if not low < high:
            raise ValueError(f"low must lie below high, got low {low} and high {high}")
        self.power, self.high, self.low = power, high, low

    def __call__(self, steps: int, schedule: Schedule) -> Tensor:
        high, low = min(self.high, schedule.highest), max(self.low, schedule.lowest)
        roots = torch.linspace(math.exp(high / self.power), math.exp(low / self.power), steps, dtype=torch.float64)
        times = schedule.time(self.power * roots.log())
        return torch.cat([times, torch.zeros(1, dtype=torch.float64)])


SPACINGS: Mapping[str, Callable[[int, int], np.ndarray]] = {  # indices 0 ... T - 1, the noisiest first
    "leading": lambda total, steps: np.arange(steps)[::-1] * (total // steps),
    "linspace": lambda total, steps: np.linspace(0, total - 1, steps).round()[::-1],
    "trailing": lambda total, steps: np.arange(total, 0, -total / steps).round()[:steps] - 1,
}


@register
class TrainingSteps(Grid):
    """Time grid of some of the `count` training timesteps of a discrete diffusion: index i is t = (i + 1) / count.

    "trailing" counts back from the noisiest step and "leading" up from the cleanest, which leaves out the noisiest and
    with it the match of the first x_t with pure noise; "linspace" has both ends.

    References:
        Common Diffusion Noise Schedules and Sample Steps are Flawed (Lin et al., 2024),
            https://arxiv.org/abs/2305.08891, table 2
    """

    def __init__(
        self,
        *,
        count: int = 49,  # steps of the training
        spacing: Literal["leading", "linspace", "trailing"] = "trailing",  # which of them
    ) -> None:
        if count < 1:
            raise ValueError(f"count must be at least 1, got {count}")
        self.count, self.spacing = count, spacing

    def __call__(self, steps: int, schedule: Schedule) -> Tensor:
        if steps > self.count:
            raise ValueError(f"a path of {self.count} training steps has no {steps} to stop at")
        if steps == 1 and self.spacing != "trailing":
            raise ValueError(f"one step must begin at the noisiest: take trailing instead of {self.spacing}")
        index = torch.tensor(SPACINGS[self.spacing](self.count, steps).copy(), dtype=torch.float64)
        return torch.cat([(index + 1) / self.count, torch.zeros(1, dtype=torch.float64)])
