"""Costs and likelihoods are read off as recorded; what does not apply is None."""

import numpy as np
import pytest
import torch

from eitherway.evaluation.data import EvaluationData, Latency
from eitherway.metrics import METRICS

READ = {m.name: m.read for m in METRICS.values()}
TIMING = Latency(each=np.arange(1.0, 102.0), thousand=np.array([5.0, 7.0, 30.0]))


@pytest.fixture
def least(jumper):
    """The least that a record can hold."""
    return {
        "task": jumper,
        "obs": {"state": torch.zeros(1, 1, 1)},
        "draws": torch.ones(1, 1, 1, 1),
        "success": np.ones(1, bool),
    }


@pytest.mark.parametrize(
    ("name", "exact"), [("ms_per_decision", 51.0), ("ms_per_decision_p95", 96.0), ("ms_per_1000", 7.0)]
)
def test_times_are_medians_and_percentiles(least, name, exact):
    assert READ[name](EvaluationData(**least, latency=TIMING)) == pytest.approx(exact)


def test_the_log_likelihood_is_a_mean(least):
    assert READ["log_likelihood"](EvaluationData(**least, log_prob=torch.tensor([-1.0, 2.0, 5.0]))) == 2.0


@pytest.mark.parametrize(("name", "field"), [("nfe", "evaluations"), ("parameters", "parameters")])
def test_counts_are_as_recorded(least, name, field):
    assert READ[name](EvaluationData(**least, **{field: 7})) == 7


def test_what_does_not_apply_is_none(least):
    """Only draws and success were recorded: what needs a network, a density, a clock or the floor has no answer."""
    answers = {name: read(EvaluationData(**least)) for name, read in READ.items()}
    given = {name for name, answer in answers.items() if answer is not None}
    assert given == {"success", "invalid_mass", "w1", "mode_error", "mode_coverage", "minor_modes"}


def test_the_metrics_are_those_of_the_schema():
    assert set(READ) == {
        *(
            "success",
            "invalid_mass",
            "outside",
            "limited",
            "w1",
            "w1_floor",
            "energy",
            "sliced_w1",
            "mode_error",
            "mode_coverage",
            "minor_modes",
            "log_likelihood",
            "log_likelihood_error",
            "nfe",
        ),
        *("max_reward", "final_coverage", "max_coverage", "mode_entropy", "mode_distance", "mode_distance_floor"),
        *("steps", "mode_switch_rate", "chunk_boundary_jump"),
        *("ms_per_decision", "ms_per_decision_p95", "ms_per_1000", "train_seconds", "parameters"),
    }
