"""How much a policy dawdles."""

import numpy as np

from eitherway import register
from eitherway.evaluation.data import EvaluationData
from eitherway.metrics import Metric


def read(seen: EvaluationData) -> float | None:
    """The share of tiny actions; None on tasks of a single decision."""
    if seen.rollouts is None:
        return None
    size = np.abs(seen.rollouts.action).max(-1)  # B T: episodes, steps; NaN after an episode's end
    return float((size[np.isfinite(size)] < 0.02).mean())


register(
    Metric(
        name="dawdling",
        title="dawdling",
        better="lower",
        unit="share of actions",
        meaning="actions smaller than 0.02 in every number",
        digits=3,
        read=read,
        bounds=(0.0, 1.0),
    )
)
