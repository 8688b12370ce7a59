"""Likelihood metrics: the log-density that a head gives to held-out demonstrations."""

import math

from eitherway.evaluation.data import EvaluationData
from eitherway.metrics.base import Metric


def read_log_likelihood(e: EvaluationData) -> float | None:
    """Mean log-density of held-out demonstrations, nats, raw units; None where the head has no density."""
    return None if e.log_prob is None else float(e.log_prob.double().mean())


def read_log_likelihood_error(e: EvaluationData) -> float | None:
    """Estimated bias of the mean log-density from numerical integration, nats; None where a density is a formula."""
    return None if e.log_prob_error is None else float(e.log_prob_error.double().mean())


log_likelihood = Metric(
    name="log_likelihood",
    title="log-lik.",
    better="higher",
    unit="nats",
    meaning="mean log-density of held-out demonstrations (on the jumper, those with |x| < 3), raw units",
    digits=2,
    read=read_log_likelihood,
    bounds=(-math.inf, math.inf),
)
log_likelihood_error = Metric(
    name="log_likelihood_error",
    better="neither",
    unit="nats",
    meaning="how much too high integration has probably put log_likelihood; only where a density is integrated",
    digits=5,
    read=read_log_likelihood_error,
)
