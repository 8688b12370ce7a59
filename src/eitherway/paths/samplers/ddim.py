"""DDIM sampler, with DDPM and Euler as special cases: from t to an earlier time s, given â and ε̂,

    x_s = α_s â + σ_s ( √(1 - η²τ) ε̂ + η√τ ε ),     τ = 1 - (α_t σ_s / (α_s σ_t))²         (1)

    η = 0: DDIM; on the straight path exactly Euler's step x_s = x_t + (s - t) v̂, v̂ = ε̂ - â.
    η = 1: DDPM's ancestral step.
    s = 0: x_0 = â.

With a clip, â is held within it and ε̂ is what then is left of x_t: (x_t - α_t â) / σ_t. Where x_t is nearly all noise,
a small error of the prediction is a large one of â.

References:
    Denoising Diffusion Implicit Models (Song et al., 2021), https://arxiv.org/abs/2010.02502, eq. (12) and (16)
    Denoising Diffusion Probabilistic Models (Ho et al., 2020), https://arxiv.org/abs/2006.11239
"""

from torch import Generator, Tensor

from eitherway.make import Make
from eitherway.paths.grids import Grid, UniformTimes
from eitherway.paths.samplers.base import Denoise, SingleStep
from eitherway.paths.schedules import Schedule
from eitherway.registry import register
from eitherway.shape import Chunk


@register
class DDIM(SingleStep):
    """DDIM sampler (Song et al., 2021), eq. (1); eta = 1 gives DDPM's ancestral sampling."""

    def __init__(
        self,
        *,
        steps: int = 10,
        eta: float = 0.0,  # share of fresh noise: 0 none (DDIM, Euler), 1 all there is room for (DDPM)
        grid: Make[Grid] = Make(UniformTimes),  # where to stop
        noise: float = 1.0,  # scale of the first noise and of fresh noise: below 1, draws keep to the likelier
        clip: float | None = None,  # the largest number that actions may have on the way; None: any
    ) -> None:
        super().__init__(steps=steps, grid=grid, noise=noise)
        if not 0 <= eta <= 1:
            raise ValueError(f"eta must lie in [0, 1], got {eta}")
        if clip is not None and not clip > 0:
            raise ValueError(f"clip must be above 0, or null for none; got {clip}")
        self.eta, self.clip = eta, clip

    def step(self, denoise: Denoise, x: Chunk, t: Tensor, s: Tensor, schedule: Schedule, generator: Generator) -> Chunk:
        a, eps = denoise(x, t.expand(len(x)))
        (alpha_t, sigma_t), (alpha_s, sigma_s) = schedule(t), schedule(s)
        if self.clip is not None:
            a = a.clamp(-self.clip, self.clip)
            eps = (x - alpha_t * a) / sigma_t
        if self.eta == 0:
            return alpha_s * a + sigma_s * eps
        fresh = self.eta**2 * (1 - (alpha_t * sigma_s / (alpha_s * sigma_t)).square())  # η²τ
        return alpha_s * a + sigma_s * ((1 - fresh).sqrt() * eps + fresh.sqrt() * self.fresh(x, generator))
