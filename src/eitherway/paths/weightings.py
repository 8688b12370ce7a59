"""Loss weightings by noise level.

A network's prediction y is off by e; the action read off it is off by g e, with the gain g = ∂â/∂y of `targets.py`
(σ/α for the noise, σ for the velocity, 1 for the action itself). So every weight w of the prediction's error is the
weight w / g² of the action's, and one target with another's weight has the same loss.

    even       w = 1: each target's own
    min-SNR    w = g² min(SNR, γ),   SNR = α² / σ²                             (1)

References:
    Efficient Diffusion Training via Min-SNR Weighting Strategy (Hang et al., 2023),
        https://arxiv.org/abs/2303.09556 (1)
"""

import abc

import torch
from torch import Tensor

from eitherway.registry import Classes, register


class Weighting(abc.ABC):
    """A loss weighting: the factor of a squared error, by the noise level of the example."""

    @abc.abstractmethod
    def __call__(self, gain: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor:
        """The loss weight, elementwise."""


WEIGHTINGS = Classes("weighting", Weighting)


@register
class Even(Weighting):
    """Uniform loss weighting, w = 1: all errors of the prediction count the same."""

    def __call__(self, gain: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor:
        return torch.ones_like(alpha)


@register
class MinSNR(Weighting):
    """Min-SNR-γ loss weighting (Hang et al., 2023), eq. (1): an action's error counts min(SNR, γ)."""

    def __init__(
        self,
        *,
        gamma: float = 5.0,  # the largest weight of an action's squared error
    ) -> None:
        if not gamma > 0:
            raise ValueError(f"gamma must be above 0, got {gamma}")
        self.gamma = gamma

    def __call__(self, gain: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor:
        ratio = alpha / sigma
        noise = (gain * ratio).nan_to_num(nan=1.0)  # where all is noise a gain may be infinite: -σ / α · α / σ
        return torch.where(ratio.square() <= self.gamma, noise.square(), self.gamma * gain.square())


EVEN = Even()
