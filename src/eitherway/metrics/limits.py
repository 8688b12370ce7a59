"""Metrics of action limits: shares of actions outside the recorded range, and of actions that limits changed.

    outside = share of the requested actions of which some number lies outside the range recorded  (1)
    limited = share of the requested actions that were changed before they were carried out        (2)

(1) is counted before limits and needs none. Draws of a head that adds or bends noise leave the range at its edges, a
few in a thousand; a share much larger than that says that draws, or the states that they were made in, are not the
demonstrations'.
"""

from eitherway.evaluation.data import EvaluationData
from eitherway.metrics.base import SHARE, Metric


def read_outside(e: EvaluationData) -> float | None:
    """Share of requested actions outside the recorded range, eq. (1); None for what was not trained."""
    return None if e.outside is None else float(e.outside.mean())


def read_limited(e: EvaluationData) -> float | None:
    """Share of requested actions that limits changed, eq. (2); None where there are no limits."""
    return None if e.limited is None else float(e.limited.mean())


outside = Metric(
    name="outside",
    title="outside",
    better="neither",
    unit="share of actions",
    meaning="requested actions that lie beyond the range of the recorded ones",
    digits=3,
    read=read_outside,
    bounds=SHARE,
    each=lambda e: e.outside,
)
limited = Metric(
    name="limited",
    title="limited",
    better="neither",
    unit="share of actions",
    meaning="requested actions that limits changed before they were carried out",
    digits=3,
    read=read_limited,
    bounds=SHARE,
    each=lambda e: e.limited,
)
