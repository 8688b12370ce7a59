"""Comparing on the same starts: what the interval holds, what pairing takes out, and who ties with whom."""

import numpy as np
import pytest

from eitherway.compare.pairs import difference, gap, ranks
from eitherway.compare.scores import Scores
from eitherway.compare.stats import LEVEL


def drawn(random, p, *shape, row="a"):
    """Successes of trainings of their own."""
    return Scores((random.random(shape) < p).astype(float), tuple(f"{row}{s}" for s in range(shape[-2])))


def test_a_row_differs_from_itself_by_exactly_nothing():
    row = drawn(np.random.default_rng(0), 0.7, 3, 100)
    found = difference(row, row)
    assert (found.mean, found.low, found.high, found.smallest) == (0, 0, 0, 0) and not found.sure


def test_rows_that_never_fail_differ_by_nothing_give_or_take_a_little():
    a, b = (Scores(np.ones((3, 100)), tuple(f"{row}{s}" for s in range(3))) for row in "ab")
    found = difference(a, b)
    assert found.mean == 0 and -0.03 < found.low < 0 < found.high < 0.03 and found.smallest > 0


def test_the_difficulty_of_a_start_is_taken_out():
    random = np.random.default_rng(0)
    hard = random.random(400) < 0.5
    p, q = np.where(hard, 0.05, 0.95), np.where(hard, 0.25, 0.99)
    paired = difference(drawn(random, q, 1, 400), drawn(random, p, 1, 400, row="b"))
    unpaired = 1.96 * np.sqrt(2 * 0.25 / 400)
    assert paired.sure and (paired.high - paired.low) / 2 < 0.8 * unpaired


def test_what_trainings_do_is_taken_out_where_they_are_the_same():
    """Two ways to carry out the same three trainings, of which one is bad."""
    random, p = np.random.default_rng(0), np.array([[0.3], [0.9], [0.95]])
    a = drawn(random, p + 0.04, 3, 300)
    b = drawn(random, p, 3, 300)
    own = Scores(b.each, ("other 0", "other 1", "other 2"))
    same, apart = difference(a, b), difference(a, own)
    assert same.high - same.low < 0.3 * (apart.high - apart.low)


@pytest.mark.parametrize("same", [True, False], ids=["shared trainings", "own trainings"])
@pytest.mark.parametrize(("seeds", "sd"), [(1, 0.0), (3, 0.0), (3, 0.1)])
def test_the_interval_holds_the_truth_nineteen_times_in_twenty(seeds, sd, same):
    """A tenth of the starts is hard; the second row fails twice as often from the others."""
    random, tables = np.random.default_rng(3), 1_500
    hard = random.random((tables, 1, 100)) < 0.1
    lots = [sd * random.choice([-1, 1], (tables, seeds, 1)) for _ in range(2)]
    p, q = (
        np.where(hard, 0.3, base + lot) for base, lot in zip((0.85, 0.7), lots[:1] * 2 if same else lots, strict=True)
    )
    a, b = drawn(random, p, tables, seeds, 100), drawn(random, q, tables, seeds, 100, row="a" if same else "b")
    low, high = gap(a, b).limits(LEVEL)
    truth = 0.9 * 0.15
    assert 0.92 <= float(((low <= truth) & (truth <= high)).mean()) <= 0.99


def test_among_ten_equal_rows_hardly_ever_is_one_behind():
    random, wrong = np.random.default_rng(5), 0
    for _ in range(60):
        rows = {str(i): drawn(random, 0.9, 5, 60, row=str(i)) for i in range(10)}
        wrong += max(ranks(rows).values()) > 1
    assert wrong <= 6  # 3 are expected of 5 %; 7 or more have a chance of 3 %


def test_rows_that_cannot_be_told_apart_share_a_rank():
    random = np.random.default_rng(0)
    rows = {
        "best": drawn(random, 0.9, 3, 300),
        "also": drawn(random, 0.9, 3, 300, row="b"),
        "worse": drawn(random, 0.5, 3, 300, row="c"),
    }
    assert ranks(rows) == {"best": 1, "also": 1, "worse": 3}


def test_an_interval_that_holds_for_many_differences_is_wider():
    random = np.random.default_rng(0)
    a, b = drawn(random, 0.8, 3, 100), drawn(random, 0.7, 3, 100, row="b")
    one, many = difference(a, b), difference(a, b, among=45)
    assert many.low < one.low and one.high < many.high and many.smallest > one.smallest


def test_other_starts_cannot_be_compared():
    random = np.random.default_rng(0)
    with pytest.raises(ValueError, match="the same starts, at least 2: got 5 and 6"):
        difference(drawn(random, 0.5, 1, 5), drawn(random, 0.5, 1, 6))
