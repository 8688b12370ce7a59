"""Comparing on the same starts: what the interval holds, what pairing takes out, and who ties with whom."""

import numpy as np
import pytest
from scipy import stats

from eitherway.compare.pairs import difference, ranks


def noise(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape)


def test_with_one_seed_each_it_is_students_paired_test():
    a, b = noise(0, 1, 50), noise(1, 1, 50) + 0.3
    found, known = difference(a, b), stats.ttest_rel(a[0], b[0]).confidence_interval()
    assert (found.low, found.high) == pytest.approx((known.low, known.high))


def test_the_difficulty_of_a_start_is_taken_out():
    hard = 10 * noise(0, 1, 200)
    found = difference(hard + 0.5 + 0.1 * noise(1, 1, 200), hard + 0.1 * noise(2, 1, 200))
    assert found.sure and found.low < 0.5 < found.high


def test_what_training_seeds_do_widens_the_interval():
    quiet = difference(noise(0, 3, 100), noise(1, 3, 100))
    loud = difference(noise(0, 3, 100) + np.array([[-2.0], [0.0], [2.0]]), noise(1, 3, 100))
    assert loud.high - loud.low > 3 * (quiet.high - quiet.low)


@pytest.mark.parametrize(("seeds", "training"), [(1, 0.0), (3, 0.0), (3, 0.2)])
def test_the_interval_holds_the_truth_nineteen_times_in_twenty_or_a_little_more(seeds, training):
    """Starts are drawn anew, trainings are drawn anew; the truth is 0."""
    random, held = np.random.default_rng(3), 0
    for _ in range(2_000):
        hard = random.standard_normal((1, 40))
        a, b = (
            hard + random.standard_normal((seeds, 40)) + training * random.standard_normal((seeds, 1)) for _ in range(2)
        )
        held += not difference(a, b).sure
    assert 0.935 <= held / 2_000 <= 0.995


def test_the_smallest_difference_is_seen_four_times_in_five():
    random, seen = np.random.default_rng(4), 0
    for _ in range(2_000):
        a, b = random.standard_normal((2, 1, 60))
        seen += difference(a + difference(a, b).smallest, b).low > 0
    assert seen / 2_000 == pytest.approx(0.8, abs=0.03)


def test_rows_that_cannot_be_told_apart_share_a_rank():
    base = noise(0, 1, 100)
    rows = {"best": base + 2, "also": base + 2 + 0.01 * noise(1, 1, 100), "worse": base + 0.1 * noise(2, 1, 100)}
    assert ranks(rows) == {"best": 1, "also": 1, "worse": 3}


def test_equal_scores_differ_by_exactly_nothing():
    found = difference(np.ones((1, 5)), np.ones((1, 5)))
    assert (found.mean, found.low, found.high, found.smallest) == (0, 0, 0, 0) and not found.sure


def test_other_starts_cannot_be_compared():
    with pytest.raises(ValueError, match="the same starts, at least 2: got 5 and 6"):
        difference(np.ones((1, 5)), np.ones((1, 6)))
