"""Laws of chunks that know no context and whose density is known: where an energy is held against, and searched from.

    Box:       a ~ U(low, high), the range of the training chunks and a margin
    Gaussian:  a ~ N(μ, Σ), the mean and covariance of the training chunks

References:
    Implicit Behavioral Cloning (Florence et al., 2021), https://arxiv.org/abs/2109.00137, appendix B (uniform)
    Noise-Contrastive Estimation (Gutmann and Hyvärinen, 2012), https://jmlr.org/papers/v13/gutmann12a.html (normal)
"""

import abc

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn

from eitherway.shape import Shape

Candidates = Float[Tensor, "B C H D"]  # C chunks for each of B contexts
Scores = Float[Tensor, "B C"]


class Proposal(nn.Module, abc.ABC):
    """q(a), the same in every context."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape

    @abc.abstractmethod
    def fit(self, a: Float[Tensor, "M H D"]) -> None:
        """Takes its place and size from the training chunks."""

    @abc.abstractmethod
    def draw(self, rows: int, count: int, generator: Generator) -> Candidates:
        """`count` chunks for each of so many rows."""

    @abc.abstractmethod
    def log_prob(self, a: Candidates) -> Scores:
        """log q(a), nats, but for a constant."""

    @abc.abstractmethod
    def scale(self, x: Candidates) -> Candidates:
        """Numbers of unit size as steps of q's own size."""

    @abc.abstractmethod
    def inside(self, a: Candidates) -> Candidates:
        """The nearest chunks that q can draw."""


class Box(Proposal):
    """Every number anywhere in its range."""

    low: Tensor
    high: Tensor

    def __init__(
        self,
        shape: Shape,
        *,
        margin: float = 0.05,  # added at each end, in shares of the range
    ) -> None:
        super().__init__(shape)
        if not margin >= 0:
            raise ValueError(f"margin must be at least 0, got {margin}")
        self.margin = margin
        self.register_buffer("low", -torch.ones(shape.horizon, shape.action))
        self.register_buffer("high", torch.ones(shape.horizon, shape.action))

    def fit(self, a: Float[Tensor, "M H D"]) -> None:
        low, high = a.amin(0), a.amax(0)
        room = self.margin * (high - low)
        self.low.copy_(low - room)
        self.high.copy_(high + room)

    def draw(self, rows: int, count: int, generator: Generator) -> Candidates:
        size = (rows, count, *self.low.shape)
        share = torch.rand(size, device=self.low.device, dtype=self.low.dtype, generator=generator)
        return self.low + (self.high - self.low) * share

    def log_prob(self, a: Candidates) -> Scores:
        return torch.zeros_like(a[:, :, 0, 0])

    def scale(self, x: Candidates) -> Candidates:
        return x * (self.high - self.low) / 2

    def inside(self, a: Candidates) -> Candidates:
        return a.clamp(self.low, self.high)


class Gaussian(Proposal):
    """A normal law of whole chunks: where steps go together, so do its."""

    mean: Tensor
    factor: Tensor

    def __init__(
        self,
        shape: Shape,
        *,
        floor: float = 1e-3,  # least variance of a direction, in shares of the mean variance
    ) -> None:
        super().__init__(shape)
        if not floor > 0:
            raise ValueError(f"floor must be above 0, got {floor}")
        self.floor = floor
        numbers = shape.horizon * shape.action
        self.register_buffer("mean", torch.zeros(numbers))
        self.register_buffer("factor", torch.eye(numbers))  # L, Σ = L Lᵀ

    def fit(self, a: Float[Tensor, "M H D"]) -> None:
        flat = a.flatten(1)
        covariance = (flat - flat.mean(0)).T @ (flat - flat.mean(0)) / len(flat)
        least = self.floor * covariance.diagonal().mean().clamp(min=1e-12)
        self.mean.copy_(flat.mean(0))
        self.factor.copy_(torch.linalg.cholesky(covariance + least * torch.eye(len(covariance)).to(covariance)))

    def draw(self, rows: int, count: int, generator: Generator) -> Candidates:
        size = (rows, count, *self.mean.shape)
        eps = torch.randn(size, device=self.mean.device, dtype=self.mean.dtype, generator=generator)
        return (self.mean + eps @ self.factor.T).unflatten(2, (self.shape.horizon, self.shape.action))

    def log_prob(self, a: Candidates) -> Scores:
        off = a.flatten(2).flatten(0, 1) - self.mean  # BC HD
        eps = torch.linalg.solve_triangular(self.factor.T, off, upper=True, left=False)
        return -eps.square().sum(1).unflatten(0, a.shape[:2]) / 2

    def scale(self, x: Candidates) -> Candidates:
        return (x.flatten(2) @ self.factor.T).view_as(x)

    def inside(self, a: Candidates) -> Candidates:
        return a
