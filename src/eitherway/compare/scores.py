"""Intervals of mean scores over trainings and starts: how far a mean is from that of all trainings and all starts.

    y_sj = μ + a_s + b_j + e_sj,   all drawn by chance                        (1)
    Var(ȳ) = A + B,   A = MS_a / SJ,   B = (MS_b - MS_e) / SJ, at least 0     (2)
    MS_a → w MS_a + (1 - w) MS_e,   freedom (S - 1) / w²,   w = K / (K + 4)   (3)
    T = (t_A A + t_B B) / (A + B)                                             (4)
    H² = T² (A + B), and not below (z/2)² (MS_e / SJ + B)                   (5)
    interval: all μ with (ȳ - μ)² ≤ H² μ (1 - μ) / ȳ (1 - ȳ)                  (6)

Training s is judged from start j, the same J starts for all S: a crossed table of one value a cell. MS are its mean
squares of trainings, of starts and of the rest. MS_a knows little: it has S - 1 degrees of freedom,
and hardly any where nearly all scores are equal. So (3) draws it to what it would be if trainings were alike, the more
the fewer events K tell of them: the sum of |y - median|, of shares the number of the rarer outcome. (4) weighs the
quantiles of both parts. Trainings may agree by luck, so (5) ends at half of what alike trainings had. (6) is
Wilson's interval with the spread that was found; where all scores are 0 or all are 1, with that of independent trials.
With one training A is not there: (6) is Wilson's over its starts, and speaks of this training alone. How often it holds
the truth is measured by benchmarks/coverage.py.

References:
    Variance Components (Searle, Casella and McCulloch, 1992), https://doi.org/10.1002/9780470316856
    Experimental Designs (Cochran and Cox, 1957), section 4.14: eq. (4)
    Linear Models and Empirical Bayes Methods (Smyth, 2004), https://doi.org/10.2202/1544-6115.1027: as (3), for genes
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float
from scipy.special import ndtri, stdtrit

from eitherway.compare.stats import LEVEL, Interval, Numbers, upper, wilson_limits

EVENTS = 4.0  # that count for as much as knowing that trainings are alike: the smallest that covers in every cell
SLACK = 1e-6  # of rounding above 1 or below 0

Table = Float[np.ndarray, "*tables S J"]


@dataclass(frozen=True)
class Trainings:
    """The variance component of the trainings, eq. (3), and how much of it is the rest's."""

    variance: Numbers
    freedom: Numbers
    rest: Numbers

    @classmethod
    def of(cls, y: Table) -> "Trainings":
        """Estimates it from a table of two trainings or more; with one start alone the rest cannot be told apart."""
        s, j = y.shape[-2:]
        seeds, starts, mean = y.mean(-1, keepdims=True), y.mean(-2, keepdims=True), y.mean((-2, -1), keepdims=True)
        between = j * seeds[..., 0].var(-1, ddof=1)
        within = ((y - seeds - starts + mean) ** 2).sum((-2, -1)) / ((s - 1) * (j - 1)) if j > 1 else between
        events = np.abs(y - np.median(y, axis=(-2, -1), keepdims=True)).sum((-2, -1))
        w = np.maximum(events / (events + EVENTS), 1e-3)  # freedom stays finite
        return cls((w * between + (1 - w) * within) / (s * j), (s - 1) / w**2, within / (s * j))


@dataclass(frozen=True)
class Scores:
    """A table of scores between 0 and 1: of S trainings from J starts, and which trainings these were."""

    each: Table
    trainings: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.trainings) != self.each.shape[-2]:
            raise ValueError(f"there are scores of {self.each.shape[-2]} trainings, named are {len(self.trainings)}")
        if not (self.each.size and self.each.min() >= -SLACK and self.each.max() <= 1 + SLACK):
            raise ValueError(f"scores must lie between 0 and 1, got {self.each.min()} to {self.each.max()}")

    @cached_property
    def part(self) -> Trainings | None:
        """The variance component of the trainings; None where there is but one."""
        return Trainings.of(self.each.astype(float)) if self.each.shape[-2] > 1 else None


@dataclass(frozen=True)
class Spread:
    """The variance of a mean in its two components, and the degrees of freedom of each."""

    trainings: Numbers
    freedom: Numbers
    starts: Numbers
    freedom_of_starts: float
    rest: Numbers

    @classmethod
    def of(cls, each: Float[np.ndarray, "*tables J"], parts: list[Trainings], freedom: float) -> "Spread":
        """Estimates the variance of the mean of `each` start's mean, to which the trainings of all `parts` have led."""
        nothing, j = np.zeros(each.shape[:-1]), each.shape[-1]
        total, rest = sum((p.variance for p in parts), nothing), sum((p.rest for p in parts), nothing)
        known = sum((p.variance**2 / p.freedom for p in parts), nothing)
        free = np.where(known > 0, total**2 / np.where(known > 0, known, 1), np.inf)  # Satterthwaite
        starts = np.maximum(each.var(-1, ddof=1) / j - rest, 0) if j > 1 else nothing
        return cls(total, free, starts, freedom, rest)

    def quantile(self, at: float) -> Numbers:
        """Returns the quantile T of both components together, eq. (4)."""
        t, whole = stdtrit(self.freedom_of_starts, at), self.trainings + self.starts
        mixed = stdtrit(self.freedom, at) * self.trainings + t * self.starts
        return np.where(whole > 0, mixed / np.where(whole > 0, whole, 1), t)

    def reach(self, level: float) -> Numbers:
        """Returns H² of eq. (5) for an interval of this level."""
        found = self.quantile(upper(level)) ** 2 * (self.trainings + self.starts)
        return np.maximum(found, (ndtri(upper(level)) / 2) ** 2 * (self.rest + self.starts))


def share(scores: Scores) -> Interval:
    """Returns the mean with its 95 % interval over trainings and starts, eq. (6); n is the number of trainings."""
    low, high = limits(scores)
    return Interval(float(scores.each.mean(dtype=float)), float(low), float(high), len(scores.trainings))


def limits(scores: Scores, level: float = LEVEL) -> tuple[Numbers, Numbers]:
    """Returns the ends of the interval of eq. (6), for each table."""
    y = scores.each.astype(float)
    m, n = y.mean((-2, -1)).clip(0, 1), y.shape[-2] * y.shape[-1]
    found = Spread.of(y.mean(-2), [scores.part] if scores.part else [], np.inf)
    free, known = m * (1 - m), (m > 0) & (m < 1) & (n > 1)
    k = found.reach(level) * (n - 1) / n / np.where(known, free, 1)
    return wilson_limits(m, np.where(known, k, ndtri(upper(level)) ** 2 / n))
