"""A one-dimensional U-Net over the steps of a chunk, as in Diffusion Policy.

    R(h) = mish(norm(K_2 f)) + K_0 h,   f = (1 + s) mish(norm(K_1 h)) + b,   [s, b] = W mish([c, τ(t)])     (1)

K_1 and K_2 are convolutions over time, K_0 a linear map of each step (none where the width stays), norm is over groups
of channels, τ that of backbones/time_features.py. On the way down a level is two R, and a convolution of stride 2 leads
to the next; after two more R at the bottom a level on the way up is two R of [h, what the way down left there], and a
transposed convolution of stride 2. The first level of the way down is not looked back at, as in the published code.

A horizon that does not divide is padded inside by holding the last step, and cropped at the end. Where the head shows
no chunk, learnt queries stand for its steps.

References:
    U-Net (Ronneberger, Fischer and Brox, 2015), https://arxiv.org/abs/1505.04597
    FiLM: Visual Reasoning with a General Conditioning Layer (Perez et al., 2018), https://arxiv.org/abs/1709.07871
    Planning with Diffusion for Flexible Behavior Synthesis (Janner et al., 2022), https://arxiv.org/abs/2205.09991
    Diffusion Policy (Chi et al., 2023), https://arxiv.org/abs/2303.04137
"""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import mish

from eitherway.backbones.base import Backbone
from eitherway.backbones.time_features import TimeNet
from eitherway.registry import register
from eitherway.shape import Context, Each, Shape, joined

Told = Float[Tensor, "B told"]  # context and times, as one vector


@register
class UNet(Backbone):
    """One-dimensional convolutional U-Net over time, conditioned on context and times by FiLM (scale and shift)."""

    def __init__(
        self,
        shape: Shape,
        *,
        d_in: int,
        d_out: int,
        times: int,
        widths: tuple[int, ...] = (64, 128, 256),  # channels of each level, the finest first
        kernel: int = 5,  # steps that a convolution sees
        groups: int = 8,  # of channels that are normalised together
        embed: int = 128,  # numbers that stand for the times
    ) -> None:
        super().__init__()
        if not widths or groups < 1 or any(width < 1 or width % groups for width in widths):
            raise ValueError(f"widths must be multiples of groups, got {widths} and {groups}")
        if kernel < 1 or kernel % 2 == 0:
            raise ValueError(f"kernel must be odd, for then it has a middle; got {kernel}")
        if embed < 1:
            raise ValueError(f"embed must be at least 1, got {embed}")
        self.horizon = shape.horizon
        self.padding = -shape.horizon % 2 ** (len(widths) - 1)
        self.entry = nn.Linear(d_in, widths[0]) if d_in else Queries(shape.horizon, widths[0])
        self.time = TimeNet(times, embed) if times else None
        told = shape.tokens * shape.embed + (embed if times else 0)

        def level(before: int, after: int) -> Level:
            return Level(before, after, told, kernel, groups)

        self.first, self.bottom = level(widths[0], widths[0]), level(widths[-1], widths[-1])
        self.shrink = nn.ModuleList(nn.Conv1d(width, width, 3, stride=2, padding=1) for width in widths[:-1])
        self.down = nn.ModuleList(level(fine, coarse) for fine, coarse in pairwise(widths))
        self.up = nn.ModuleList(level(2 * coarse, fine) for coarse, fine in pairwise(widths[::-1]))
        self.grow = nn.ModuleList(nn.ConvTranspose1d(w, w, 4, stride=2, padding=1) for w in widths[-2::-1])
        self.last = nn.Sequential(convolution(widths[0], widths[0], kernel, groups), nn.Conv1d(widths[0], d_out, 1))

    def forward(self, c: Context, x: Float[Tensor, "B H d_in"] | None = None, *t: Each) -> Float[Tensor, "B H d_out"]:
        parts = [c.flatten(1)] if self.time is None else [c.flatten(1), self.time(*t)]
        told = mish(joined(parts, dim=1))
        h = self.first(self.entered(c, x), told)
        left = []
        for shrink, level in zip(self.shrink, self.down, strict=True):
            h = level(shrink(h), told)
            left.append(h)
        h = self.bottom(h, told)
        for level, grow in zip(self.up, self.grow, strict=True):
            h = grow(level(torch.cat([h, left.pop()], dim=1), told))
        return self.last(h)[..., : self.horizon].transpose(1, 2)

    def entered(self, c: Context, x: Float[Tensor, "B H d_in"] | None) -> Float[Tensor, "B width padded"]:
        """The input channels over time, from the chunk or the queries, padded so that the length can be halved."""
        h = self.entry(c if x is None else x).transpose(1, 2)
        return torch.cat([h, h[..., -1:].expand(-1, -1, self.padding)], dim=2) if self.padding else h


class Queries(nn.Module):
    """Learnt queries, one vector for each step: the input where the head gives no chunk."""

    def __init__(self, horizon: int, width: int) -> None:
        super().__init__()
        self.steps = nn.Parameter(torch.randn(horizon, width))

    def forward(self, c: Context) -> Float[Tensor, "B H width"]:
        return self.steps.expand(len(c), -1, -1)


class Level(nn.Module):
    """One resolution level of the U-Net: two residual blocks in a row."""

    def __init__(self, before: int, after: int, told: int, kernel: int, groups: int) -> None:
        super().__init__()
        self.one = ConvolutionBlock(before, after, told, kernel, groups)
        self.two = ConvolutionBlock(after, after, told, kernel, groups)

    def forward(self, h: Float[Tensor, "B before T"], told: Told) -> Float[Tensor, "B after T"]:
        return self.two(self.one(h, told), told)


class ConvolutionBlock(nn.Module):
    """Residual convolution block with FiLM conditioning, R of eq. (1)."""

    def __init__(self, before: int, after: int, told: int, kernel: int, groups: int) -> None:
        super().__init__()
        self.enter = convolution(before, after, kernel, groups)
        self.leave = convolution(after, after, kernel, groups)
        self.modulate = nn.Linear(told, 2 * after)
        self.keep = nn.Identity() if before == after else nn.Conv1d(before, after, 1)

    def forward(self, h: Float[Tensor, "B before T"], told: Told) -> Float[Tensor, "B after T"]:
        scale, shift = self.modulate(told)[..., None].chunk(2, dim=1)  # B after 1
        return self.leave((1 + scale) * self.enter(h) + shift) + self.keep(h)


def convolution(before: int, after: int, kernel: int, groups: int) -> nn.Sequential:
    """A convolution over time, then group normalisation and a Mish."""
    return nn.Sequential(nn.Conv1d(before, after, kernel, padding=kernel // 2), nn.GroupNorm(groups, after), nn.Mish())
