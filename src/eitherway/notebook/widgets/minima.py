"""Where the mean cost of a prediction is least, for each penalty: min_p E ρ((p - x) / scale), by trying every p.

The predictions tried are 0.01 apart and the same as in the page, which draws the whole curves.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from eitherway.heads.penalties import Penalty
from eitherway.notebook.penalties import SIX

SPAN = 3.2  # predictions run from -SPAN to SPAN
CELLS = 640
TIE = 1e-9  # costs nearer than this are one: rounding must not choose between them


def predictions() -> Float[Tensor, " P"]:
    """Returns the predictions that are tried."""
    return (torch.arange(CELLS + 1, dtype=torch.float64) - CELLS / 2) / 100


def mean_cost(penalty: Penalty, x: Float[Tensor, " N"], p: Float[Tensor, " P"]) -> Float[Tensor, " P"]:
    """Returns the mean cost of each prediction."""
    return torch.stack([penalty(one - x.double()).mean() for one in p])


def minimum(penalty: Penalty, x: Float[Tensor, " N"]) -> float:
    """The prediction of least cost; where neighbours do equally well, the middle of the leftmost such stretch."""
    p = predictions()
    cost = mean_cost(penalty, x, p)
    among = (cost <= cost.min() + TIE).tolist()
    first = among.index(True)
    last = [*among, False].index(False, first) - 1
    return float(p[(first + last) // 2])


def minima(x: Float[Tensor, " N"], scale: float) -> dict[str, float]:
    """Returns the prediction of least cost under each of six penalties in units of `scale`; none without data."""
    return {name: minimum(cls(scale=scale), x) for name, cls in SIX.items()} if len(x) else {}
