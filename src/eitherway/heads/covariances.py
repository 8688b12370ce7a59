"""Covariances of Gaussian chunks: Σ by its Cholesky factor L, parameterised by the inverse of L.

    Σ = L Lᵀ,   L⁻¹ = diag(σ)⁻¹ T,   T = I + strictly lower triangle                   (1)
    z = diag(σ)⁻¹ T (a - μ) ~ N(0, I),   log det L = Σ_i log σ_i                       (2)

L has the positive diagonal σ. The inverse is what a network says, because then a density needs no system solved:
number i is σ_i z_i plus a linear function of the numbers before it. T = I is the diagonal covariance.

References:
    Using Neural Networks to Model Conditional Multivariate Densities (Williams, 1996),
        https://doi.org/10.1162/neco.1996.8.4.843
"""

import abc

import torch
from jaxtyping import Float, Int
from torch import Tensor

from eitherway.registry import Classes, register


class Covariance(abc.ABC):
    """A covariance structure: the triangle T of eq. (1) for n numbers, of `size` free numbers for each Gaussian."""

    def __init__(self, n: int) -> None:
        self.n = n

    @property
    @abc.abstractmethod
    def size(self) -> int:
        """The number of free parameters of T."""

    @abc.abstractmethod
    def untie(self, r: Float[Tensor, "*B n"], y: Float[Tensor, "*B size"]) -> Float[Tensor, "*B n"]:
        """The product T r: deviations decorrelated from the numbers before them."""

    @abc.abstractmethod
    def tie(self, e: Float[Tensor, "*B n"], y: Float[Tensor, "*B size"]) -> Float[Tensor, "*B n"]:
        """The product T⁻¹ e, the inverse of `untie`."""


COVARIANCES = Classes("covariance", Covariance)


@register
class Diagonal(Covariance):
    """Diagonal covariance, T = I."""

    @property
    def size(self) -> int:
        return 0

    def untie(self, r: Float[Tensor, "*B n"], y: Float[Tensor, "*B size"]) -> Float[Tensor, "*B n"]:
        return r

    def tie(self, e: Float[Tensor, "*B n"], y: Float[Tensor, "*B size"]) -> Float[Tensor, "*B n"]:
        return e


@register
class Full(Covariance):
    """Full covariance, with n (n - 1) / 2 free numbers below the diagonal of T."""

    @property
    def size(self) -> int:
        return self.n * (self.n - 1) // 2

    def untie(self, r: Float[Tensor, "*B n"], y: Float[Tensor, "*B size"]) -> Float[Tensor, "*B n"]:
        rows, columns = torch.eye(self.n, dtype=r.dtype, device=r.device)[self.below(r.device)]  # 2 size n
        return r + (y * (r @ columns.T)) @ rows  # two wide products instead of a small matrix for each Gaussian

    def tie(self, e: Float[Tensor, "*B n"], y: Float[Tensor, "*B size"]) -> Float[Tensor, "*B n"]:
        triangle = e.new_zeros(*e.shape, self.n)
        triangle[..., *self.below(e.device)] = y
        return torch.linalg.solve_triangular(triangle, e[..., None], upper=False, unitriangular=True)[..., 0]

    def below(self, device: torch.device) -> Int[Tensor, "2 size"]:
        """The row and column indices of each number below the diagonal, row by row."""
        return torch.tril_indices(self.n, self.n, -1, device=device)
