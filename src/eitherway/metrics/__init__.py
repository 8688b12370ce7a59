"""What is read off a policy's evidence."""

from eitherway.metrics.base import Evidence, Floor, Metric, Timing
from eitherway.metrics.cost import ms_per_1000, ms_per_decision, ms_per_decision_p95, nfe, parameters, train_seconds
from eitherway.metrics.distance import floor, w1, w1_floor
from eitherway.metrics.likelihood import log_likelihood
from eitherway.metrics.success import invalid_mass, success
from eitherway.metrics.ways import coverage, way_error

__all__ = ["METRICS", "Evidence", "Floor", "Metric", "Timing", "floor"]

METRICS: tuple[Metric, ...] = (
    success,
    invalid_mass,
    w1,
    w1_floor,
    way_error,
    coverage,
    log_likelihood,
    nfe,
    ms_per_decision,
    ms_per_decision_p95,
    ms_per_1000,
    train_seconds,
    parameters,
)
