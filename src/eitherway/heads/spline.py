"""Neural spline flow: a normalising flow of monotone rational-quadratic splines, with exact density.

    z = f(a; c),   z ~ N(0, I),   log p(a | c) = log N(z; 0, I) + log |det ∂f/∂a|,   L = -log p / (H D)    (1)

f composes monotone rational-quadratic splines: K bins between -5 and 5 for each number of the chunk, the identity
beyond. Bins of a number depend on c and on the numbers before it (every second transform: after it), so the Jacobian
is triangular. The flow is zuko's; its conditioning vector is our backbone's answer.

References:
    Neural Spline Flows (Durkan et al., 2019), https://arxiv.org/abs/1906.04032
    Masked Autoregressive Flow for Density Estimation (Papamakarios et al., 2017), https://arxiv.org/abs/1705.07057
"""

import math
from dataclasses import replace
from typing import ClassVar

import torch
from torch import Generator
from zuko.flows import NSF

from eitherway.backbones.base import Net
from eitherway.heads.base import Density
from eitherway.registry import register
from eitherway.shape import Chunk, Context, Draws, Each, Shape


@register
class Spline(Density):
    """Neural spline flow (Durkan et al., 2019): Gaussian noise mapped through monotone splines."""

    drawing: ClassVar[frozenset[str]] = frozenset({"noise"})

    def __init__(
        self,
        shape: Shape,
        net: Net,
        *,
        bins: int = 8,  # K, for each number of the chunk in each transform
        transforms: int = 2,  # splines one after the other, through the numbers in turns forwards and backwards
        width: int = 64,  # of the conditioning vector, and of the one hidden layer between it and the bins
        slope: float = 1e-4,  # the least of the splines', and one over the greatest
        noise: float = 1.0,  # factor on z when drawing; 0: the chunk that z = 0 stands for
    ) -> None:
        super().__init__(shape)
        for name, value, least in (("bins", bins, 2), ("transforms", transforms, 1), ("width", width, 1)):
            if value < least:
                raise ValueError(f"{name} must be at least {least}, got {value}")
        if not 0 < slope < 1:
            raise ValueError(f"slope must lie between 0 and 1, got {slope}")
        if not noise >= 0:
            raise ValueError(f"noise must be at least 0, got {noise}")
        self.noise, self.n = noise, shape.horizon * shape.action
        self.net = net(replace(shape, horizon=1), d_in=0, d_out=width, times=0)  # one vector for the whole chunk
        flow = NSF(self.n, width, transforms=transforms, hidden_features=(width,), bins=bins, slope=slope)
        self.flow = flow.transform

    def log_prob(self, a: Chunk, c: Context) -> Each:
        z, log_det = self.flow(self.net(c)[:, 0]).call_and_ladj(a.flatten(1))
        return log_det - (z.square() / 2 + math.log(2 * math.pi) / 2).sum(1)  # eq. (1)

    def loss(self, a: Chunk, c: Context, generator: Generator) -> Each:
        return -self.log_prob(a, c) / self.n

    def sample(self, c: Context, n: int, generator: Generator) -> Draws:
        told = self.net(c)[:, 0].repeat(n, 1)  # SB width
        z = self.noise * torch.randn((len(told), self.n), dtype=c.dtype, device=c.device, generator=generator)
        a = self.flow(told).inv(z)
        return a.view(n, -1, self.shape.horizon, self.shape.action)
