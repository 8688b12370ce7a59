"""Interface of metrics: pure functions of recorded evaluation data; None where a metric does not apply."""

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
    """A metric: a number computed from evaluation data, with its unit and whether higher or lower is better."""

    name: str
    better: Literal["higher", "lower", "neither"]
    unit: str
    meaning: str
    digits: int  # decimals that are shown
    title: str = ""  # what heads its column in a league; "": it has none
    read: Callable[[EvaluationData], float | None]
    bounds: tuple[float, float] = (0.0, math.inf)  # between which it lies
    each: Callable[[EvaluationData], Float[np.ndarray, " B"] | None] | None = (
        None  # the scores of single starts, where `read` is their mean and they lie between 0 and 1
    )

    @property
    def heading(self) -> str:
        """The column heading: the title, with the unit where that is an abbreviation."""
        return f"{self.title}, {self.unit}" if len(self.unit) <= ABBREVIATION else self.title

    @property
    def arrow(self) -> str:
        """An arrow up or down for the better direction; empty where neither is."""
        return {"higher": "↑", "lower": "↓", "neither": ""}[self.better]

    def written(self, value: float) -> str:
        """A value as text, rounded to the metric's digits."""
        return format(value, f",.{self.digits}f")


SHARE = (0.0, 1.0)
FLOOR_SETS = 20


def floors_of(metrics: Sequence[Metric], task: Task, obs: Obs) -> dict[str, Floor]:
    """The sampling floor by metric: what as many exact samples score at these states; only metrics that apply."""
    if not isinstance(task, SingleStepTask) or task.distribution is None:
        return {}
    sets = [task.distribution.sample(obs, 1, stream(i, "floor")) for i in range(FLOOR_SETS)]
    seen = [EvaluationData(task=task, obs=obs, draws=draws, success=np.ones(draws.shape[1], bool)) for draws in sets]
    scores = {m.name: [m.read(e) for e in seen] for m in metrics}
    known = {name: torch.tensor(values) for name, values in scores.items() if None not in values}
    return {name: Floor(float(v.mean()), float(v.std()), len(v)) for name, v in known.items()}


def decided_once(e: EvaluationData) -> SingleStepTask | None:
    """The task, if it is a single-step task; else None."""
    return e.task if isinstance(e.task, SingleStepTask) else None


def members(task: SingleStepTask, obs: Obs) -> list[Int[Tensor, " G"]]:
    """The indices of the states in each non-empty group of similar states."""
    group = task.group(obs)
    return [found for g in range(task.groups) if len(found := (group == g).nonzero()[:, 0])]
