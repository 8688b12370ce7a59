"""Paired comparison of two rows on the same starts: their difference, its interval, and what could be detected.

    own trainings:    d̄ = ā - b̄,   Var(d̄) = A_a + A_b + B                     (1)
    the same ones:    d̄ = mean of a_sj - b_sj,   Var(d̄) = A_d + B_d           (2)
    interval: d̃ ± √(H² + z² P);   smallest difference seen: (T + t_0.8) SE   (3)

A, B, T and H are those of `eitherway.compare.scores`. In (1) B is the variance over starts of ā_j - b̄_j, less what the
rest makes of it: that the starts are the same takes their difficulty out. Rows that were drawn from, or carried out by,
the very same trainings (2) are compared training by training, so the trainings' own difference is taken out, too. With
one training each, both speak of these trainings alone. d̃ and P are what two imagined trials add, one at either end of
what is possible (of either row in (1), of the difference in (2)): so rows that never fail differ by 0, give or take a
little. A row is equal to itself by definition. A difference as large as the smallest is told from 0 four times in five.

Of many differences some look large by chance. What is said of m at once, Bonferroni's 1 - α/m holds for all of them;
ranks are Holm's, which start there and loosen with every difference that is sure.

References:
    The Generalization of Student's Problem (Welch, 1947), https://doi.org/10.2307/2332510
    Simple and Effective Confidence Intervals for Proportions (Agresti and Caffo, 2000), https://doi.org/10.2307/2685779
    Confidence Intervals for Paired Proportions (Bonett and Price, 2012), https://doi.org/10.1177/0962280211422043
    A Simple Sequentially Rejective Multiple Test Procedure (Holm, 1979), https://www.jstor.org/stable/4615733
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import combinations

import numpy as np
from scipy.special import ndtri

from eitherway.compare.scores import Scores, Spread, Trainings
from eitherway.compare.stats import LEVEL, Numbers, upper

POWER = 0.8


@dataclass(frozen=True)
class Difference:
    """A mean difference, its 95 % interval, simultaneous for `among` differences, and the smallest detectable one."""

    mean: float
    low: float
    high: float
    smallest: float
    starts: int
    seeds: tuple[int, int]
    among: int

    @property
    def sure(self) -> bool:
        """Whether the interval leaves 0 out."""
        return not self.low <= 0 <= self.high

    def to_data(self) -> dict[str, object]:
        """Plain data for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Gap:
    """The estimated difference of two rows' mean scores, before a confidence level is chosen."""

    mean: Numbers
    centre: Numbers  # d̃
    spread: Spread
    added: Numbers  # P

    def reach(self, level: float) -> Numbers:
        """Returns half the width of the interval, eq. (3)."""
        return np.sqrt(self.spread.reach(level) + ndtri(upper(level)) ** 2 * self.added)

    def limits(self, level: float) -> tuple[Numbers, Numbers]:
        """Returns the interval's ends, within what is possible."""
        half = self.reach(level)
        return np.maximum(self.centre - half, -1.0), np.minimum(self.centre + half, 1.0)

    def smallest(self, level: float) -> Numbers:
        """Returns the smallest difference that four in five comparisons like this one tell from 0."""
        return self.reach(level) * (1 + self.spread.quantile(POWER) / self.spread.quantile(upper(level)))


def gap(a: Scores, b: Scores) -> Gap:
    """Estimates the difference of two rows: eq. (2) where all trainings are the same, else eq. (1)."""
    return of_same(a, b) if a.trainings == b.trainings else of_own(a, b)


def of_same(a: Scores, b: Scores) -> Gap:
    """Estimates the difference of two rows that share their trainings, eq. (2)."""
    d = a.each.astype(float) - b.each
    n, mean = d.shape[-2] * d.shape[-1], d.mean((-2, -1))
    parts = [Trainings.of(d)] if d.shape[-2] > 1 else []
    spread = Spread.of(d.mean(-2), parts, d.shape[-1] - 1)
    return Gap(mean, mean * n / (n + 2), spread, np.full(mean.shape, 2 / (n + 2) ** 2))


def of_own(a: Scores, b: Scores) -> Gap:
    """Estimates the difference of two rows with trainings of their own, eq. (1)."""
    (x, y), parts = (row.each.astype(float) for row in (a, b)), [row.part for row in (a, b) if row.part is not None]
    (n, p), (m, q) = ((z.shape[-2] * z.shape[-1], z.mean((-2, -1))) for z in (x, y))
    spread = Spread.of(x.mean(-2) - y.mean(-2), parts, x.shape[-1] - 1)
    added = (p**2 + (1 - p) ** 2) / (n + 2) ** 2 + (q**2 + (1 - q) ** 2) / (m + 2) ** 2
    return Gap(p - q, (n * p + 1) / (n + 2) - (m * q + 1) / (m + 2), spread, added)


def difference(a: Scores, b: Scores, among: int = 1) -> Difference:
    """Returns how much more a scores than b on the same starts, eq. (1) to (3), as one of `among` differences.

    Raises ValueError where the starts are not as many, or fewer than two.
    """
    (s, j), (r, k) = a.each.shape, b.each.shape
    if j != k or j < 2:
        raise ValueError(f"a comparison needs the same starts, at least 2: got {j} and {k}")
    if a is b:
        return Difference(0.0, 0.0, 0.0, 0.0, j, (s, r), among)
    found, level = gap(a, b), 1 - (1 - LEVEL) / among
    low, high = found.limits(level)
    return Difference(float(found.mean), float(low), float(high), float(found.smallest(level)), j, (s, r), among)


def ranks(rows: Mapping[str, Scores]) -> dict[str, int]:
    """Returns each row's rank, 1 + how many others are surely better: rows that nobody can tell apart tie.

    Where no row is better, at most one table in twenty says that any is.
    """
    pairs = list(combinations(rows, 2))
    gaps, sure, before = [gap(rows[a], rows[b]) for a, b in pairs], list[int](), -1
    while before < len(sure) < len(pairs):
        before, level = len(sure), 1 - (1 - LEVEL) / (len(pairs) - len(sure))
        ends = [g.limits(level) for g in gaps]
        sure = [i for i, (low, high) in enumerate(ends) if not low <= 0 <= high]
    worse = [pairs[i][int(gaps[i].mean > 0)] for i in sure]  # the second where the first scores more
    return {name: 1 + worse.count(name) for name in rows}
