"""Two-sample distances between drawn chunks and the true distribution: energy distance and sliced Wasserstein-1.

    D²(X, Y) = 2/nm Σ|x_i - y_j| - 1/n² Σ|x_i - x_j| - 1/m² Σ|y_i - y_j|      (1)
    W(X, Y)  = E_u 1/n Σ_i |⟨u, x⟩_(i) - ⟨u, y⟩_(i)|,   |u| = 1               (2)

X are a group's draws, flattened to H D numbers, Y as many fresh draws of the distribution at the very same states. (1)
is the energy distance, D ≥ 0 and 0 only for equal samples (the V-statistic: all pairs count, so draws of the
distribution itself score D² = 2/n E|x - x'| on average and not 0); (2) is Wasserstein-1 of projections on 64 fixed
directions, _(i) the i-th smallest. Both are averaged over groups of similar states. A path begins where the state is,
so chunks that suit other states of the group count as wrong.

References:
    Energy statistics (Székely and Rizzo, 2013), https://doi.org/10.1016/j.jspi.2013.03.018
    Sliced and Radon Wasserstein Barycenters of Measures (Bonneel et al., 2015),
        https://doi.org/10.1007/s10851-014-0506-3
"""

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from eitherway.evaluation.data import EvaluationData
from eitherway.metrics.base import Metric, decided_once, members
from eitherway.randomness import stream

ROWS = 1_000  # of the table of all pairs, at a time
DIRECTIONS = 64

Sample = Float[Tensor, "_ F"]


def energy(x: Sample, y: Sample) -> float:
    """The energy distance D between two samples, eq. (1), in the root of their unit."""
    squared = 2 * mean_distance(x, y) - mean_distance(x, x) - mean_distance(y, y)
    return max(0.0, squared) ** 0.5


def mean_distance(x: Sample, y: Sample) -> float:
    """The mean of |x_i - y_j| over all pairs, some rows of the table at a time."""
    total = sum(float(torch.cdist(rows, y).sum()) for rows in x.split(ROWS))
    return total / (len(x) * len(y))


def sliced(x: Sample, y: Sample) -> float:
    """Sliced Wasserstein-1 between two samples of one size, eq. (2), in their unit."""
    u = torch.randn((DIRECTIONS, x.shape[1]), generator=stream(0, "directions"), dtype=x.dtype)
    u = u / u.norm(dim=1, keepdim=True)
    return float(np.abs(np.sort((u @ x.T).numpy()) - np.sort((u @ y.T).numpy())).mean())


def between_samples(distance: Callable[[Sample, Sample], float]) -> Callable[[EvaluationData], float | None]:
    """A two-sample distance averaged over groups; None without a known p(a | o), or where scalars have an exact W₁."""

    def read(e: EvaluationData) -> float | None:
        task, steps = decided_once(e), e.task.spec.horizon
        distribution = None if task is None else task.distribution
        if task is None or distribution is None or task.scalar_distribution is not None or e.draws.shape[2] < steps:
            return None
        fresh = distribution.sample(e.obs, len(e.draws), stream(0, "fresh"))
        x, y = (draws[:, :, :steps].flatten(2).double() for draws in (e.draws, fresh))
        found = [distance(x[:, rows].flatten(0, 1), y[:, rows].flatten(0, 1)) for rows in members(task, e.obs)]
        return sum(found) / len(found)

    return read


energy_distance = Metric(
    name="energy",
    title="energy",
    better="lower",
    unit="root of raw action units",
    meaning="energy distance to as many draws of the exact distribution, within groups of similar states",
    digits=3,
    read=between_samples(energy),
)
sliced_w1 = Metric(
    name="sliced_w1",
    title="sliced W₁",
    better="lower",
    unit="raw action units",
    meaning="Wasserstein-1 to as many draws of the true distribution, along 64 directions, within groups of states",
    digits=3,
    read=between_samples(sliced),
)
