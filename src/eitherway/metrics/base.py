"""A metric is a pure function of recorded evidence; where it does not apply it answers None, and is left out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float
from torch import Tensor

from eitherway.shape import Draws, Obs
from eitherway.tasks.base import Task


@dataclass(frozen=True, kw_only=True)
class Timing:
    """How long drawing took, warmed up, on one thread, with nothing else running; milliseconds."""

    each: Float[np.ndarray, " R"]  # R decisions of batch 1
    thousand: Float[np.ndarray, " Q"]  # Q calls that decide for 1,000 states at once


@dataclass(frozen=True)
class Floor:
    """The distance that draws of the law itself score: mean and standard deviation over n sets of draws."""

    mean: float
    sd: float
    n: int

    @property
    def band(self) -> tuple[float, float]:
        """Two standard deviations around the mean."""
        return self.mean - 2 * self.sd, self.mean + 2 * self.sd


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All that one policy showed on one task: B states, S draws at each, raw units."""

    task: Task
    obs: Obs
    draws: Draws
    success: Bool[np.ndarray, " B"]  # of the first draw, as the environment judged it
    floor: Floor | None = None  # what the law itself scores at these states; None where it is unknown
    log_prob: Float[Tensor, " held_out"] | None = None  # of held-out demonstrations; None where there is no density
    evaluations: int | None = None  # network evaluations a decision; None where there is no network
    parameters: int | None = None
    train_seconds: float | None = None
    timing: Timing | None = None  # measured last


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A number read off evidence, with its direction and unit."""

    name: str
    better: Literal["higher", "lower", "neither"]
    unit: str
    meaning: str
    digits: int  # decimals that are shown
    read: Callable[[Evidence], float | None]

    def written(self, value: float) -> str:
        """A value with the digits that mean something."""
        return format(value, f",.{self.digits}f")
