"""The base class of heads that sample iteratively from noise: diffusion, score-based models and flow matching.

Training draws a time t and noise ε for each example and shows the network x_t = α_t a + σ_t ε; drawing walks from
pure noise back to t = 0 with a sampler. A subclass says only what its network predicts.
"""

import abc
from collections.abc import Iterator
from functools import partial
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from eitherway.backbones.base import Net
from eitherway.heads.base import Density
from eitherway.heads.push_forward import PushForward
from eitherway.paths import Divergence, Sampler, Schedule, Times, Weighting, log_prob
from eitherway.paths.likelihood import EXACT, Likelihood
from eitherway.paths.scalings import AS_IT_IS, Scaling
from eitherway.paths.weightings import EVEN
from eitherway.randomness import normal_like
from eitherway.shape import Chunk, Context, Draws, Each, Shape, tile


class IterativeSampler(Density, PushForward):
    """A head that draws by iterative denoising; its density is that of its probability-flow ODE."""

    drawing: ClassVar[frozenset[str]] = frozenset({"sampler"})

    def __init__(
        self,
        shape: Shape,
        net: Net,
        schedule: Schedule,
        times: Times,
        sampler: Sampler,
        weighting: Weighting = EVEN,
        scaling: Scaling = AS_IT_IS,
        divergence: Divergence = EXACT,
    ) -> None:
        super().__init__(shape)
        self.schedule, self.times, self.sampler = schedule, times, sampler
        self.weighting, self.scaling, self.divergence = weighting, scaling, divergence
        self.net = net(shape, d_in=shape.action, d_out=shape.action, times=1)

    @abc.abstractmethod
    def target(self, a: Chunk, eps: Chunk, t: Float[Tensor, "B 1 1"]) -> Chunk:
        """The regression target of the network at x_t = α_t a + σ_t ε."""

    @abc.abstractmethod
    def read(self, y: Chunk, x_t: Chunk, t: Float[Tensor, "B 1 1"]) -> tuple[Chunk, Chunk]:
        """The action and noise estimates (â, ε̂) that a prediction y implies for x_t."""

    def predict(self, c: Context, x_t: Chunk, t: Each) -> Chunk:
        """The network's prediction y at time t."""
        shown = self.scaling(x_t, t[:, None, None], self.schedule)
        return self.net(c, shown, self.times.tell(t, self.schedule))

    def denoise(self, c: Context, x_t: Chunk, t: Each) -> tuple[Chunk, Chunk]:
        """The action and noise estimates (â, ε̂) at time t."""
        return self.read(self.predict(c, x_t, t), x_t, t[:, None, None])

    def loss(self, a: Chunk, c: Context, generator: Generator) -> Each:
        t, eps = self.times.draw(a, self.schedule, generator), normal_like(a, generator)
        alpha, sigma = self.schedule(t[:, None, None])
        error = self.predict(c, alpha * a + sigma * eps, t) - self.target(a, eps, t[:, None, None])
        gain, _ = self.read(torch.ones_like(a), torch.zeros_like(a), t[:, None, None])  # ∂â/∂y: â is linear in both
        return (self.weighting(gain, alpha, sigma) * error.square()).mean((1, 2))

    def validate(self) -> None:
        """Samples once with a network that answers 0: path, target, sampler and grid must not divide by 0."""
        eps = torch.ones(1, self.shape.horizon, self.shape.action)
        read = partial(self.read, torch.zeros_like(eps))
        *_, last = self.sampler(lambda x, t: read(x, t[:, None, None]), eps, self.schedule, Generator())
        if not last.isfinite().all():
            names = [type(part).__name__ for part in (self.sampler, self.sampler.grid, self.schedule)]
            raise ValueError("{} with stops from {} divides by 0 on {}: take others".format(*names))

    def walk(self, c: Context, eps: Chunk, generator: Generator) -> Iterator[Chunk]:
        """Yields the sampler's trajectory x_t from the given noise, noise first and action last."""
        return self.sampler(lambda x, t: self.denoise(c, x, t), eps, self.schedule, generator)

    def path(self, c: Context, n: int, generator: Generator) -> Iterator[Draws]:
        """Yields the sampler's trajectory of n draws for each context, from fresh noise."""
        many = tile(c, n)  # nB N E
        eps = normal_like(c.new_empty(len(many), *self.noise_size), generator)
        for x in self.walk(many, eps, generator):
            yield x.unflatten(0, (n, -1))

    def generate(self, c: Context, eps: Chunk, generator: Generator) -> Chunk:
        *_, last = self.walk(c, eps, generator)
        return last

    def likelihood(self, a: Chunk, c: Context) -> Likelihood:
        """Log-density of chunks in normalised units, nats, with its estimated integration error."""
        return log_prob(lambda rows, x, t: self.denoise(c[rows], x, t), a, self.schedule, self.divergence)

    def log_prob(self, a: Chunk, c: Context) -> Each:
        return self.likelihood(a, c).nats
