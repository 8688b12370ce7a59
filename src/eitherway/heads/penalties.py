"""Regression losses ρ(r) of a prediction error r in units of `scale`: eight shapes.

    squared r²              absolute |r|          truncated min(|r|, 2)
    Welsch 1 - exp(-r²)     Cauchy log(1 + r²)    Laplace kernel 1 - exp(-|r|)
    Huber r² up to a threshold δ, then δ (2|r| - δ)
    quantile τ r above, (τ - 1) r below

A regression under ρ seeks argmin_m E ρ(a - m): the mean for r², a median for |r|, the τ-quantile for the last. Huber's
goes from the median to the mean as δ grows. The other four forgive large errors, so their minimum sits at a mode once
`scale` is small against the distance between modes; but where they forgive, their gradient vanishes too: ρ'(r) → 0,
and a prediction that starts far from every mode is not pulled to any.

References:
    Robust Statistics (Huber and Ronchetti, 2009), https://doi.org/10.1002/9780470434697
    Regression Quantiles (Koenker and Bassett, 1978), https://doi.org/10.2307/1913643
    A General and Adaptive Robust Loss Function (Barron, 2019), https://arxiv.org/abs/1701.03077
    Correntropy (Liu, Pokharel and Principe, 2007), https://doi.org/10.1109/TSP.2007.896065
"""

import abc

import torch
from torch import Tensor

from eitherway.registry import Classes, register


class Penalty(abc.ABC):
    """A regression loss ρ(r / scale) of an error r in normalised action units."""

    def __init__(self, *, scale: float = 1.0) -> None:
        if not scale > 0:
            raise ValueError(f"scale must be above 0, got {scale}")
        self.scale = scale

    def __call__(self, error: Tensor) -> Tensor:
        return self.cost(error if self.scale == 1 else error / self.scale)

    @abc.abstractmethod
    def cost(self, r: Tensor) -> Tensor:
        """The loss ρ(r), elementwise."""


PENALTIES = Classes("penalty", Penalty)


@register
class Squared(Penalty):
    """Squared error (L2 loss), r²; its minimum is the mean."""

    def cost(self, r: Tensor) -> Tensor:
        return r.square()


@register
class Absolute(Penalty):
    """Absolute error (L1 loss), |r|; its minimum is the median."""

    def cost(self, r: Tensor) -> Tensor:
        return r.abs()


@register
class Welsch(Penalty):
    """Welsch (correntropy) loss, 1 - exp(-r²); beyond two scales it is flat and its gradient vanishes."""

    def cost(self, r: Tensor) -> Tensor:
        return -torch.expm1(-r.square())


@register
class Truncated(Penalty):
    """Truncated absolute error, min(|r|, 2): a median of what lies within two scales, no gradient beyond."""

    def cost(self, r: Tensor) -> Tensor:
        return r.abs().clamp(max=2)


@register
class Cauchy(Penalty):
    """Cauchy (Lorentzian) loss, log(1 + r²); its gradient falls as 1 / r but never vanishes."""

    def cost(self, r: Tensor) -> Tensor:
        return r.square().log1p()


@register
class LaplaceKernel(Penalty):
    """Laplace-kernel loss, 1 - exp(-|r|); its kink at 0 snaps to single demonstrations once near."""

    def cost(self, r: Tensor) -> Tensor:
        return -torch.expm1(-r.abs())


@register
class Huber(Penalty):
    """Huber loss: r² for small errors, then linear."""

    def __init__(
        self,
        *,
        threshold: float = 1.0,  # from here on an error costs linearly; large: the mean, small: the median
        scale: float = 1.0,
    ) -> None:
        super().__init__(scale=scale)
        if not threshold > 0:
            raise ValueError(f"threshold must be above 0, got {threshold}")
        self.threshold = threshold

    def cost(self, r: Tensor) -> Tensor:
        near = r.abs().clamp(max=self.threshold)
        return near * (2 * r.abs() - near)


@register
class Quantile(Penalty):
    """Pinball (quantile) loss, τ r above and (τ - 1) r below; its minimum is the quantile of `level` τ."""

    def __init__(
        self,
        *,
        level: float = 0.9,  # τ: the share of actions that lie below the answer
        scale: float = 1.0,
    ) -> None:
        super().__init__(scale=scale)
        if not 0 < level < 1:
            raise ValueError(f"level must lie between 0 and 1, got {level}")
        self.level = level

    def cost(self, r: Tensor) -> Tensor:
        return torch.maximum(self.level * r, (self.level - 1) * r)
