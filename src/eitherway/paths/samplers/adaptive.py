"""Adaptive Dormand-Prince sampler (RK45), with the step size controlled separately for each row.

    x_s  = x_t + h Σ w_i k_i           the step, of order 5                                (1)
    e    = h Σ (w_i - w'_i) k_i        its error, from weights w' of order 4             (2)
    q    = rms( e / (atol + rtol max(|x_t|, |x_s|)) )    over a row's own numbers        (3)

A step with q ≤ 1 is taken, and the next one is 0.9 q^(-1/5) times as long, within [0.2, 10]. Solvers of batches
take the mean in (3) over all rows, and then what a policy does in one state depends on which others it is asked about.
Here each row has its own time and step; a row that has arrived waits for the rest with steps of no length.

References:
    A Family of Embedded Runge-Kutta Formulae (Dormand and Prince, 1980), https://doi.org/10.1016/0771-050X(80)90013-3
    Solving Ordinary Differential Equations I (Hairer, Nørsett and Wanner, 1993), section II.4
"""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor

from eitherway.make import Make
from eitherway.paths.grids import Grid, UniformTimes
from eitherway.paths.samplers.base import Denoise, Sampler
from eitherway.paths.samplers.runge_kutta import DORMAND_PRINCE, mix, stages, velocity
from eitherway.paths.schedules import Schedule
from eitherway.registry import register
from eitherway.shape import Chunk, Each

SAFETY, SHRINK, GROW = 0.9, 0.2, 10.0  # of the step length, as in most solvers
ERROR = tuple(w - v for w, v in zip(DORMAND_PRINCE.weights, DORMAND_PRINCE.lower, strict=True))


class TooStiff(ArithmeticError):
    """Raised where the tolerance would need too many steps."""


@register
class Adaptive(Sampler):
    """Adaptive Dormand-Prince ODE sampler (RK45), eq. (1) to (3), with a step size of its own for each row."""

    def __init__(
        self,
        *,
        rtol: float = 1e-3,  # error allowed in a step, as a share of x
        atol: float = 1e-3,  # and beside it, in units of x
        first: float = 0.1,  # length of the first step tried
        attempts: int = 1_000,  # steps tried from stop to stop before giving up
        steps: int = 1,  # stops at which the path is shown; every row has to land on each
        grid: Make[Grid] = Make(UniformTimes),
        noise: float = 1.0,  # scale of the first noise: below 1, draws keep to the likelier
    ) -> None:
        super().__init__(steps=steps, grid=grid, noise=noise)
        if not (rtol > 0 and atol > 0 and first > 0):
            raise ValueError(f"rtol, atol and first must be above 0, got {rtol}, {atol} and {first}")
        if attempts < 1:
            raise ValueError(f"attempts must be at least 1, got {attempts}")
        self.rtol, self.atol, self.first, self.attempts = rtol, atol, first, attempts

    def walk(
        self, denoise: Denoise, x: Chunk, times: Tensor, schedule: Schedule, generator: Generator
    ) -> Iterator[Chunk]:
        field = velocity(denoise, schedule)
        t = times[0].expand(len(x))
        length, slope = torch.full_like(t, self.first), field(x, t)
        for stop in times[1:]:
            for _ in range(self.attempts):
                left = t - stop  # B
                h = -torch.minimum(length, left)
                slopes = stages(field, x, t, h, DORMAND_PRINCE, slope)
                end = x + h[:, None, None] * mix(DORMAND_PRINCE.weights, slopes)  # eq. (1)
                q = self.error(h[:, None, None] * mix(ERROR, slopes), x, end)
                good, whole = q <= 1, length < left
                t = torch.where(good, torch.where(whole, t + h, stop), t)
                x, slope = (torch.where(good[:, None, None], new, old) for new, old in ((end, x), (slopes[-1], slope)))
                factor = (SAFETY * q ** (-1 / 5)).clamp(SHRINK, GROW)
                length = torch.where(good & ~whole, length, -h * torch.where(good, factor.clamp(min=1), factor))
                if bool((t == stop).all()):
                    break
            else:
                raise TooStiff(f"no way to t = {float(stop):g} within the tolerance in {self.attempts} steps")
            yield x

    def error(self, e: Chunk, x: Chunk, end: Chunk) -> Each:
        """The scaled error norm q of each row, eq. (3)."""
        allowed = self.atol + self.rtol * torch.maximum(x.abs(), end.abs())
        return (e / allowed).square().mean((1, 2)).sqrt()
