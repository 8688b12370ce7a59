"""Quantile bins that leave the widest gaps in the data to bins of their own.

A quantile bin that reaches over a gap holds the last numbers on one side and the first on the other, and whatever
is drawn within it lands in the gap. So the widest gaps between neighbouring numbers of the training data are bins in
which there is no training action at all: what is predicted of them is that they do not happen.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from eitherway.codebooks.bins import Bins
from eitherway.shape import Shape


class GapBins(Bins):
    """Bins with about equally many training actions, but none in the widest gaps, which are bins too."""

    def __init__(
        self,
        shape: Shape,
        *,
        size: int = 64,  # bins for each number, gaps included
        gaps: int = 3,  # gaps for each number; more than there are ways apart do no harm
    ) -> None:
        super().__init__(shape, size=size)
        if not 1 <= gaps < size / 2:
            raise ValueError(f"gaps must be at least 1 and below half the size, {size}; got {gaps}")
        self.gaps = gaps

    def grid(self, a: Float[Tensor, "M G"]) -> tuple[Float[Tensor, "G inner"], Float[Tensor, "G K"]]:
        x = a.T.sort(dim=1).values  # G M
        widest = x.diff(dim=1).topk(self.gaps, dim=1).indices
        below, above = x.gather(1, widest), x.gather(1, widest + 1)
        above = torch.nextafter(above, below)  # a bin holds its upper edge: the first number after a gap is not in it
        shares = torch.linspace(0, 1, self.size - 2 * self.gaps + 1).to(a)
        walls = torch.cat([torch.quantile(x, shares, dim=1).T, below, above], dim=1).sort(dim=1).values
        edges, centres = walls[:, 1:-1], (walls[:, :-1] + walls[:, 1:]) / 2
        for k, outside in ((0, x <= edges[:, :1]), (-1, x > edges[:, -1:])):  # their numbers lie nearer to the others
            centres[:, k] = torch.where(outside.any(1), (x * outside).sum(1) / outside.sum(1), centres[:, k])
        return edges, centres
