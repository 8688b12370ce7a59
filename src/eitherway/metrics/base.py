"""A metric is a pure function of recorded evidence; where it does not apply it answers None, and is left out."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from eitherway.evaluation.data import EvaluationData, Floor
from eitherway.randomness import stream
from eitherway.shape import Obs
from eitherway.tasks.base import SingleStepTask, Task

ABBREVIATION = 4  # letters of a unit, at most


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A number read off evidence, with its direction and unit."""

    name: str
    better: Literal["higher", "lower", "neither"]
    unit: str
    meaning: str
    digits: int  # decimals that are shown
    title: str = ""  # what heads its column in a league; "": it has none
    read: Callable[[EvaluationData], float | None]
    bounds: tuple[float, float] = (0.0, math.inf)  # between which it lies
    each: Callable[[EvaluationData], Float[np.ndarray, " B"] | None] | None = (
        None  # where `read` is a mean over starts of numbers between 0 and 1
    )

    @property
    def heading(self) -> str:
        """The title, with the unit where that is an abbreviation."""
        return f"{self.title}, {self.unit}" if len(self.unit) <= ABBREVIATION else self.title

    @property
    def arrow(self) -> str:
        """Which mode is better, if either is."""
        return {"higher": "↑", "lower": "↓", "neither": ""}[self.better]

    def written(self, value: float) -> str:
        """A value with the digits that mean something."""
        return format(value, f",.{self.digits}f")


SHARE = (0.0, 1.0)
FLOOR_SETS = 20


def floors_of(metrics: Sequence[Metric], task: Task, obs: Obs) -> dict[str, Floor]:
    """What as many draws of the distribution score at these states, by metric; without those that do not apply."""
    if not isinstance(task, SingleStepTask) or task.distribution is None:
        return {}
    sets = [task.distribution.sample(obs, 1, stream(i, "floor")) for i in range(FLOOR_SETS)]
    seen = [EvaluationData(task=task, obs=obs, draws=draws, success=np.ones(draws.shape[1], bool)) for draws in sets]
    scores = {m.name: [m.read(e) for e in seen] for m in metrics}
    known = {name: torch.tensor(values) for name, values in scores.items() if None not in values}
    return {name: Floor(float(v.mean()), float(v.std()), len(v)) for name, v in known.items()}


def decided_once(e: EvaluationData) -> SingleStepTask | None:
    """The task, where it is one of a single decision."""
    return e.task if isinstance(e.task, SingleStepTask) else None


def members(task: SingleStepTask, obs: Obs) -> list[Int[Tensor, " G"]]:
    """The states of each group of like states that has any."""
    group = task.group(obs)
    return [found for g in range(task.groups) if len(found := (group == g).nonzero()[:, 0])]
