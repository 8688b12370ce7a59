"""Intervals against SciPy and published numbers."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from eitherway.compare.stats import caveat, student, wilson

PROPERTY = settings(deadline=None, derandomize=True, max_examples=50)


@PROPERTY
@given(st.lists(st.floats(-10, 10, width=16), min_size=2, max_size=8).filter(lambda v: len(set(v)) > 1))
def test_students_interval_is_scipys(values):
    low, high = stats.t.interval(0.95, len(values) - 1, loc=sum(values) / len(values), scale=stats.sem(values))
    found = student(values)
    assert (found.low, found.high, found.n) == (pytest.approx(low), pytest.approx(high), len(values))


def test_equal_shares_may_be_luck_and_equal_bytes_are_not():
    luck, exact = student([1.0, 1.0, 1.0], (0.0, 1.0)), student([0.1, 0.1, 0.1])
    assert luck.high == 1 and luck.low < 0.5 and (exact.low, exact.high) == (0.1, 0.1)


def test_an_interval_ends_where_the_metric_does():
    assert student([0.9, 1.0, 1.0], (0.0, 1.0)).high == 1 and student([0.1, 3.0], (0.0, math.inf)).low == 0


@pytest.mark.parametrize(
    ("seeds", "said"), [(1, "1 training seed: no claim"), (4, "4 training seeds: no claim"), (5, "")]
)
def test_few_trainings_say_that_they_claim_nothing(seeds, said):
    assert caveat(seeds).startswith(said) and bool(caveat(seeds)) == bool(said)


def test_one_seed_has_no_interval():
    assert student([0.5]).to_data() == {"mean": 0.5, "low": None, "high": None, "n": 1}


def test_no_seed_has_no_mean():
    with pytest.raises(ValueError, match="at least one value"):
        student([])


@pytest.mark.parametrize(
    ("successes", "episodes", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (50, 100, 0.4038, 0.5962)],
)
def test_wilsons_interval_is_the_published_one(successes, episodes, low, high):
    found = wilson(successes, episodes)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@PROPERTY
@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilsons_interval_is_scipys(case):
    successes, episodes = case
    exact = stats.binomtest(successes, episodes).proportion_ci(method="wilson")
    found = wilson(successes, episodes)
    assert (found.low, found.high) == (pytest.approx(exact.low, abs=1e-9), pytest.approx(exact.high, abs=1e-9))


@pytest.mark.parametrize(("successes", "episodes"), [(3, 2), (-1, 2), (0, 0)])
def test_impossible_counts_are_refused(successes, episodes):
    with pytest.raises(ValueError, match="successes must lie between"):
        wilson(successes, episodes)
