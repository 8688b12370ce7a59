"""Denoising diffusion: learn to tell noise from action in a sum of both, and draw by removing noise step by step.

    x_t = α_t a + σ_t ε,   α_t² + σ_t² = 1,   ε ~ N(0, I)
    L   = E ‖y_θ(x_t, t, c) - y‖²,   y = ε or another target of `paths/targets.py`         (1)

References:
    Denoising Diffusion Probabilistic Models (Ho et al., 2020), https://arxiv.org/abs/2006.11239
    Diffusion Policy (Chi et al., 2023), https://arxiv.org/abs/2303.04137
"""

from jaxtyping import Float
from torch import Tensor

from eitherway.backbones.base import Net
from eitherway.heads.iterative import IterativeSampler
from eitherway.make import Make
from eitherway.paths import (
    DDIM,
    Cosine,
    Even,
    LogNormal,
    Sampler,
    Schedule,
    Target,
    Times,
    UniformLogSNR,
    Velocity,
    Weighting,
)
from eitherway.registry import register
from eitherway.shape import Chunk, Shape


@register
class Diffusion(IterativeSampler):
    """Denoising diffusion model (Ho et al., 2020), as in Diffusion Policy."""

    def __init__(
        self,
        shape: Shape,
        net: Net,
        *,
        schedule: Make[Schedule] = Make(Cosine),  # the path from action to noise
        target: Make[Target] = Make(Velocity),  # what the network predicts
        times: Make[Times] = Make(LogNormal),  # where on the path to train
        weighting: Make[Weighting] = Make(Even),  # how much an error counts by noise level
        sampler: Make[Sampler] = Make(DDIM, grid=Make(UniformLogSNR)),  # how noise becomes an action
    ) -> None:
        aim = target()
        super().__init__(shape, net, schedule(), times(), sampler(), weighting(), aim.scaling)
        self.aim = aim
        first = self.sampler.grid(self.sampler.steps, self.schedule)[0]
        if self.sampler.clip is None and self.schedule(first)[0] < self.aim.least_alpha:
            raise ValueError(
                "where drawing starts, all is noise: predict Velocity, take a grid that starts lower, or clip"
            )

    def target(self, a: Chunk, eps: Chunk, t: Float[Tensor, "B 1 1"]) -> Chunk:
        return self.aim.of(a, eps, *self.schedule(t))  # eq. (1)

    def read(self, y: Chunk, x_t: Chunk, t: Float[Tensor, "B 1 1"]) -> tuple[Chunk, Chunk]:
        return self.aim.read(y, x_t, *self.schedule(t))
