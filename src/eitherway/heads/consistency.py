"""Consistency training: learn the end point of the path of any noisy action, by self-consistency.

    x_σ = a + σ z,   σ from least to most                                       (1)
    f(x, σ) = c_skip(σ) x + c_out(σ) net(c_in(σ) x, log σ / 4),   f(x, least) = x    (2)
    L = E d(f(a + σ_{i+1} z, σ_{i+1}), sg f(a + σ_i z, σ_i)) / (σ_{i+1} - σ_i)  (3)
    d(x, y) = √(‖x - y‖² + h²) - h                                              (4)

σ_0 < ... < σ_N are Karras et al.'s levels, and log σ_i is as good as normal. The finer they are, the less (3) is off
and the noisier it gets, so training goes through stages, each finer. A draw is f(most · z, most); adding noise and
asking again makes it better.

References:
    Consistency Models (Song et al., 2023), https://arxiv.org/abs/2303.01469
    Improved Techniques for Training Consistency Models (Song and Dhariwal, 2024), https://arxiv.org/abs/2310.14189
"""

import math
from collections.abc import Iterator
from functools import partial
from typing import ClassVar

import torch
from torch import Generator, Tensor

from eitherway.backbones.base import Net
from eitherway.heads.base import Loss
from eitherway.heads.flow_map import moment
from eitherway.heads.push_forward import PushForward
from eitherway.randomness import normal_like
from eitherway.registry import register
from eitherway.shape import Chunk, Context, Each, Shape


@register
class Consistency(PushForward):
    """Consistency model (Song et al., 2023) trained without a teacher; draws in one evaluation or a few."""

    drawing: ClassVar[frozenset[str]] = frozenset({"again"})

    def __init__(
        self,
        shape: Shape,
        net: Net,
        *,
        counts: tuple[int, ...] = (20, 80),  # N, stage by stage
        least: float = 0.01,  # σ_0
        most: float = 20.0,  # σ_N
        mean: float = -0.5,  # of the log-levels
        sd: float = 1.5,  # of the log-levels
        spread: float = 1.0,  # standard deviation of the actions
        huber: float = 0.1,  # h of eq. (4) for one number: below it errors count squared, above as they are
        again: tuple[float, ...] = (0.8,),  # noise levels from which a draw is refined; () for one evaluation
    ) -> None:
        super().__init__(shape)
        if not counts or min(counts) < 1:
            raise ValueError(f"counts must be one or more whole numbers from 1 on, got {counts}")
        if not 0 < least < most:
            raise ValueError(f"least must lie between 0 and most, got least {least} and most {most}")
        if not all(least < sigma <= most for sigma in again):
            raise ValueError(f"again must lie between least and most, {least} and {most}; got {again}")
        if not sd > 0 or not spread > 0 or not huber > 0:
            raise ValueError(f"sd, spread and huber must be above 0, got {sd}, {spread} and {huber}")
        self.counts, self.least, self.most, self.mean, self.sd = counts, least, most, mean, sd
        self.spread, self.again = spread, again
        self.h = huber * math.sqrt(shape.horizon * shape.action)
        self.net = net(shape, d_in=shape.action, d_out=shape.action, times=1)

    def stages(self) -> Iterator[Loss]:
        for count in self.counts:
            yield partial(self.agreement, count)

    def loss(self, a: Chunk, c: Context, generator: Generator) -> Each:
        return self.agreement(self.counts[-1], a, c, generator)

    def agreement(self, count: int, a: Chunk, c: Context, generator: Generator) -> Each:
        """The consistency training loss with `count` intervals of noise levels, eq. (3)."""
        levels, z = self.levels(count).to(a), normal_like(a, generator)
        i = self.draw(levels, a, generator)
        low, high = levels[i], levels[i + 1]
        with torch.no_grad():
            target = self.end(c, a + low[:, None, None] * z, low)
        gap = self.end(c, a + high[:, None, None] * z, high) - target
        return ((gap.square().sum((1, 2)) + self.h**2).sqrt() - self.h) / (high - low)

    def end(self, c: Context, x: Chunk, sigma: Each) -> Chunk:
        """The consistency function f, eq. (2)."""
        s = sigma[:, None, None]
        skip = self.spread**2 / ((s - self.least) ** 2 + self.spread**2)
        size = (s**2 + self.spread**2).sqrt()
        return skip * x + self.spread * (s - self.least) / size * self.net(c, x / size, sigma.log() / 4)

    def levels(self, count: int) -> Tensor:
        """The noise levels σ_0 < ... < σ_N, evenly spaced in σ^(1/7)."""
        low, high = self.least ** (1 / 7), self.most ** (1 / 7)
        return torch.linspace(low, high, count + 1, dtype=torch.float64) ** 7

    def draw(self, levels: Tensor, a: Chunk, generator: Generator) -> Tensor:
        """Draws an interval i for each row, by a normal log-level truncated to the range of levels."""
        edges = torch.special.ndtr((levels.log() - self.mean) / self.sd)
        u = torch.rand(len(a), generator=generator, device=a.device, dtype=a.dtype)
        return torch.searchsorted(edges[1:-1], edges[0] + u * (edges[-1] - edges[0]))

    def generate(self, c: Context, eps: Chunk, generator: Generator) -> Chunk:
        x = self.most * eps
        a = self.end(c, x, moment(x, self.most))
        for sigma in self.again:
            x = a + math.sqrt(sigma**2 - self.least**2) * normal_like(a, generator)
            a = self.end(c, x, moment(x, sigma))
        return a
