"""Moments without a sensor."""

import torch
from torch import Generator

from eitherway import register
from eitherway.data import Spec
from eitherway.shape import Obs
from eitherway.training.augmentations import BatchAugmentation


@register
class Blackout(BatchAugmentation):
    """Shows nothing, in a share of the training examples."""

    def __init__(self, *, share: float = 0.05) -> None:
        self.share = share

    def __call__(self, obs: Obs, spec: Spec, noise: Generator) -> Obs:
        size = len(next(iter(obs.values())))
        seen = (torch.rand(size, generator=noise, device=noise.device) >= self.share)[:, None, None]
        return {**obs, **{name: obs[name] * seen for name in spec.numbers}}
