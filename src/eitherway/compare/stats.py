"""Intervals: Student's t over training seeds, Wilson's over episodes of one fixed policy.

    mean ± t(1 - α/2, n - 1) sd / √n                                          (1)
    (p + z²/2n ± z √(p (1 - p)/n + z²/4n²)) / (1 + z²/n)                      (2)

The two answer different questions: (1) how another training would do, (2) how this one policy does.

References:
    Probable Inference (Wilson, 1927), https://doi.org/10.1080/01621459.1927.10502953
    Deep RL at the Edge of the Statistical Precipice (Agarwal et al., 2021), https://arxiv.org/abs/2108.13264
"""

from dataclasses import asdict, dataclass

import numpy as np
from scipy.special import ndtri, stdtrit

CLAIM = 5  # seeds below which no difference is claimed


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % interval over n values; no interval where n = 1."""

    mean: float
    low: float | None
    high: float | None
    n: int

    def to_data(self) -> dict[str, float | int | None]:
        """Plain data for JSON."""
        return asdict(self)


def student(values: list[float]) -> Interval:
    """The mean over training seeds, eq. (1)."""
    if not values:
        raise ValueError("an interval needs at least one value, got none")
    mean, n = float(np.mean(values)), len(values)
    if n == 1:
        return Interval(mean, None, None, 1)
    half = float(stdtrit(n - 1, 0.975) * np.std(values, ddof=1) / np.sqrt(n))
    return Interval(mean, mean - half, mean + half, n)


def wilson(successes: int, episodes: int) -> Interval:
    """The success rate of one fixed policy over independent episodes, eq. (2)."""
    if not 0 <= successes <= episodes or episodes < 1:
        raise ValueError(f"successes must lie between 0 and episodes >= 1, got {successes} of {episodes}")
    p, n, z = successes / episodes, episodes, float(ndtri(0.975))
    centre, half = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    scale = 1 + z**2 / n
    return Interval(p, max(0.0, float(centre - half) / scale), min(1.0, float(centre + half) / scale), n)
