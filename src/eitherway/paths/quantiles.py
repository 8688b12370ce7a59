"""Sampling time grid at the quantiles of a log-normal noise level, from pure noise to the data themselves.

    t_i = time( mean + sd Φ⁻¹(1 - i / steps) ),   i = 0 ... steps               (1)

The first level is ∞, all noise, and the last -∞, none (where a path ends before, the distribution is cut off there): no
end has to be chosen, and with the distribution that training times had, stops are dense where training was.
"""

import torch
from torch import Tensor

from eitherway.paths.grids import Grid
from eitherway.paths.schedules import Schedule
from eitherway.registry import register


@register
class LogNormalQuantiles(Grid):
    """Time grid at the quantiles of a log-normal noise level, eq. (1)."""

    def __init__(
        self,
        *,
        mean: float = -1.0,  # of the level log(σ / α): half of the stops lie below it
        sd: float = 2.5,  # the larger, the more stops near both ends
    ) -> None:
        if not sd > 0:
            raise ValueError(f"sd must be above 0, got {sd}")
        self.mean, self.sd = mean, sd

    def __call__(self, steps: int, schedule: Schedule) -> Tensor:
        ends = torch.tensor([schedule.highest, schedule.lowest], dtype=torch.float64)
        high, low = torch.special.ndtr((ends - self.mean) / self.sd)
        share = high + (low - high) * torch.linspace(0, 1, steps + 1, dtype=torch.float64)
        times = schedule.time(self.mean + self.sd * torch.special.ndtri(share))
        return torch.cat([times[:-1], torch.zeros(1, dtype=torch.float64)])
