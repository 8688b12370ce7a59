"""MeanFlow: learn the average velocity of a flow between any two times from one identity that it obeys.

    (t - r) u(x_t, r, t) = ∫_r^t v(x_τ, τ) dτ                                   (1)
    u = v - (t - r) du/dt,   du/dt = v ∂u/∂x + ∂u/∂t   (the derivative of (1))  (2)
    L = E w ‖u(x_t, r, t) - sg[(ε - a) - (t - r) du/dt]‖²,   x_t = (1 - t) a + t ε    (3)
    w = sg[(error² + floor)^-power]                                             (4)

du/dt is one forward-mode derivative along (ε - a, 0, 1). Where r = t, (3) is flow matching.

References:
    Mean Flows for One-step Generative Modeling (Geng et al., 2025), https://arxiv.org/abs/2505.13447
"""

import math

import torch
from torch import Generator

from eitherway.backbones.base import Net
from eitherway.heads.flow_map import FlowMap
from eitherway.make import Make
from eitherway.paths import LinearPath, LogNormal, Times
from eitherway.randomness import normal_like
from eitherway.registry import register
from eitherway.shape import Chunk, Context, Each, Shape


@register
class MeanFlow(FlowMap):
    """MeanFlow (Geng et al., 2025): a learnt average velocity takes noise to an action in one jump or a few."""

    def __init__(
        self,
        shape: Shape,
        net: Net,
        *,
        times: Make[Times] = Make(LogNormal),  # r and t are two draws, the later is t
        instant: float = 0.5,  # share of examples with r = t
        power: float = 0.0,  # of the adaptive weight, eq. (4): 0 is squared error, 1 weighs all errors the same
        floor: float = 1e-3,  # in the adaptive weight: no division by 0
        steps: int = 1,  # jumps of a draw
    ) -> None:
        super().__init__(shape, net, steps=steps)
        if not 0 <= instant <= 1:
            raise ValueError(f"instant must be a share in [0, 1], got {instant}")
        if not power >= 0 or not floor > 0:
            raise ValueError(f"power must be at least 0 and floor above 0, got {power} and {floor}")
        self.times, self.instant, self.power, self.floor = times(), instant, power, floor

    def loss(self, a: Chunk, c: Context, generator: Generator) -> Each:
        eps = normal_like(a, generator)
        r, t = self.interval(a, generator)
        x_t, v = torch.lerp(a, eps, t[:, None, None]), eps - a
        tangents = (v, torch.zeros_like(r), torch.ones_like(t))
        u, change = torch.func.jvp(lambda x, r, t: self.average(c, x, r, t), (x_t, r, t), tangents)[:2]  # eq. (2)
        target = v - (t - r)[:, None, None] * change
        error = (u - target.detach()).square().mean((1, 2))
        return error / (error.detach() + self.floor) ** self.power  # eq. (3), (4)

    def interval(self, a: Chunk, generator: Generator) -> tuple[Each, Each]:
        """Draws the times r ≤ t of each row, equal for the first rows."""
        one, two = (self.times.draw(a, LinearPath(), generator) for _ in range(2))
        rows = math.floor(self.instant * len(a))
        r, t = torch.minimum(one, two), torch.maximum(one, two)
        return torch.cat([t[:rows], r[rows:]]), t

    def average(self, c: Context, x_t: Chunk, s: Each, t: Each) -> Chunk:
        return self.net(c, x_t, s, t)
