"""Minibatch optimal-transport couplings of noise with actions, for flow matching.

Any noise with any action is right, and its paths cross: where they do, the mean velocity bends. Optimal transport
pairs near with near, so that fewer cross. With pairs (ε_i, a_j), and c_j what was seen when a_j was done:

    M_ij = ‖ε_i - a_j‖²,   C_ij = ‖c_i - c_j‖²
    plain               min over orders π of  Σ_i M_iπ(i)                      (1)
    condition-aware     min over orders π of  Σ_i M_iπ(i) + w C_iπ(i)          (2)

(1) leaves noise and condition dependent: the noise that goes to a side comes from the states where that side is
likely. When drawing, noise knows nothing of the state, so (1) learns the wrong distribution. In (2) noise i starts out
with condition c_i, independent of it, and an exchange pays for what it changes. w is set for each batch so that a given
share of exchanges stays worth while:

    share{ (i, j): M_ij + w C_ij ≤ M_jj } = ratio                              (3)

A pair is worth while up to w_ij = (M_jj - M_ij) / C_ij, so w is the quantile of these at 1 - ratio: no search.

References:
    Improving and Generalizing Flow-Based Generative Models with Minibatch Optimal Transport (Tong et al., 2024),
        https://arxiv.org/abs/2302.00482 (1)
    The Curse of Conditions (Cheng and Schwing, 2025), https://arxiv.org/abs/2503.10636 (2) and (3)
"""

import abc

import torch
from jaxtyping import Float, Int
from torch import Tensor

from eitherway.registry import Classes, register
from eitherway.shape import Chunk, Context

MOST_WEIGHT = 1e6  # of a condition in eq. (2), in units of squared distance: no exchange outweighs it


class Coupling(abc.ABC):
    """A coupling that pairs each noise sample of a batch with one of its actions."""

    @abc.abstractmethod
    def __call__(self, a: Chunk, c: Context, eps: Chunk) -> Int[Tensor, " B"]:
        """The permutation of rows: entry i is the row paired with noise sample i."""


COUPLINGS = Classes("coupling", Coupling)


@register
class Transport(Coupling):
    """Minibatch optimal-transport coupling (Tong et al., 2024), eq. (1); it ignores the condition."""

    def __call__(self, a: Chunk, c: Context, eps: Chunk) -> Int[Tensor, " B"]:
        if a[0].numel() == 1:  # on a line the cheapest order keeps ranks, and sorting finds it much sooner
            return a.flatten().argsort()[eps.flatten().argsort().argsort()]
        return cheapest(squared_distances(eps, a))


@register
class ConditionalTransport(Coupling):
    """Condition-aware optimal-transport coupling (C²OT; Cheng and Schwing, 2025), eq. (2)."""

    def __init__(
        self,
        *,
        ratio: float = 0.01,  # share of exchanges that stay worth while in spite of what they change, eq. (3)
    ) -> None:
        if not 0 < ratio < 1:
            raise ValueError(f"ratio must lie between 0 and 1, got {ratio}")
        self.ratio = ratio

    def __call__(self, a: Chunk, c: Context, eps: Chunk) -> Int[Tensor, " B"]:
        far, unlike = squared_distances(eps, a), squared_distances(c, c)
        return cheapest(far + self.weight(far, unlike) * unlike)

    def weight(self, far: Float[Tensor, "B B"], unlike: Float[Tensor, "B B"]) -> Tensor:
        """The weight w of the condition distance, eq. (3)."""
        gain = far.diagonal() - far
        up_to = torch.where(unlike > 0, gain / unlike, gain.sign() * torch.inf).flatten().nan_to_num(nan=torch.inf)
        rank = round((1 - self.ratio) * len(up_to))
        return up_to.kthvalue(max(rank, 1)).values.clamp(0, MOST_WEIGHT)


def squared_distances(x: Float[Tensor, "B K L"], y: Float[Tensor, "B K L"]) -> Float[Tensor, "B B"]:
    """Squared Euclidean distances between every row of x and every row of y."""
    return torch.cdist(x.flatten(1), y.flatten(1), compute_mode="donot_use_mm_for_euclid_dist").square()


def cheapest(cost: Float[Tensor, "B B"]) -> Int[Tensor, " B"]:
    """The linear assignment of least cost: the column of each row."""
    from scipy.optimize import linear_sum_assignment  # here, for it takes most of a second to import

    _, order = linear_sum_assignment(cost.detach().cpu().numpy())
    return torch.as_tensor(order, device=cost.device)
