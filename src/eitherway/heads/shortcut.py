"""Shortcut models: a velocity conditioned on the step length, exact for a step of that length.

    x_{t-d} = x_t - d u(x_t, t, d),   d = 1/M, 2/M, 4/M, ..., 1                 (1)
    L_flow  = E ‖u(x_t, t, 1/M) - (ε - a)‖²,   x_t = (1 - t) a + t ε            (2)
    L_self  = E ‖u(x_t, t, 2d) - sg[u(x_t, t, d) + u(x_{t-d}, t - d, d)] / 2‖²  (3)

The shortest step is learnt as flow matching (2), every longer one from two of half its length (3).

References:
    One Step Diffusion via Shortcut Models (Frans et al., 2025), https://arxiv.org/abs/2410.12557
"""

import math

import torch
from torch import Generator

from eitherway.backbones.base import Net
from eitherway.heads.flow_map import FlowMap
from eitherway.randomness import normal_like
from eitherway.registry import register
from eitherway.shape import Chunk, Context, Each, Shape


@register
class Shortcut(FlowMap):
    """Shortcut model (Frans et al., 2025): a flow whose velocity is conditioned on the step length."""

    def __init__(
        self,
        shape: Shape,
        net: Net,
        *,
        finest: int = 32,  # M: steps a draw takes at the shortest length, a power of two
        share: float = 0.5,  # of the examples that learn a long step from two short ones
        steps: int = 1,  # of a draw: a power of two, at most `finest`
    ) -> None:
        super().__init__(shape, net, steps=steps)
        for name, count in (("finest", finest), ("steps", steps)):
            if count & (count - 1):
                raise ValueError(f"{name} must be a power of two, got {count}")
        if finest < 2 or steps > finest:
            raise ValueError(f"finest must be at least 2 and not below steps, got finest {finest} and steps {steps}")
        if not 0 < share < 1:
            raise ValueError(f"share must lie between 0 and 1, got {share}")
        self.doublings, self.share = finest.bit_length() - 1, share

    def loss(self, a: Chunk, c: Context, generator: Generator) -> Each:
        eps, rows = normal_like(a, generator), math.ceil(self.share * len(a))
        halvings = torch.randint(self.doublings, (rows,), generator=generator, device=a.device)
        halvings = torch.cat([halvings, halvings.new_full((len(a) - rows,), self.doublings)]).to(a)
        d = 2**-halvings
        t = d * (1 + torch.floor(torch.rand(len(a), generator=generator, device=a.device, dtype=a.dtype) / d))
        x_t = torch.lerp(a, eps, t[:, None, None])
        with torch.no_grad():
            twice = self.two_halves(c[:rows], x_t[:rows], t[:rows], d[:rows])
        target = torch.cat([twice, (eps - a)[rows:]])  # eq. (3), (2)
        return (self.average(c, x_t, t - d, t) - target).square().mean((1, 2))

    def two_halves(self, c: Context, x_t: Chunk, t: Each, d: Each) -> Chunk:
        """The self-consistency target: the mean velocity of two steps of d / 2, eq. (3)."""
        middle = t - d / 2
        first = self.average(c, x_t, middle, t)
        second = self.average(c, x_t - (d / 2)[:, None, None] * first, t - d, middle)
        return (first + second) / 2

    def average(self, c: Context, x_t: Chunk, s: Each, t: Each) -> Chunk:
        length = 1 + (t - s).log2() / self.doublings  # 0 for the shortest step, 1 for the whole path
        return self.net(c, x_t, t, length)
