"""Confidence intervals of one mean, over values that are each one training, or one episode of a fixed policy.

    mean ± t(1 - α/2, n - 1) sd / √n                                          (1)
    all μ with (m - μ)² ≤ k μ (1 - μ);   k = z²/n for n trials                (2)

(1) is Student's, for what has no value of its own for each start: a distance, seconds. It ends where the metric does.
(2) is Wilson's, for a mean m of numbers between 0 and 1: it stays between them, and has a width where all are equal.
Means over trainings and starts are in `eitherway.compare.scores`, differences in `eitherway.compare.pairs`.

References:
    Probable Inference (Wilson, 1927), https://doi.org/10.1080/01621459.1927.10502953
    Deep RL at the Edge of the Statistical Precipice (Agarwal et al., 2021), https://arxiv.org/abs/2108.13264
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import stdtrit

CLAIM = 5  # training seeds below which no difference is claimed
LEVEL = 0.95

Numbers = Float[np.ndarray, "*tables"] | np.float64  # of one table, or of many at once


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % interval over n trainings, or episodes of one; no interval where nothing tells of chance."""

    mean: float
    low: float | None
    high: float | None
    n: int

    def to_data(self) -> dict[str, float | int | None]:
        """Plain data for JSON."""
        return asdict(self)


def student(values: Sequence[float], bounds: tuple[float, float] = (-np.inf, np.inf)) -> Interval:
    """Returns Student's interval of the mean over trainings, eq. (1), within the bounds of what is measured.

    Equal values of a share may be luck, so the trainings then count as trials, eq. (2); values without an upper bound
    that are equal to the last bit owe nothing to chance, and have no width.
    """
    if not values:
        raise ValueError("an interval needs at least one value, got none")
    mean, n, (least, most) = float(np.mean(values)), len(values), bounds
    if n == 1:
        return Interval(mean, None, None, 1)
    if min(values) == max(values):
        exact = values[0]
        low, high = wilson_limits(np.array(exact), inverse(n)) if bounds == (0, 1) else (exact, exact)
        return Interval(exact, float(low), float(high), n)
    half = float(stdtrit(n - 1, upper(LEVEL)) * np.std(values, ddof=1) / np.sqrt(n))
    return Interval(mean, max(mean - half, least), min(mean + half, most), n)


def wilson(successes: int, episodes: int) -> Interval:
    """Returns Wilson's interval of the success rate of one fixed policy over independent episodes, eq. (2)."""
    if not 0 <= successes <= episodes or episodes < 1:
        raise ValueError(f"successes must lie between 0 and episodes >= 1, got {successes} of {episodes}")
    low, high = wilson_limits(np.array(successes / episodes), inverse(episodes))
    return Interval(successes / episodes, float(low), float(high), episodes)


def wilson_limits(m: Numbers, k: Numbers) -> tuple[Numbers, Numbers]:
    """Returns the ends of Wilson's interval, eq. (2)."""
    centre, half = m + k / 2, np.sqrt(k * m * (1 - m) + k**2 / 4)
    return np.maximum((centre - half) / (1 + k), 0.0), np.minimum((centre + half) / (1 + k), 1.0)


def inverse(trials: int) -> Numbers:
    """Returns k of eq. (2) for n trials: z² / n."""
    return np.array(stdtrit(np.inf, upper(LEVEL)) ** 2 / trials)


def upper(level: float) -> float:
    """Returns the probability below the upper end of a central interval of this level."""
    return (1 + level) / 2


def caveat(seeds: int) -> str:
    """Returns the warning that a table of too few training seeds carries; '' where there are enough."""
    if seeds >= CLAIM:
        return ""
    return f"{seeds} training seed{'' if seeds == 1 else 's'}: no claim about differences below {CLAIM} training seeds"
