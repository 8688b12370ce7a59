"""What is read off a policy's evidence."""

from eitherway.metrics.base import Evidence, Floor, Metric, Timing, floors_of
from eitherway.metrics.chunks import energy_distance, sliced_w1
from eitherway.metrics.cost import ms_per_1000, ms_per_decision, ms_per_decision_p95, nfe, parameters, train_seconds
from eitherway.metrics.distance import floor, w1, w1_floor
from eitherway.metrics.journeys import changes, jump, steps, way_distance, way_distance_floor, way_entropy
from eitherway.metrics.likelihood import log_likelihood, log_likelihood_error
from eitherway.metrics.limits import limited, outside
from eitherway.metrics.pushing import final_coverage, max_coverage, max_reward
from eitherway.metrics.success import invalid_mass, success
from eitherway.metrics.ways import coverage, minor_ways, way_error
from eitherway.shape import Obs
from eitherway.tasks.base import Task

__all__ = ["DISTANCES", "LEAGUE", "METRICS", "Evidence", "Floor", "Metric", "Timing", "floor", "floors"]

METRICS: tuple[Metric, ...] = (  # in the order of a league's columns
    success,
    max_reward,
    final_coverage,
    max_coverage,
    way_distance,
    way_distance_floor,
    way_entropy,
    changes,
    jump,
    steps,
    w1,
    w1_floor,
    energy_distance,
    sliced_w1,
    way_error,
    nfe,
    ms_per_decision,
    ms_per_decision_p95,
    ms_per_1000,
    train_seconds,
    coverage,
    minor_ways,
    invalid_mass,
    log_likelihood,
    log_likelihood_error,
    outside,
    limited,
    parameters,
)
LEAGUE = tuple(m for m in METRICS if m.title)
DISTANCES = ("w1", "energy", "sliced_w1")  # to the law; which of them apply is a matter of the task
FLOORED = (w1, energy_distance, sliced_w1, way_error)  # of which finite draws of the law do not score 0


def floors(task: Task, obs: Obs) -> dict[str, Floor]:
    """By metric, what draws of the law score at these states; empty where the law is unknown."""
    return floors_of(FLOORED, task, obs)
