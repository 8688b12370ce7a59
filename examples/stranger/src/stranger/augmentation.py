"""Moments without a sensor."""

import torch
from torch import Generator

from eitherway import register
from eitherway.data import Spec
from eitherway.shape import Obs
from eitherway.training.augmentations import BatchAugmentation


@register
class Blackout(BatchAugmentation):
    """Sets all numbers to the middle of their range, in a share of the training examples."""

    def __init__(
        self,
        *,
        share: float = 0.05,  # of the training examples
    ) -> None:
        if not 0 <= share <= 1:
            raise ValueError(f"share must lie in [0, 1], got {share}")
        self.share = share

    def __call__(self, obs: Obs, spec: Spec, noise: Generator) -> Obs:
        """obs: [B, T, size] by name, normalised, so that 0 is the middle; images stay as they are."""
        size = len(next(iter(obs.values())))
        seen = (torch.rand(size, generator=noise, device=noise.device) >= self.share)[:, None, None]
        return {**obs, **{name: obs[name] * seen for name in spec.numbers}}
