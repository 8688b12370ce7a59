"""Metrics of closed-loop episodes: length, diversity of modes, and commitment to a mode across chunks.

    entropy of modes    -Σ_w q_w log_W q_w                                     (1)
    mode distance       ½ Σ_w |q_w - p_w|                                      (2)

q_w is the share of mode w among *successful* episodes, W the number of modes, p_w how often the demonstrator takes it.
(1) is D3IL's: 1 when all modes are taken alike, though demonstrators need not. (2) is the total variation to the
demonstrator; finite samples of the demonstrator itself score not 0 but the floor that stands beside it.

Commitment is measured twice. A *mode switch* is a decision about the same choice as the decision before it that
commits to another mode; it is counted among all decisions that are about the same choice as the one before, for who
decides more often has more occasions. The *boundary jump* is the distance between the first action of a chunk and what
the chunk before had planned for that very step: 0 for a policy that sticks to its plans.

References:
    Towards Diverse Behaviors (D3IL; Jia et al., 2024), https://arxiv.org/abs/2402.14606
"""

import numpy as np
from jaxtyping import Float

from eitherway.evaluation.data import EvaluationData, Floor
from eitherway.metrics.base import SHARE, Metric
from eitherway.tasks.base import EpisodicTask

SETS = 200  # sets of the demonstrator's modes that the floor is the mean of


def taken(e: EvaluationData) -> tuple[Float[np.ndarray, " W"], Float[np.ndarray, " W"]] | None:
    """Successful episodes by mode, and the demonstrator's mode frequencies; None where modes have no names."""
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
    """Entropy of the modes, eq. (1); 0 where no episode succeeds, as in D3IL."""
    pair = taken(e)
    if pair is None:
        return None
    q = pair[0][pair[0] > 0] / max(pair[0].sum(), 1)
    return float(-(q * np.log(q)).sum() / np.log(len(pair[1]))) + 0.0


def read_distance(e: EvaluationData) -> float | None:
    """Total variation to the demonstrator's modes, eq. (2); None where no episode succeeds."""
    pair = taken(e)
    if pair is None or not pair[0].sum():
        return None
    return float(np.abs(pair[0] / pair[0].sum() - pair[1]).sum() / 2)


def read_floor(e: EvaluationData) -> float | None:
    """The sampling floor of eq. (2) for as many episodes as succeeded."""
    pair = taken(e)
    return None if pair is None or not pair[0].sum() else distance_floor(pair[1], int(pair[0].sum())).mean


def distance_floor(mode_frequencies: Float[np.ndarray, " W"], episodes: int) -> Floor:
    """The sampling floor of eq. (2): what so many episodes of the demonstrator itself score."""
    drawn = np.random.default_rng(0).multinomial(episodes, mode_frequencies, size=SETS) / episodes
    far = np.abs(drawn - mode_frequencies).sum(1) / 2
    return Floor(float(far.mean()), float(far.std(ddof=1)), SETS)


def read_steps(e: EvaluationData) -> float | None:
    """Mean length of the successful episodes in control steps; None where there are none."""
    if e.rollouts is None or not e.success.any():
        return None
    return float(e.rollouts.steps[e.success].mean())


def read_mode_switches(e: EvaluationData) -> float | None:
    """Share of decisions that switch modes; None where the committed mode is unknown, or no choice comes up again."""
    if e.rollouts is None or e.rollouts.committed_mode is None:
        return None
    choice, mode = e.rollouts.committed_mode[..., 0], e.rollouts.committed_mode[..., 1]
    again = (choice[:, 1:] == choice[:, :-1]) & (choice[:, 1:] >= 0)
    if not again.any():
        return None
    return float((mode[:, 1:] != mode[:, :-1])[again].mean())


def read_boundary_jump(e: EvaluationData) -> float | None:
    """Mean boundary jump over all decisions with a plan left from before; None where no chunk outlasts a decision."""
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
    meaning="of the decisions about the same choice as the one before, those that commit to another mode",
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
