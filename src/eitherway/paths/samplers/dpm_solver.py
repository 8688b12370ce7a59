"""DPM-Solver++(2M), the second-order multistep sampler: DDIM's step from a linearly extrapolated action.

    â' = â + (h / 2h₋) (â - â₋),     ε̂' = (x_t - α_t â') / σ_t                   (1)
    x_s = α_s â' + σ_s ( √(1 - η²τ) ε̂' + η√τ ε ),     τ = 1 - e^(-2h)           (2)

h is how far the level log(σ / α) falls in this step; â₋ and h₋ are what the network said one step before and how long
that step was. (1) is the value of the line through both answers in the middle of the step, so (2) is exact to second
order for one evaluation a step. The first step has nothing to remember and the last, to s = 0, takes x_0 = â: neither
looks ahead.

    η = 0: DPM-Solver++(2M), an ordinary differential equation.
    η = 1: SDE-DPM-Solver++(2M), a stochastic one.

References:
    DPM-Solver++ (Lu et al., 2022), https://arxiv.org/abs/2211.01095, algorithm 2 and appendix A
"""

from collections.abc import Iterator
from itertools import pairwise

from torch import Generator, Tensor

from eitherway.make import Make
from eitherway.paths.grids import Grid, UniformLogSNR
from eitherway.paths.samplers.base import Denoise, Sampler
from eitherway.paths.samplers.ddim import DDIM
from eitherway.paths.schedules import Schedule
from eitherway.registry import register
from eitherway.shape import Chunk


@register
class DPMSolver(Sampler):
    """DPM-Solver++(2M) sampler (Lu et al., 2022), eq. (1) and (2); second order for one evaluation a step."""

    def __init__(
        self,
        *,
        steps: int = 10,
        eta: float = 0.0,  # share of fresh noise: 0 none, 1 all there is room for
        grid: Make[Grid] = Make(UniformLogSNR),  # where to stop
        noise: float = 1.0,  # scale of the first noise and of fresh noise: below 1, draws keep to the likelier
    ) -> None:
        super().__init__(steps=steps, grid=grid, noise=noise)
        self.single = DDIM(steps=steps, eta=eta, grid=grid, noise=noise)

    def walk(
        self, denoise: Denoise, x: Chunk, times: Tensor, schedule: Schedule, generator: Generator
    ) -> Iterator[Chunk]:
        falls = -schedule.level(times).diff()  # h of each step: ∞ for the last, which leaves no noise
        before = x  # until there is an answer, not looked at
        for i, (t, s) in enumerate(pairwise(times)):
            a, _ = denoise(x, t.expand(len(x)))
            ahead = a + falls[i] / (2 * falls[i - 1]) * (a - before) if 0 < i < self.steps - 1 else a  # eq. (1)
            alpha, sigma = schedule(t)
            looked = always(ahead, (x - alpha * ahead) / sigma)
            x = self.single.step(looked, x, t, s, schedule, generator)  # eq. (2)
            before = a
            yield x


def always(a: Chunk, eps: Chunk) -> Denoise:
    """A denoiser that returns the same (â, ε̂) at every x_t and t."""
    return lambda x, t: (a, eps)
