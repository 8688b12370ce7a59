"""Explicit Runge-Kutta samplers of the probability-flow ODE dx/dt = v, v = α' â + σ' ε̂, by Butcher tableaux.

    k_i = v(x_t + h Σ_{j<i} m_ij k_j,  t + n_i h),     x_s = x_t + h Σ_i w_i k_i,     h = s - t       (1)

A method of order p has an error of h^p; it takes as many evaluations a step as it has nodes n_i.

References:
    Solving Ordinary Differential Equations I (Hairer, Nørsett and Wanner, 1993), section II.1
    A Family of Embedded Runge-Kutta Formulae (Dormand and Prince, 1980), https://doi.org/10.1016/0771-050X(80)90013-3
    Some Practical Runge-Kutta Formulas (Shampine, 1986), https://doi.org/10.1090/S0025-5718-1986-0815836-3
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Generator, Tensor

from eitherway.make import Make
from eitherway.paths.grids import Grid, UniformTimes
from eitherway.paths.samplers.base import Denoise, SingleStep
from eitherway.paths.schedules import Schedule
from eitherway.registry import register
from eitherway.shape import Chunk, Each

Field = Callable[[Chunk, Each], Chunk]  # (x, t) -> dx/dt
Row = tuple[float, ...]


@dataclass(frozen=True)
class Tableau:
    """The Butcher tableau of a Runge-Kutta method, eq. (1)."""

    nodes: Row  # n: the sums of m's rows
    matrix: tuple[Row, ...]  # m, row by row below the diagonal
    weights: Row  # w
    lower: Row = ()  # other weights, of a lower order: the difference tells the error


DORMAND_PRINCE = Tableau(
    (0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1),
    (
        (),
        (1 / 5,),
        (3 / 40, 9 / 40),
        (44 / 45, -56 / 15, 32 / 9),
        (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
        (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
        (35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
    ),
    (35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84, 0),
    (1951 / 21600, 0, 22642 / 50085, 451 / 720, -12231 / 42400, 649 / 6300, 1 / 60),  # Shampine's
)
TABLEAUX: Mapping[str, Tableau] = {
    "euler": Tableau((0,), ((),), (1,)),
    "midpoint": Tableau((0, 1 / 2), ((), (1 / 2,)), (0, 1)),
    "heun": Tableau((0, 1), ((), (1,)), (1 / 2, 1 / 2)),
    "rk4": Tableau((0, 1 / 2, 1 / 2, 1), ((), (1 / 2,), (0, 1 / 2), (0, 0, 1)), (1 / 6, 1 / 3, 1 / 3, 1 / 6)),
    "three-eighths": Tableau(
        (0, 1 / 3, 2 / 3, 1), ((), (1 / 3,), (-1 / 3, 1), (1, -1, 1)), (1 / 8, 3 / 8, 3 / 8, 1 / 8)
    ),
}


@register
class RungeKutta(SingleStep):
    """Explicit fixed-step Runge-Kutta ODE sampler (Euler, midpoint, Heun, RK4, ...) in the path's own time, eq. (1)."""

    def __init__(
        self,
        *,
        steps: int = 10,
        method: Literal["euler", "midpoint", "heun", "rk4", "three-eighths"] = "rk4",  # of order 1, 2, 2, 4, 4
        grid: Make[Grid] = Make(UniformTimes),  # where to stop
        noise: float = 1.0,  # scale of the first noise: below 1, draws keep to the likelier
    ) -> None:
        super().__init__(steps=steps, grid=grid, noise=noise)
        self.tableau = TABLEAUX[method]

    def step(self, denoise: Denoise, x: Chunk, t: Tensor, s: Tensor, schedule: Schedule, generator: Generator) -> Chunk:
        each, h = t.expand(len(x)), (s - t).expand(len(x))
        slopes = stages(velocity(denoise, schedule), x, each, h, self.tableau)
        return x + h[:, None, None] * mix(self.tableau.weights, slopes)


def velocity(denoise: Denoise, schedule: Schedule) -> Field:
    """The velocity field dx/dt = α' â + σ' ε̂; raises ValueError where a path has no such velocity."""

    def field(x: Chunk, t: Each) -> Chunk:
        a, eps = denoise(x, t)
        alpha_rate, sigma_rate = schedule.rates(t[:, None, None])
        if not (alpha_rate.isfinite() & sigma_rate.isfinite()).all():
            name, where = type(schedule).__name__, float(t.min())
            raise ValueError(f"{name} has no velocity at t = {where:g}: take Heun or DPMSolver, which need none")
        return alpha_rate * a + sigma_rate * eps

    return field


def stages(field: Field, x: Chunk, t: Each, h: Each, tableau: Tableau, first: Chunk | None = None) -> list[Chunk]:
    """The slopes k_i of eq. (1) for a step of h; `first` is k_1 where it is known."""
    slopes = [field(x, t) if first is None else first]
    for node, row in zip(tableau.nodes[1:], tableau.matrix[1:], strict=True):
        slopes.append(field(x + h[:, None, None] * mix(row, slopes), t + node * h))
    return slopes


def mix(weights: Row, slopes: list[Chunk]) -> Chunk:
    """The weighted sum Σ w_i k_i over as many slopes as there are."""
    total = torch.zeros_like(slopes[0])
    for w, k in zip(weights, slopes, strict=True):
        total = total + w * k if w else total
    return total
