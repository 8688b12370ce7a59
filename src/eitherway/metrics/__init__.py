"""Built-in metrics by name: functions of the data recorded when a policy is evaluated."""

from collections.abc import Collection

from eitherway.evaluation.data import EvaluationData, Floor, Latency
from eitherway.metrics.base import Metric, floors_of
from eitherway.metrics.chunks import energy_distance, sliced_w1
from eitherway.metrics.cost import ms_per_1000, ms_per_decision, ms_per_decision_p95, nfe, parameters, train_seconds
from eitherway.metrics.coverage import final_coverage, max_coverage, max_reward
from eitherway.metrics.distance import floor, w1, w1_floor
from eitherway.metrics.episodes import (
    chunk_boundary_jump,
    mode_distance,
    mode_distance_floor,
    mode_entropy,
    mode_switch_rate,
    steps,
)
from eitherway.metrics.likelihood import log_likelihood, log_likelihood_error
from eitherway.metrics.limits import limited, outside
from eitherway.metrics.modes import minor_modes, mode_coverage, mode_error
from eitherway.metrics.success import invalid_mass, success
from eitherway.registry import Objects, register
from eitherway.shape import Obs
from eitherway.tasks.base import Task

__all__ = ["METRICS", "EvaluationData", "Floor", "Latency", "Metric", "floor", "floors", "titled"]

METRICS = Objects("metric", Metric, lambda metric: metric.name)

for built_in in (  # in the order of a league's columns
    success,
    max_reward,
    final_coverage,
    max_coverage,
    mode_distance,
    mode_distance_floor,
    mode_entropy,
    mode_switch_rate,
    chunk_boundary_jump,
    steps,
    w1,
    w1_floor,
    energy_distance,
    sliced_w1,
    mode_error,
    nfe,
    ms_per_decision,
    ms_per_decision_p95,
    ms_per_1000,
    train_seconds,
    mode_coverage,
    minor_modes,
    invalid_mass,
    log_likelihood,
    log_likelihood_error,
    outside,
    limited,
    parameters,
):
    register(built_in)

FLOORED = (w1, energy_distance, sliced_w1, mode_error)  # of which finite draws of the distribution do not score 0


def floors(task: Task, obs: Obs) -> dict[str, Floor]:
    """The sampling floor of each metric: what exact samples score at these states; empty without a distribution."""
    return floors_of(FLOORED, task, obs)


def titled(measured: Collection[str]) -> list[Metric]:
    """The metrics shown in a league table, in order: those with a title among the ones measured."""
    return [metric for name, metric in METRICS.items() if metric.title and name in measured]
