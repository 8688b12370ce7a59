"""Dots with whiskers for the cells of a table: where a number and its interval lie on a fixed axis."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from eitherway.compare.stats import Interval
from eitherway.report.rows import Run

WIDTH = 120.0  # units of the drawing
MARGIN = 5.0  # so that a dot at the end of the axis is whole


@dataclass(frozen=True)
class Axis:
    """A linear or logarithmic axis with what every cell shows: a band for the floor, a line for the truth."""

    low: float
    high: float
    log: bool = False
    band: tuple[float, float] | None = None
    line: float | None = None

    def at(self, value: float) -> float:
        """Returns where a value lies in the drawing; what is off the axis lies at its end."""
        low, high, v = (math.log(max(z, 1e-12)) if self.log else z for z in (self.low, self.high, value))
        return round(MARGIN + (WIDTH - 2 * MARGIN) * min(1.0, max(0.0, (v - low) / (high - low))), 2)


def success_axis(run: Run) -> Axis:
    """Returns the axis of success: shares from 0 to 1, the truth's own success as a line."""
    return Axis(0.0, 1.0, line=truth(run, "success"))


def quality_axis(run: Run) -> Axis:
    """Returns the axis of the view's quality metric: shares from 0 to 1, distances as far as they go."""
    metric = run.view.quality.metric
    return distance_axis(run, metric) if run.view.quality.log else Axis(0.0, 1.0, line=truth(run, metric))


def distance_axis(run: Run, metric: str) -> Axis:
    """A logarithmic axis of distances that holds every row; two standard deviations around the floor as a band."""
    least = run.league.floors.get(metric)
    seen = [row.numbers[metric].mean for row in run.rows if metric in row.numbers]
    low, high = rounded(seen + ([] if least is None else [least.mean]))
    return Axis(low, high, log=True, band=None if least is None else least.band, line=truth(run, metric))


def truth(run: Run, metric: str) -> float | None:
    """Returns the mean score of exact draws of the distribution; None where that row or number is missing."""
    found: Sequence[Interval] = [r.numbers[metric] for r in run.rows if r.name == "truth" and metric in r.numbers]
    return found[0].mean if found else None


def rounded(values: Sequence[float]) -> tuple[float, float]:
    """Returns the powers of ten, or twice or five times these, that hold all values; 0.01 to 1 where there are none."""
    positive = [v for v in values if v > 0] or [0.01, 1.0]
    steps = [m * 10.0**e for e in range(-6, 7) for m in (1, 2, 5)]
    low = max(s for s in steps if s <= max(min(positive), steps[0]) * (1 + 1e-9))
    high = min((s for s in steps if s >= max(positive) and s > low), default=steps[-1])
    return low, high
