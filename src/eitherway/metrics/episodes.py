"""Along the way: how long episodic tasks take, which modes they go, and how often they change their mind.

    entropy of modes    -Σ_w q_w log_W q_w                                     (1)
    mode distance       ½ Σ_w |q_w - p_w|                                      (2)

q_w is the share of mode w among *successful* episodes, W the number of modes, p_w how often the demonstrator goes it.
(1) is D3IL's: 1 when all modes are taken alike, though demonstrators need not. (2) is the total variation to the
demonstrator; finite samples of the demonstrator himself score not 0 but the floor that stands beside it.

Commitment is measured twice. A *change of mind* is a decision about the same thing as the decision before it that is
about to go another mode; it is counted among all decisions that are about the same thing as the one before, for who
decides more often has more occasions. The *jump* is the distance between the first action of a chunk and what the
chunk before had planned for that very step: 0 for a policy that sticks to its plans.

References:
    Towards Diverse Behaviors (D3IL; Jia et al., 2024), https://arxiv.org/abs/2402.14606
"""

import numpy as np
from jaxtyping import Float

from eitherway.evaluation.data import EvaluationData, Floor
from eitherway.metrics.base import SHARE, Metric
from eitherway.tasks.base import EpisodicTask

SETS = 200  # of demonstrator's modes that the floor is the mean of


def taken(e: EvaluationData) -> tuple[Float[np.ndarray, " W"], Float[np.ndarray, " W"]] | None:
    """How many successful episodes went each mode, and the demonstrator's shares; None where modes have no names."""
    task = e.task
    if not isinstance(task, EpisodicTask) or e.rollouts is None or task.mode_frequencies is None:
        return None
    mode = task.mode_of(e.rollouts.info)
    if mode is None:
        return None
    return np.bincount(mode[e.success & (mode >= 0)], minlength=len(task.mode_frequencies)).astype(
        float
    ), task.mode_frequencies


def read_entropy(e: EvaluationData) -> float | None:
    """Eq. (1); 0 where no episode succeeds, as in D3IL."""
    pair = taken(e)
    if pair is None:
        return None
    q = pair[0][pair[0] > 0] / max(pair[0].sum(), 1)
    return float(-(q * np.log(q)).sum() / np.log(len(pair[1]))) + 0.0


def read_distance(e: EvaluationData) -> float | None:
    """Eq. (2); None where no episode succeeds."""
    pair = taken(e)
    if pair is None or not pair[0].sum():
        return None
    return float(np.abs(pair[0] / pair[0].sum() - pair[1]).sum() / 2)


def read_floor(e: EvaluationData) -> float | None:
    """The floor of eq. (2) for as many episodes as succeeded."""
    pair = taken(e)
    return None if pair is None or not pair[0].sum() else distance_floor(pair[1], int(pair[0].sum())).mean


def distance_floor(mode_frequencies: Float[np.ndarray, " W"], episodes: int) -> Floor:
    """What so many episodes of the demonstrator himself score in eq. (2)."""
    drawn = np.random.default_rng(0).multinomial(episodes, mode_frequencies, size=SETS) / episodes
    far = np.abs(drawn - mode_frequencies).sum(1) / 2
    return Floor(float(far.mean()), float(far.std(ddof=1)), SETS)


def read_steps(e: EvaluationData) -> float | None:
    """Mean steps of the successful episodes; None where there are none."""
    if e.rollouts is None or not e.success.any():
        return None
    return float(e.rollouts.steps[e.success].mean())


def read_mode_switches(e: EvaluationData) -> float | None:
    """Share of changes of mind; None where nobody can say what a chunk is about to decide, or it comes but once."""
    if e.rollouts is None or e.rollouts.committed_mode is None:
        return None
    matter, choice = e.rollouts.committed_mode[..., 0], e.rollouts.committed_mode[..., 1]
    again = (matter[:, 1:] == matter[:, :-1]) & (matter[:, 1:] >= 0)
    if not again.any():
        return None
    return float((choice[:, 1:] != choice[:, :-1])[again].mean())


def read_boundary_jump(e: EvaluationData) -> float | None:
    """The mean jump over all decisions that had a plan before them; None where no chunk outlasts a decision."""
    if e.rollouts is None or not np.isfinite(e.rollouts.boundary_gap).any():
        return None
    return float(np.nanmean(e.rollouts.boundary_gap, dtype=np.float64))


mode_entropy = Metric(
    name="mode_entropy",
    title="mode entropy",
    better="neither",
    unit="of the largest",
    meaning="entropy of the modes of successful episodes, in the base of their number (D3IL's)",
    digits=3,
    read=read_entropy,
    bounds=SHARE,
)
mode_distance = Metric(
    name="mode_distance",
    title="mode distance",
    better="lower",
    unit="probability",
    meaning="total variation between the modes of successful episodes and the demonstrator's",
    digits=3,
    read=read_distance,
    bounds=SHARE,
)
mode_distance_floor = Metric(
    name="mode_distance_floor",
    title="its floor",
    better="neither",
    unit="probability",
    meaning="what as many of the demonstrator's own episodes score: the mean of 200 sets",
    digits=3,
    read=read_floor,
    bounds=SHARE,
)
steps = Metric(
    name="steps",
    title="steps",
    better="lower",
    unit="control steps",
    meaning="mean length of the successful episodes",
    digits=0,
    read=read_steps,
)
mode_switch_rate = Metric(
    name="mode_switch_rate",
    title="mode switches",
    better="lower",
    unit="share of decisions",
    meaning="changes of mind: of the decisions about the same thing as the one before, those about to go another mode",
    digits=3,
    read=read_mode_switches,
    bounds=SHARE,
)
chunk_boundary_jump = Metric(
    name="chunk_boundary_jump",
    title="boundary jump",
    better="lower",
    unit="raw action units",
    meaning="distance between a chunk's first action and what the chunk before had planned for that step",
    digits=3,
    read=read_boundary_jump,
)
