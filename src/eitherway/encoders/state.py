"""State encoder: one token for each past observation, its numbers concatenated; nothing is learnt.

With Fourier features each number also comes as sine and cosine of it at that many octaves from π up: a network is slow
to learn what hangs on small differences, and a pixel is a five-hundredth of the field.

References:
    Fourier Features Let Networks Learn High Frequency Functions (Tancik et al., 2020), https://arxiv.org/abs/2006.10739
"""

import math

import torch
from torch import Tensor

from eitherway.backbones.mlp import OCTAVES
from eitherway.data.spec import Spec
from eitherway.encoders.base import Encoder
from eitherway.registry import register
from eitherway.shape import Context, Obs, joined


@register
class StateEncoder(Encoder):
    """State encoder: the observed numbers, one token a time step, concatenated in alphabetical order of names."""

    octaves: Tensor

    def __init__(
        self,
        spec: Spec,
        *,
        fourier_octaves: int = 0,  # octaves of sine and cosine of each number
    ) -> None:
        super().__init__(spec)
        if spec.pictures:
            raise ValueError(f"StateEncoder reads numbers alone, and {next(iter(spec.pictures))} is a picture")
        if not 0 <= fourier_octaves <= OCTAVES:
            raise ValueError(f"fourier_octaves must be from 0 to {OCTAVES}, got {fourier_octaves}")
        self.register_buffer("octaves", math.pi * 2.0 ** torch.arange(fourier_octaves), persistent=False)
        self.tokens = spec.n_obs_steps
        self.embed = sum(spec.numbers.values()) * (1 + 2 * fourier_octaves)

    def forward(self, obs: Obs) -> Context:
        numbers = joined([obs[key] for key in self.keys], dim=-1)  # B N O
        if not len(self.octaves):
            return numbers
        angle = (numbers[..., None] * self.octaves).flatten(2)  # B N O·octaves
        return torch.cat([numbers, angle.sin(), angle.cos()], dim=-1)
