"""A residual multilayer perceptron (pre-norm) with adaptive layer norm, conditioned on the times in every block.

    h_0 = W [c, x]                                                                     (1)
    h_l = h_(l-1) + W_2 silu(W_1 ((1 + s_l) norm(h_(l-1)) + b_l)),   [s_l, b_l] = M_l silu(τ(t))     (2)
    y   = W' norm(h_L)                                                                 (3)

τ is that of backbones/time_features.py; without times s and b are 0. W_2 and its bias begin smaller by 1/√L, so that
what the blocks add does not grow with their number.

References:
    Deep Residual Learning for Image Recognition (He et al., 2016), https://arxiv.org/abs/1512.03385
    On Layer Normalization in the Transformer Architecture (Xiong et al., 2020), https://arxiv.org/abs/2002.04745
    Scalable Diffusion Models with Transformers (Peebles and Xie, 2023), https://arxiv.org/abs/2212.09748 (s and b)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import silu

from eitherway.backbones.base import Backbone
from eitherway.backbones.time_features import TimeNet
from eitherway.registry import register
from eitherway.shape import Context, Each, Shape, joined

Hidden = Float[Tensor, "B width"]


@register
class Residual(Backbone):
    """Residual MLP: `depth` pre-norm blocks of `width`, each conditioned on the times by adaptive layer norm."""

    def __init__(
        self,
        shape: Shape,
        *,
        d_in: int,
        d_out: int,
        times: int,
        width: int = 256,  # of what the blocks add to
        depth: int = 3,  # residual blocks
        expand: float = 1.0,  # width inside a block, as a multiple of `width`
        dropout: float = 0.0,  # share silenced inside each block, in training
    ) -> None:
        super().__init__()
        if width < 1 or depth < 1:
            raise ValueError(f"width and depth must be at least 1, got {width} and {depth}")
        if not expand * width >= 1:
            raise ValueError(f"expand must leave at least one number inside a block, got {expand} of width {width}")
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout must be a share in [0, 1), got {dropout}")
        self.out = (shape.horizon, d_out)
        self.entry = nn.Linear(shape.tokens * shape.embed + shape.horizon * d_in, width)
        self.time = TimeNet(times, width) if times else None
        inner = round(expand * width)
        blocks = [ResidualBlock(width, inner, dropout, told=times > 0) for _ in range(depth)]
        with torch.no_grad():
            for weight in (w for block in blocks for w in block.leave.parameters()):
                weight.mul_(depth**-0.5)
        self.blocks = nn.ModuleList(blocks)
        self.answer = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, shape.horizon * d_out))

    def forward(self, c: Context, x: Float[Tensor, "B H d_in"] | None = None, *t: Each) -> Float[Tensor, "B H d_out"]:
        seen = [c.flatten(1)] if x is None else [c.flatten(1), x.flatten(1)]
        h = self.entry(joined(seen, dim=1))  # eq. (1)
        time = None if self.time is None else silu(self.time(*t))
        for block in self.blocks:
            h = block(h, time)
        return self.answer(h).view(-1, *self.out)


class ResidualBlock(nn.Module):
    """One pre-norm residual MLP block, eq. (2)."""

    def __init__(self, width: int, inner: int, dropout: float, *, told: bool) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.modulate = nn.Linear(width, 2 * width) if told else None
        self.enter, self.leave = nn.Linear(width, inner), nn.Linear(inner, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, h: Hidden, time: Hidden | None) -> Hidden:
        seen = self.norm(h)
        if self.modulate is not None:
            scale, shift = self.modulate(time).chunk(2, dim=1)
            seen = (1 + scale) * seen + shift
        return h + self.leave(self.dropout(silu(self.enter(seen))))
