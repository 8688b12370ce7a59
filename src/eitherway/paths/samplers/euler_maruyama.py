"""Euler-Maruyama predictor-corrector sampler: the SDE dx = f x dt + g dW of `paths/sdes.py` runs backwards as

    dx = [f x - g² ŝ] dt + g dW̄,     ŝ(x, t) = ∇ log p_t(x) = -ε̂ / σ_t           (1)
    x_s = x_t - (t - s) (f x_t - g² ŝ) + g √(t - s) ε                            (2)

and (2) is Euler-Maruyama's step, the paper's predictor. A corrector moves x_t without leaving its level, by Langevin
steps, at rest in the distribution of x_t:

    x ← x + δ ŝ + √(2 δ) ε,     δ = 2 (r σ_t)²                                   (3)

Both are exact for steps that vanish. A last step to t = 0 takes the mean of what is left: x_0 = â.

References:
    Score-Based Generative Modeling through SDEs (Song et al., 2021), https://arxiv.org/abs/2011.13456, eq. (6),
        algorithms 2 to 5
"""

from torch import Generator, Tensor

from eitherway.make import Make
from eitherway.paths.grids import Grid, UniformTimes
from eitherway.paths.samplers.base import Denoise, SingleStep
from eitherway.paths.schedules import Schedule
from eitherway.paths.sdes import drift
from eitherway.registry import register
from eitherway.shape import Chunk


@register
class EulerMaruyama(SingleStep):
    """Euler-Maruyama sampler of the reverse SDE, eq. (2), with optional Langevin corrector steps, eq. (3)."""

    def __init__(
        self,
        *,
        steps: int = 100,
        corrections: int = 0,  # Langevin steps before each step
        ratio: float = 0.16,  # r: of a correction's pull to the noise it adds
        grid: Make[Grid] = Make(UniformTimes),  # where to stop
        noise: float = 1.0,  # scale of the first noise and of fresh noise: below 1, draws keep to the likelier
    ) -> None:
        super().__init__(steps=steps, grid=grid, noise=noise)
        if corrections < 0:
            raise ValueError(f"corrections must be at least 0, got {corrections}")
        if not ratio > 0:
            raise ValueError(f"ratio must be above 0, got {ratio}")
        self.corrections, self.ratio = corrections, ratio

    def step(self, denoise: Denoise, x: Chunk, t: Tensor, s: Tensor, schedule: Schedule, generator: Generator) -> Chunk:
        x, _, eps = self.corrected(denoise, x, t, schedule, generator)
        _, sigma = schedule(t)
        f, g2 = drift(t, schedule)
        return x - (t - s) * (f * x + g2 / sigma * eps) + (g2 * (t - s)).sqrt() * self.fresh(x, generator)  # eq. (2)

    def finish(
        self, denoise: Denoise, x: Chunk, t: Tensor, zero: Tensor, schedule: Schedule, generator: Generator
    ) -> Chunk:
        _, a, _ = self.corrected(denoise, x, t, schedule, generator)
        return a

    def corrected(
        self, denoise: Denoise, x: Chunk, t: Tensor, schedule: Schedule, generator: Generator
    ) -> tuple[Chunk, Chunk, Chunk]:
        """x after its Langevin corrector steps, eq. (3), with the network's (â, ε̂) there."""
        _, sigma = schedule(t)
        for _ in range(self.corrections):
            _, eps = denoise(x, t.expand(len(x)))
            x = x + 2 * self.ratio * sigma * (self.fresh(x, generator) - self.ratio * eps)
        return x, *denoise(x, t.expand(len(x)))
