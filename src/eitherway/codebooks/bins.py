"""Binning: each number of a chunk is discretised on a grid of its own.

    k = #{edges below a},   decode(k) = the centre of bin k

References:
    RT-1 (Brohan et al., 2023), https://arxiv.org/abs/2212.06817 (256 uniform bins a number)
"""

import abc

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor

from eitherway.codebooks.base import Codebook
from eitherway.registry import register
from eitherway.shape import Chunk, Shape

NARROWEST = 1e-6  # width of a bin, in normalised units: where training actions repeat, the density stays finite


class Bins(Codebook):
    """Scalar binning of each number, G = H · D tokens; bin k holds (lower edge, upper edge]."""

    edges: Tensor
    centres: Tensor

    def __init__(self, shape: Shape, *, size: int) -> None:
        super().__init__(shape, size=size)
        self.n_tokens, self.width = shape.horizon * shape.action, 1
        self.register_buffer("edges", torch.zeros(self.n_tokens, size - 1))
        self.register_buffer("centres", torch.zeros(self.n_tokens, size))

    def encode(self, a: Chunk) -> Int[Tensor, "B G"]:
        return torch.searchsorted(self.edges, a.flatten(1).T.contiguous()).T

    def decode(self, k: Int[Tensor, "B G"]) -> Chunk:
        return self.spread(self.centres.T.gather(0, k)[..., None])

    def spread(self, offset: Float[Tensor, "B G W"]) -> Chunk:
        return offset[..., 0].unflatten(1, (self.shape.horizon, self.shape.action))

    def fit(self, a: Float[Tensor, "M H D"], generator: Generator) -> None:
        edges, centres = self.grid(a.flatten(1))
        self.edges.copy_(edges)
        self.centres.copy_(centres)

    @abc.abstractmethod
    def grid(self, a: Float[Tensor, "M G"]) -> tuple[Float[Tensor, "G inner"], Float[Tensor, "G K"]]:
        """The inner edges and the centres of the bins of each number."""


@register
class UniformBins(Bins):
    """Uniform binning: bins of one width from the smallest to the largest training action."""

    def __init__(
        self,
        shape: Shape,
        *,
        size: int = 48,  # bins for each number
    ) -> None:
        super().__init__(shape, size=size)

    def grid(self, a: Float[Tensor, "M G"]) -> tuple[Float[Tensor, "G inner"], Float[Tensor, "G K"]]:
        low, high = a.amin(0)[:, None], a.amax(0)[:, None]
        edges = low + (high - low) * torch.linspace(0, 1, self.size + 1, device=a.device, dtype=a.dtype)
        return edges[:, 1:-1], (edges[:, :-1] + edges[:, 1:]) / 2


@register
class QuantileBins(Bins):
    """Quantile binning: equally many training actions in each bin, so bins are narrow where actions are dense.

    A value that fills whole bins by itself, as a resting gripper's does, has one bin of its own, which decodes to it,
    and the other bins are shared out among the other actions.
    """

    def __init__(
        self,
        shape: Shape,
        *,
        size: int = 48,  # bins for each number
    ) -> None:
        super().__init__(shape, size=size)

    def grid(self, a: Float[Tensor, "M G"]) -> tuple[Float[Tensor, "G inner"], Float[Tensor, "G K"]]:
        edges = torch.stack([quantile_edges(number, self.size) for number in a.T])
        return edges[:, 1:-1], (edges[:, :-1] + edges[:, 1:]) / 2


def quantile_edges(x: Float[Tensor, " M"], bins: int) -> Float[Tensor, " K1"]:
    """The edges of bins of equal counts, the outermost among them, for M training values of one number.

    A value so frequent (an *atom*) that it fills a bin gets a bin just wide enough to be told apart. Its two edges use
    up two bins: its own, and one more because it splits the bin that it lies in.
    """
    rest, atoms, half = x, x[:0], x[:0]  # the other values; the atoms, and half the widths of their bins
    while len(atoms) < (bins - 1) // 2 and len(rest):  # at least one bin is left to the rest
        values, counts = rest.unique(return_counts=True)
        most = int(counts.argmax())
        if counts[most] < max(2, len(rest) / (bins - 2 * len(atoms))):  # the commonest value fills no bin by itself
            break
        atoms = torch.cat([atoms, values[most : most + 1]])
        half = (4 * torch.finfo(x.dtype).eps * atoms.abs()).clamp(min=NARROWEST)
        rest = rest[(rest - atoms[-1]).abs() > half[-1]]  # fewer share what bins are left: smaller atoms may fill one
    shares = torch.linspace(0, 1, bins - 2 * len(atoms) + 1).to(x)
    between = torch.quantile(rest, shares) if len(rest) else atoms.min().lerp(atoms.max(), shares)
    return distinct(torch.cat([between, atoms - half, atoms + half]))


def distinct(edges: Float[Tensor, " K1"]) -> Float[Tensor, " K1"]:
    """The bin edges in rising order without duplicates; of equal ones one stays, the others halve the widest bins."""
    found = edges.unique()
    while len(found) < len(edges):
        widest = found.diff().argmax() if len(found) > 1 else 0
        middle = found[widest : widest + 2].mean(0, keepdim=True) + (len(found) == 1)  # a single edge: 1 above it
        found = torch.cat([found, middle]).sort().values
    return found


@register
class Sides(Bins):
    """Sign binning: two classes a number, a > 0 or not, decoded to the mean training action of that side.

    The sign is that of the normalised number. It is the raw action's where the normaliser moves no 0: `Identity`, or
    actions whose range is symmetrical. A side that no training action is on decodes to 0.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape, size=2)

    def grid(self, a: Float[Tensor, "M G"]) -> tuple[Float[Tensor, "G inner"], Float[Tensor, "G K"]]:
        right = a > 0
        sums = torch.stack([(a * ~right).sum(0), (a * right).sum(0)], dim=-1)
        counts = torch.stack([(~right).sum(0), right.sum(0)], dim=-1)
        return torch.zeros(self.n_tokens, 1, device=a.device), sums / counts.clamp(min=1)
