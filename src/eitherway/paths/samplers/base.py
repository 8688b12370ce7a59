"""Base classes of samplers, which go from noise to an action through the times of a grid.

They are written against what a network takes x_t = α_t a + σ_t ε to be made of: the action â and the noise ε̂.
"""

import abc
from collections.abc import Callable, Iterator
from itertools import pairwise

from torch import Generator, Tensor

from eitherway.make import Make
from eitherway.paths.grids import Grid, UniformTimes
from eitherway.paths.schedules import Schedule
from eitherway.randomness import normal_like
from eitherway.registry import Classes
from eitherway.shape import Chunk, Each

Denoise = Callable[[Chunk, Each], tuple[Chunk, Chunk]]  # (x_t, t) -> (â, ε̂)


class Sampler(abc.ABC):
    """A sampler: integrates from noise to an action through the times of a grid."""

    clip: float | None = None  # where actions are held on the way, if they are

    def __init__(self, *, steps: int = 10, grid: Make[Grid] = Make(UniformTimes), noise: float = 1.0) -> None:
        if steps < 1:
            raise ValueError(f"a sampler needs at least 1 step, got {steps}")
        if not noise >= 0:
            raise ValueError(f"noise must be at least 0, got {noise}")
        self.steps, self.grid, self.noise = steps, grid(), noise

    def __call__(self, denoise: Denoise, eps: Chunk, schedule: Schedule, generator: Generator) -> Iterator[Chunk]:
        """Yields the noisy chunk x_t at each time of the grid, from pure noise to the action at t = 0.

        The noise is as large as x_t is there for actions of unit variance: √(α² + σ²) ε, so ε itself on a
        variance-preserving path, and at the end of any path. The option `noise` scales it.
        """
        times = self.grid(self.steps, schedule).to(eps)
        alpha, sigma = schedule(times[0])
        x = eps * (alpha**2 + sigma**2).sqrt() * self.noise
        yield x
        yield from self.walk(denoise, x, times, schedule, generator)

    @abc.abstractmethod
    def walk(
        self, denoise: Denoise, x: Chunk, times: Tensor, schedule: Schedule, generator: Generator
    ) -> Iterator[Chunk]:
        """Yields the chunk at each time but the first, given x at the first; this is the sampler's method."""

    def fresh(self, x: Chunk, generator: Generator) -> Chunk:
        """Fresh Gaussian noise in the shape of x, scaled as the first noise was."""
        return self.noise * normal_like(x, generator)


SAMPLERS = Classes("sampler", Sampler)


class SingleStep(Sampler):
    """A single-step sampler: each step depends on the current x_t alone, not on earlier steps."""

    def walk(
        self, denoise: Denoise, x: Chunk, times: Tensor, schedule: Schedule, generator: Generator
    ) -> Iterator[Chunk]:
        for t, s in pairwise(times[:-1]):
            x = self.step(denoise, x, t, s, schedule, generator)
            yield x
        yield self.finish(denoise, x, times[-2], times[-1], schedule, generator)

    @abc.abstractmethod
    def step(self, denoise: Denoise, x: Chunk, t: Tensor, s: Tensor, schedule: Schedule, generator: Generator) -> Chunk:
        """One step from x at time t to the chunk at the earlier time s."""

    def finish(
        self, denoise: Denoise, x: Chunk, t: Tensor, zero: Tensor, schedule: Schedule, generator: Generator
    ) -> Chunk:
        """The last step, to time 0; by default a step like any other."""
        return self.step(denoise, x, t, zero, schedule, generator)
