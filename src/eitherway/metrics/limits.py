"""How far a policy goes beyond its demonstrations, and how often limits hold it back: shares of actions.

    outside = share of the actions wanted of which some number lies outside the range recorded     (1)
    limited = share of the actions wanted that were changed before they were carried out           (2)

(1) is counted before limits and needs none. Draws of a head that adds or bends noise leave the range at its edges, a
few in a hundred; a share much larger than that says that draws, or the states that they were made in, are not the
demonstrations'.
"""

from eitherway.evaluation.data import EvaluationData
from eitherway.metrics.base import SHARE, Metric


def read_outside(e: EvaluationData) -> float | None:
    """Eq. (1); None for what was not trained on demonstrations."""
    return None if e.outside is None else float(e.outside.mean())


def read_limited(e: EvaluationData) -> float | None:
    """Eq. (2); None where there are no limits."""
    return None if e.limited is None else float(e.limited.mean())


outside = Metric(
    name="outside",
    title="outside",
    better="neither",
    unit="share of actions",
    meaning="actions wanted that lie beyond the range of the recorded ones",
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
    meaning="actions wanted that limits changed before they were carried out",
    digits=3,
    read=read_limited,
    bounds=SHARE,
    each=lambda e: e.limited,
)
