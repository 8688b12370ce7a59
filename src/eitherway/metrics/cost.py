"""Cost metrics: network evaluations, inference latency, training time and parameter count."""

from collections.abc import Callable

import numpy as np

from eitherway.evaluation.data import EvaluationData, Latency
from eitherway.metrics.base import Metric


def cost(
    name: str, title: str, unit: str, meaning: str, digits: int, read: Callable[[EvaluationData], float | None]
) -> Metric:
    """A metric of cost: lower is better."""
    return Metric(name=name, title=title, better="lower", unit=unit, meaning=meaning, digits=digits, read=read)


def timed(read: Callable[[Latency], float]) -> Callable[[EvaluationData], float | None]:
    """A function of the measured latency; None where none was measured."""
    return lambda e: None if e.latency is None else float(read(e.latency))


nfe = cost(
    "nfe",
    "NFE",
    "evaluations",
    "evaluations of the backbone a decision; what a head computes besides shows in the milliseconds",
    0,
    lambda e: e.evaluations,
)
ms_per_decision = cost(
    "ms_per_decision", "decision", "ms", "one decision at batch 1, median", 3, timed(lambda t: float(np.median(t.each)))
)
ms_per_decision_p95 = cost(
    "ms_per_decision_p95",
    "",
    "ms",
    "one decision at batch 1, 95th percentile",
    3,
    timed(lambda t: float(np.percentile(t.each, 95))),
)
ms_per_1000 = cost(
    "ms_per_1000",
    "",
    "ms",
    "1,000 decisions at once, median",
    3,
    timed(lambda t: float(np.median(t.thousand))),
)
train_seconds = cost(
    "train_seconds",
    "training",
    "s",
    "training, fitting included: processor seconds of one thread",
    2,
    lambda e: e.train_seconds,
)
parameters = cost(
    "parameters",
    "parameters",
    "numbers",
    "weights that the last stage of training trains: without a teacher's or a learnt codebook's",
    0,
    lambda e: e.parameters,
)
