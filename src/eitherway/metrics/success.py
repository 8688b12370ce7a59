"""Did it work: success as the environment judged it, and where the failures landed."""

import numpy as np
from jaxtyping import Float

from eitherway.evaluation.data import EvaluationData
from eitherway.metrics.base import SHARE, Metric, decided_once


def read_success(e: EvaluationData) -> float:
    """Share of episodes that the environment called a success."""
    return float(e.success.mean())


def read_invalid_mass(e: EvaluationData) -> float | None:
    """Share of draws that go none of the task's modes; None where no modes are named, and on episodic tasks."""
    each = invalid(e)
    return None if each is None else float(each.mean())


def invalid(e: EvaluationData) -> Float[np.ndarray, " B"] | None:
    """The same from each start."""
    task = decided_once(e)
    if task is None or not task.mode_names:
        return None
    return (task.mode_of(e.obs, e.draws) < 0).double().mean(0).numpy()


success = Metric(
    name="success",
    title="success",
    better="higher",
    unit="share of episodes",
    meaning="the environment calls it a success",
    digits=3,
    read=read_success,
    bounds=SHARE,
    each=lambda e: e.success.astype(float),
)
invalid_mass = Metric(
    name="invalid_mass",
    title="invalid mass",
    better="lower",
    unit="share of draws",
    meaning="draws that go no right mode: on the jumper, |x| < 1",
    digits=3,
    read=read_invalid_mass,
    bounds=SHARE,
    each=invalid,
)
