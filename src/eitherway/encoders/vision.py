"""Spatial-softmax keypoints: a small convolutional network, and the expected position of each of K features.

    p_k(i, j) = softmax over all i, j of f_k(i, j)                                         (1)
    (x_k, y_k) = Σ_ij p_k(i, j) (x_j, y_i),   x, y from -1 (left, top) to 1 (right, bottom)   (2)

References:
    End-to-End Training of Deep Visuomotor Policies (Levine et al., 2016), https://arxiv.org/abs/1504.00702
    Group Normalization (Wu and He, 2018), https://arxiv.org/abs/1803.08494
"""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from eitherway.make import Make
from eitherway.registry import Classes, register

Pictures = Float[Tensor, "M C h w"]


class Convolutions(nn.Module):
    """Small convolutional network: strided convolutions (all but the last), each with group norm and ReLU."""

    def __init__(
        self,
        channels: int,
        *,
        widths: tuple[int, ...] = (16, 32, 32),  # channels of each layer
        kernel: int = 3,  # pixels across that a layer sees, but for the first
        entry: int = 2,  # pixels from one place to the next that the first layer looks at; it sees 2 entry - 1 across
        groups: int = 8,  # of channels that are normalised together
    ) -> None:
        super().__init__()
        if not widths or groups < 1 or any(width < 1 or width % groups for width in widths):
            raise ValueError(f"widths must be multiples of groups, got {widths} and {groups}")
        if kernel < 1 or kernel % 2 == 0:
            raise ValueError(f"kernel must be odd, for then it has a middle; got {kernel}")
        if entry < 1:
            raise ValueError(f"entry must be at least 1, got {entry}")
        rest = len(widths) - 1
        strides, sizes = [entry] + [2] * (rest - 1) + [1] * (rest > 0), [2 * entry - 1] + [kernel] * rest
        layers: list[nn.Module] = []
        for (before, after), stride, size in zip(pairwise((channels, *widths)), strides, sizes, strict=True):
            layers += [nn.Conv2d(before, after, size, stride, size // 2), nn.GroupNorm(groups, after), nn.ReLU()]
        self.layers = nn.Sequential(*layers)

    def forward(self, pictures: Pictures) -> Float[Tensor, "M width rows columns"]:
        return self.layers(pictures)


VISION = Classes("vision network", Convolutions)
register(Convolutions)


class Keypoints(nn.Module):
    """Spatial-softmax keypoints (Levine et al., 2016) of K features: K pairs of x and y in [-1, 1]."""

    def __init__(self, vision: Make[nn.Module], channels: int, height: int, width: int, keypoints: int) -> None:
        super().__init__()
        self.vision = vision(channels).eval()  # looking at one black picture must leave no trace
        with torch.no_grad():
            found = self.vision(torch.zeros(1, channels, height, width))
        if found.dim() != 4:
            raise ValueError(f"{vision.name} must answer with feature maps [M C h w], got {list(found.shape)}")
        self.vision.train()
        self.features = nn.Conv2d(found.shape[1], keypoints, 1, bias=False)  # softmax is blind to a bias

    def forward(self, pictures: Pictures) -> Float[Tensor, "M K2"]:
        return mean_places(self.features(self.vision(pictures))).flatten(1)


def mean_places(f: Float[Tensor, "M K rows columns"]) -> Float[Tensor, "M K 2"]:
    """Spatial softmax: the expected x and y of each feature map, eq. (1) and (2); a cell is where its middle is.

    >>> spot = torch.zeros(1, 1, 2, 4)
    >>> spot[0, 0, 1, 0] = 100.0
    >>> mean_places(spot)
    tensor([[[-0.7500,  0.5000]]])
    """
    p = f.flatten(2).softmax(2).view_as(f)
    return torch.stack([p.sum(2) @ middles(p.shape[3], p), p.sum(3) @ middles(p.shape[2], p)], dim=2)


def middles(count: int, like: Tensor) -> Float[Tensor, " count"]:
    """The centres of `count` equal cells that fill [-1, 1]."""
    return (2 * torch.arange(count, dtype=like.dtype, device=like.device) + 1) / count - 1
