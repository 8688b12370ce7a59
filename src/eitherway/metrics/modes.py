"""Mode metrics of single-step tasks: how often each mode is drawn against its true probability, and how many are.

    mode error  = ½ Σ_w |q_w - p_w|                                            (1)
    minor modes = mean_s Σ_{w ≠ w*(s)} q_w(s) / mean_s Σ_{w ≠ w*(s)} p_w(s)    (2)

q_w is the share of the draws in a group of similar states that take mode w, p_w the distribution's probability of it.
Where all draws take some mode (1) is the total variation between the two; a draw that takes none is missing from a
share, and is not counted a second time. w*(s) is the likeliest mode of state s: (2) is 1 where the others are taken as
often as they should be, whether they are likely or rare, and 0 where they never are.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from eitherway.evaluation.data import EvaluationData
from eitherway.metrics.base import SHARE, Metric, decided_once, members

RIGHT = 0.1  # a mode counts as right in a group where the distribution gives it this part of an even share
TAKEN = 0.02  # and as taken where it gets this part of an even share of the draws


def shares(e: EvaluationData) -> tuple[Float[Tensor, "groups W"], Float[Tensor, "groups W"]] | None:
    """The share of draws in each mode, and its true probability, for each group of similar states."""
    task = decided_once(e)
    if task is None or task.distribution is None or not task.mode_names:
        return None
    distribution, modes = task.distribution, len(task.mode_names)
    mode, taken, right = task.mode_of(e.obs, e.draws), [], []
    for rows in members(task, e.obs):
        gone = mode[:, rows].flatten()
        taken.append(torch.bincount(gone[gone >= 0], minlength=modes).double() / len(gone))
        right.append(distribution.mode_probabilities({k: v[rows] for k, v in e.obs.items()}).mean(0))
    return torch.stack(taken), torch.stack(right)


def read_mode_error(e: EvaluationData) -> float | None:
    """Mode error, eq. (1), averaged over groups; None where the distribution is unknown or has no modes."""
    pair = shares(e)
    return None if pair is None else float((pair[0] - pair[1]).abs().sum(1).mean() / 2)


def read_coverage(e: EvaluationData) -> float | None:
    """Mode coverage: the share of valid modes that are drawn, averaged over groups of similar states.

    Not over all states at once: a deterministic head that goes left here and right there would score 1.
    """
    pair = shares(e)
    if pair is None:
        return None
    modes = pair[0].shape[1]
    right, taken = pair[1] >= RIGHT / modes, pair[0] >= TAKEN / modes
    return float(((right & taken).sum(1) / right.sum(1)).mean())


def read_minor_modes(e: EvaluationData) -> float | None:
    """Relative mass of the minor modes, eq. (2); None where p(a | o) is unknown or unimodal in each state."""
    task = decided_once(e)
    if task is None or task.distribution is None or not task.mode_names:
        return None
    mode, taken, right = task.mode_of(e.obs, e.draws), 0.0, 0.0
    for rows in members(task, e.obs):
        most, which = task.distribution.mode_probabilities({k: v[rows] for k, v in e.obs.items()}).max(-1)
        gone = mode[:, rows]
        taken += float(((gone >= 0) & (gone != which)).double().mean(0).sum())
        right += float((1 - most).sum())
    return taken / right if right > 0 else None


mode_error = Metric(
    name="mode_error",
    title="mode error",
    better="lower",
    unit="probability",
    meaning="total variation between the modes' shares of the draws and their true probabilities, in groups of states",
    digits=3,
    read=read_mode_error,
    bounds=SHARE,
)
mode_coverage = Metric(
    name="mode_coverage",
    title="mode coverage",
    better="higher",
    unit="share of modes",
    meaning="modes of at least a tenth of an even share that get a fiftieth of it or more, in groups of states",
    digits=3,
    read=read_coverage,
    bounds=SHARE,
)
minor_modes = Metric(
    name="minor_modes",
    title="minor modes",
    better="neither",
    unit="of their probability",
    meaning="draws of other modes than the state's likeliest, over the true probability of these: 1 is right",
    digits=2,
    read=read_minor_modes,
)
