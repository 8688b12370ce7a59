"""Quantile binning that gives wide gaps in the data bins of their own.

A quantile bin that reaches over a gap holds the last numbers on one side and the first on the other, and whatever
is drawn within it lands in the gap. So wide gaps between neighbouring numbers of the training data are bins in
which there is no training action at all: what is predicted of them is that they do not happen. Where the data merely
get thin, at their ends, nothing is a gap. A gap takes two of the bins, so the widest come first where there are many.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from eitherway.codebooks.bins import Bins, distinct, quantile_edges
from eitherway.registry import register
from eitherway.shape import Shape


@register
class GapBins(Bins):
    """Quantile binning in which wide gaps in the training actions are (empty) bins of their own."""

    def __init__(
        self,
        shape: Shape,
        *,
        size: int = 64,  # bins for each number, gaps included
        least: float = 0.05,  # how wide a gap must be, as a share of the number's range
    ) -> None:
        super().__init__(shape, size=size)
        if not 0 < least < 1:
            raise ValueError(f"least must lie between 0 and 1, got {least}")
        self.least = least

    def grid(self, a: Float[Tensor, "M G"]) -> tuple[Float[Tensor, "G inner"], Float[Tensor, "G K"]]:
        x = a.T.sort(dim=1).values  # G M
        edges = torch.stack([self.all_edges(number) for number in x])  # G K+1
        inner, centres = edges[:, 1:-1], (edges[:, :-1] + edges[:, 1:]) / 2
        for k, outside in ((0, x <= inner[:, :1]), (-1, x > inner[:, -1:])):  # their numbers lie nearer to the others
            centres[:, k] = torch.where(outside.any(1), (x * outside).sum(1) / outside.sum(1), centres[:, k])
        return inner, centres

    def all_edges(self, x: Float[Tensor, " M"]) -> Float[Tensor, " K1"]:
        """The bin edges of one number, the outermost among them, given its sorted training values."""
        width, left = x.diff().topk(min((self.size - 1) // 2, len(x) - 1))
        left = left[width > self.least * (x[-1] - x[0])]
        below, above = x[left], x[left + 1]
        above = torch.nextafter(above, below)  # a bin holds its upper edge: the first number after a gap is not in it
        return distinct(torch.cat([quantile_edges(x, self.size - 2 * len(left)), below, above]))
