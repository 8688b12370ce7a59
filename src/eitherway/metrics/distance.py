"""Wasserstein-1 between drawn scalar actions and the exact distribution, within groups of similar states.

    W₁ = ∫ |F̂(x) - F(x)| dx                                                  (1)

F̂ is the draws' empirical CDF in a group, F the distribution's exact CDF averaged over that group's own states, both
for one action number; the groups' distances are averaged. Finite samples of the distribution itself score not 0 but the
*floor*.

References:
    Computational Optimal Transport (Peyré and Cuturi, 2019), https://arxiv.org/abs/1803.00567, section 2.6
"""

import torch
from jaxtyping import Float
from torch import Tensor

from eitherway.evaluation.data import EvaluationData, Floor
from eitherway.metrics.base import Metric, decided_once, floors_of, members
from eitherway.shape import Obs
from eitherway.tasks.base import ScalarDistribution, SingleStepTask, Task

CELLS = 12_000  # eq. (1) is summed over so many cells of the range that holds all of the distribution but its tails
ROUNDS = 3
TAIL = 1e-7  # probability of a tail; beyond, F counts as 0 or 1


def wasserstein(x: Float[Tensor, " K"], distribution: ScalarDistribution, obs: Obs) -> float:
    """Wasserstein-1 between numbers x and the distribution, averaged over observations, in the unit of x, eq. (1)."""
    low, high = span(distribution, obs)
    middles = low + (high - low) * (torch.arange(CELLS, dtype=torch.float64) + 0.5) / CELLS
    x = x.double().sort().values
    empirical = torch.searchsorted(x, middles, right=True) / len(x)
    inside = (empirical - distribution.mixed_cdf(middles, obs)).abs().mean() * (high - low)
    beyond = ((low - x).clamp(min=0) + (x - high).clamp(min=0)).mean()
    return float(inside + beyond)


def span(distribution: ScalarDistribution, obs: Obs) -> tuple[float, float]:
    """The support of the distribution averaged over the observations, but for its tails."""
    reach = torch.ones(2, dtype=torch.float64) * torch.tensor([-1, 1])
    while not bool(((distribution.mixed_cdf(reach, obs) - torch.tensor([0, 1])).abs() < TAIL).all()):
        reach = 2 * reach
    ends = []
    for share in (TAIL, 1 - TAIL):
        low, high = reach.unbind()
        for _ in range(ROUNDS):  # each finds the end a thousand times more closely
            grid = low + (high - low) * torch.linspace(0, 1, 1_001, dtype=torch.float64)
            above = int((distribution.mixed_cdf(grid, obs) < share).sum().clamp(1, 1_000))
            low, high = grid[above - 1], grid[above]
        ends.append((low, high))
    return float(ends[0][0]), float(ends[1][1])


def mean_wasserstein(
    x: Float[Tensor, "S B"], obs: Obs, task: SingleStepTask, distribution: ScalarDistribution
) -> float:
    """Wasserstein-1 averaged over the non-empty groups of similar states."""
    distances = [
        wasserstein(x[:, rows].flatten(), distribution, {k: v[rows] for k, v in obs.items()})
        for rows in members(task, obs)
    ]
    return sum(distances) / len(distances)


def floor(task: Task, obs: Obs) -> Floor | None:
    """The sampling floor of Wasserstein-1: what exact samples score here; None where an action is not one number."""
    return floors_of([w1], task, obs).get("w1")


def read_w1(e: EvaluationData) -> float | None:
    """Wasserstein-1 of the draws to the exact distribution; None where that is unknown or not of one number."""
    task = decided_once(e)
    distribution = None if task is None else task.scalar_distribution
    return (
        None
        if task is None or distribution is None
        else mean_wasserstein(e.draws[:, :, 0, 0], e.obs, task, distribution)
    )


w1 = Metric(
    name="w1",
    title="W₁",
    better="lower",
    unit="raw action units",
    meaning="Wasserstein-1 to the exact distribution, within groups of similar states",
    digits=3,
    read=read_w1,
)
w1_floor = Metric(
    name="w1_floor",
    better="neither",
    unit="raw action units",
    meaning="what as many draws of the distribution itself score: the mean of 20 sets",
    digits=4,
    read=lambda e: e.floors["w1"].mean if "w1" in e.floors else None,
)
