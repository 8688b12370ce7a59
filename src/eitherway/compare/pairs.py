"""Comparing two rows on the same starts: how far apart they are, whether that could be chance, and what could be seen.

    d_j = mean over a's seeds of a_sj - mean over b's seeds of b_sj           (1)
    SE² = var_j(d_j) / m + var_s(ā_s) / n_a + var_s(b̄_s) / n_b                (2)
    interval: d̄ ± t SE;   smallest difference seen: (t + t_0.8) SE             (3)

a_sj is what training seed s of row a scored from start j, of m starts that both rows share; that the starts are the
same takes their difficulty out of (1). The first part of (2) is the chance of the starts, the others that of training;
what is both counts twice, so intervals are a little too wide rather than too narrow. With a single seed (2) is its
first part, and speaks of these two trained policies alone. The degrees of freedom are Welch and Satterthwaite's. A
difference as large as (3)'s would be told from 0 four times in five.

References:
    The Generalization of Student's Problem (Welch, 1947), https://doi.org/10.2307/2332510
    An Approximate Distribution of Estimates of Variance Components (Satterthwaite, 1946), https://doi.org/10.2307/3002019
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import stdtrit

Scores = Float[np.ndarray, "_ _"]  # of training seeds from starts
POWER = 0.8


@dataclass(frozen=True)
class Difference:
    """A mean difference with its 95 % interval, and the smallest that would be seen four times in five."""

    mean: float
    low: float
    high: float
    smallest: float
    starts: int
    seeds: tuple[int, int]

    @property
    def sure(self) -> bool:
        """Whether the interval leaves 0 out."""
        return not self.low <= 0 <= self.high

    def to_data(self) -> dict[str, object]:
        """Plain data for JSON."""
        return asdict(self)


def difference(a: Scores, b: Scores) -> Difference:
    """How much more a scores than b on the same starts, eq. (1) to (3).

    Raises ValueError where the starts are not as many, or fewer than two.
    """
    if a.shape[1] != b.shape[1] or a.shape[1] < 2:
        raise ValueError(f"a comparison needs the same starts, at least 2: got {a.shape[1]} and {b.shape[1]}")
    each = a.mean(0) - b.mean(0)
    parts = [(float(each.var(ddof=1)) / len(each), len(each) - 1)]
    parts += [(float(x.mean(1).var(ddof=1)) / len(x), len(x) - 1) for x in (a, b) if len(x) > 1]
    variance, mean = sum(v for v, _ in parts), float(each.mean())
    if variance == 0:
        return Difference(mean, mean, mean, 0.0, len(each), (len(a), len(b)))
    freedom = variance**2 / sum(v**2 / df for v, df in parts)  # Satterthwaite
    error, t = variance**0.5, float(stdtrit(freedom, 0.975))
    smallest = (t + float(stdtrit(freedom, POWER))) * error
    return Difference(mean, mean - t * error, mean + t * error, smallest, len(each), (len(a), len(b)))


def ranks(rows: Mapping[str, Scores]) -> dict[str, int]:
    """Of each row 1 + how many others are surely better, where more is better: rows that nobody can tell apart tie."""
    better = {
        name: [difference(other, own).low > 0 for at, other in rows.items() if at != name] for name, own in rows.items()
    }
    return {name: 1 + sum(found) for name, found in better.items()}
