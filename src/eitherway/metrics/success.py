"""Success rate as the environment judges it, and the mass of draws that belong to no valid mode."""

import numpy as np
from jaxtyping import Float

from eitherway.evaluation.data import EvaluationData
from eitherway.metrics.base import SHARE, Metric, decided_once


def read_success(e: EvaluationData) -> float:
    """Success rate: the share of episodes that the environment called a success."""
    return float(e.success.mean())


def read_invalid_mass(e: EvaluationData) -> float | None:
    """Share of draws in none of the task's modes; None where no modes are named, and on episodic tasks."""
    each = invalid(e)
    return None if each is None else float(each.mean())


def invalid(e: EvaluationData) -> Float[np.ndarray, " B"] | None:
    """Share of draws from each start in none of the task's modes; None as in `read_invalid_mass`."""
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
    meaning="draws in none of the task's modes: on the jumper, |x| < 1",
    digits=3,
    read=read_invalid_mass,
    bounds=SHARE,
    each=invalid,
)
