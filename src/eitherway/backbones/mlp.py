"""A multilayer perceptron over context tokens, chunk and times, concatenated."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from eitherway.backbones.base import Backbone
from eitherway.registry import register
from eitherway.shape import Context, Each, Shape, joined

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {"gelu": nn.GELU, "relu": nn.ReLU, "silu": nn.SiLU}
OCTAVES = 64  # at most: finer ones than the rounding of the numbers they are taken of


@register
class MLP(Backbone):
    """Multilayer perceptron: `depth` hidden layers of `width`, each with an activation and dropout.

    With `fourier_octaves` it also sees Fourier features of the chunk x, its sine and cosine at that many octaves from
    π/2 up, and with `time_fourier_octaves` of the times: a small network is otherwise slow to learn sharp edges.

    References:
        Fourier Features Let Networks Learn High Frequency Functions (Tancik et al., 2020),
            https://arxiv.org/abs/2006.10739
    """

    def __init__(
        self,
        shape: Shape,
        *,
        d_in: int,
        d_out: int,
        times: int,
        width: int = 64,  # of each hidden layer
        depth: int = 2,  # hidden layers
        activation: Literal["gelu", "relu", "silu"] = "silu",
        dropout: float = 0.0,  # share silenced after each hidden layer, in training
        fourier_octaves: int = 0,  # octaves of sine and cosine of the chunk
        time_fourier_octaves: int = 0,  # octaves of sine and cosine of the times
    ) -> None:
        super().__init__()
        if width < 1 or depth < 1:
            raise ValueError(f"width and depth must be at least 1, got {width} and {depth}")
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout must be a share in [0, 1), got {dropout}")
        if not (0 <= fourier_octaves <= OCTAVES and 0 <= time_fourier_octaves <= OCTAVES):
            raise ValueError(
                f"fourier_octaves and time_fourier_octaves must be from 0 to {OCTAVES}, "
                f"got {fourier_octaves} and {time_fourier_octaves}"
            )
        self.out = (shape.horizon, d_out)
        self.fourier_octaves, self.time_fourier_octaves = octaves(fourier_octaves), octaves(time_fourier_octaves)
        seen = shape.horizon * d_in * (1 + 2 * fourier_octaves) + times * (1 + 2 * time_fourier_octaves)
        sizes = [shape.tokens * shape.embed + seen, *[width] * depth]
        layers: list[nn.Module] = []
        for before, after in pairwise(sizes):
            layers += [nn.Linear(before, after), ACTIVATIONS[activation]()]
            if dropout > 0:
                layers.append(nn.Dropout(dropout))
        self.layers = nn.Sequential(*layers, nn.Linear(width, shape.horizon * d_out))

    def forward(self, c: Context, x: Float[Tensor, "B H d_in"] | None = None, *t: Each) -> Float[Tensor, "B H d_out"]:
        parts = [c.flatten(1)]
        if t:
            parts += spread(torch.stack(t, dim=1), self.time_fourier_octaves)
        if x is not None:
            parts += spread(x.flatten(1), self.fourier_octaves)
        return self.layers(joined(parts, dim=1)).view(-1, *self.out)


def octaves(count: int) -> list[float]:
    """Angular frequencies π/2, π, 2π, ... for numbers of about unit size."""
    return [math.pi / 2 * 2**k for k in range(count)]


def spread(x: Float[Tensor, "B K"], frequencies: list[float]) -> list[Tensor]:
    """Fourier features: the numbers themselves, and their sines and cosines at each frequency."""
    if not frequencies:
        return [x]
    angle = (x[:, :, None] * x.new_tensor(frequencies)).flatten(1)  # B K·F
    return [x, angle.sin(), angle.cos()]
