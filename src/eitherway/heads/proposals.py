"""Unconditional proposal distributions q(a) of chunks, which an energy is trained against and searched from.

    Box:       a ~ U(low, high), the range of the training chunks and a margin
    Gaussian:  a ~ N(μ, Σ), the mean and covariance of the training chunks
    Clusters:  a ~ Σ_k w_k N(μ_k, Σ), their clusters' shares and centres, and the covariance around these centres

References:
    Implicit Behavioral Cloning (Florence et al., 2021), https://arxiv.org/abs/2109.00137, appendix B (uniform)
    Noise-Contrastive Estimation (Gutmann and Hyvärinen, 2012), https://jmlr.org/papers/v13/gutmann12a.html (normal)
"""

import abc

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn

from eitherway.codebooks.kmeans import cluster
from eitherway.registry import Classes, register
from eitherway.shape import Shape

Candidates = Float[Tensor, "B C H D"]  # C chunks for each of B contexts
Scores = Float[Tensor, "B C"]


class Proposal(nn.Module, abc.ABC):
    """A proposal distribution q(a) of chunks, the same in every context."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape

    @abc.abstractmethod
    def fit(self, a: Float[Tensor, "M H D"], generator: Generator) -> None:
        """Fits location and scale to the training chunks."""

    @abc.abstractmethod
    def draw(self, rows: int, count: int, generator: Generator) -> Candidates:
        """Draws `count` chunks for each row."""

    @abc.abstractmethod
    def log_prob(self, a: Candidates) -> Scores:
        """The log-density log q(a) up to a constant, nats."""

    @abc.abstractmethod
    def scale(self, x: Candidates) -> Candidates:
        """Scales unit-size noise to q's own size (by its range or Cholesky factor)."""

    @abc.abstractmethod
    def inside(self, a: Candidates) -> Candidates:
        """Projects chunks onto the support of q."""


PROPOSALS = Classes("proposal", Proposal)


@register
class Box(Proposal):
    """Uniform proposal over the range of each number."""

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

    def fit(self, a: Float[Tensor, "M H D"], generator: Generator) -> None:
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


@register
class Gaussian(Proposal):
    """Gaussian proposal over whole chunks, with the full covariance of the training chunks."""

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

    def fit(self, a: Float[Tensor, "M H D"], generator: Generator) -> None:
        flat = a.flatten(1)
        self.mean.copy_(flat.mean(0))
        self.factor.copy_(root(flat - flat.mean(0), self.floor))

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


@register
class Clusters(Proposal):
    """Gaussian-mixture proposal around k-means centres, weighted by cluster size; it offers rare modes too."""

    share: Tensor
    mean: Tensor
    factor: Tensor

    def __init__(
        self,
        shape: Shape,
        *,
        size: int = 16,  # K
        spread: float = 1.2,  # factor on standard deviations: q has to reach further than the chunks of a cluster
        floor: float = 1e-3,  # least variance of a direction, in shares of the mean variance
    ) -> None:
        super().__init__(shape)
        if size < 1:
            raise ValueError(f"size must be at least 1, got {size}")
        for name, value in {"spread": spread, "floor": floor}.items():
            if not value > 0:
                raise ValueError(f"{name} must be above 0, got {value}")
        self.size, self.spread, self.floor = size, spread, floor
        numbers = shape.horizon * shape.action
        self.register_buffer("share", torch.full((size,), 1 / size))
        self.register_buffer("mean", torch.zeros(size, numbers))
        self.register_buffer("factor", torch.eye(numbers))  # L, Σ = L Lᵀ

    def fit(self, a: Float[Tensor, "M H D"], generator: Generator) -> None:
        flat = a.flatten(1)
        centres, k = cluster(flat, self.size, generator)
        self.share.copy_(torch.bincount(k, minlength=self.size) / len(flat))
        self.mean.copy_(centres)
        self.factor.copy_(self.spread * root(flat - centres[k], self.floor))

    def draw(self, rows: int, count: int, generator: Generator) -> Candidates:
        k = torch.multinomial(self.share, rows * count, replacement=True, generator=generator)
        size = (rows * count, self.mean.shape[1])
        eps = torch.randn(size, device=self.mean.device, dtype=self.mean.dtype, generator=generator)
        return (self.mean[k] + eps @ self.factor.T).view(rows, count, self.shape.horizon, self.shape.action)

    def log_prob(self, a: Candidates) -> Scores:
        middle = self.share @ self.mean  # centred first, for the differences below are small against it
        eps, centres = (self.whitened(x - middle) for x in (a.flatten(2).flatten(0, 1), self.mean))
        off = torch.cdist(eps, centres, compute_mode="donot_use_mm_for_euclid_dist")  # BC K
        return (self.share.log() - off.square() / 2).logsumexp(1).unflatten(0, a.shape[:2])

    def whitened(self, x: Float[Tensor, "M N"]) -> Float[Tensor, "M N"]:
        """Whitened deviations L⁻¹ x, with L the Cholesky factor of Σ."""
        return torch.linalg.solve_triangular(self.factor.T, x, upper=True, left=False)

    def scale(self, x: Candidates) -> Candidates:
        return (x.flatten(2) @ self.factor.T).view_as(x)

    def inside(self, a: Candidates) -> Candidates:
        return a


def root(off: Float[Tensor, "M N"], floor: float) -> Float[Tensor, "N N"]:
    """The Cholesky factor L of the covariance of deviations, with a least variance added."""
    covariance = off.T @ off / len(off)
    least = floor * covariance.diagonal().mean().clamp(min=1e-12)
    return torch.linalg.cholesky(covariance + least * torch.eye(len(covariance)).to(covariance))
