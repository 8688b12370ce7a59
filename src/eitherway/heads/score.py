"""Score-based model: noise the actions by an SDE, learn the score, and run the SDE backwards.

    dx = f x dt + g dW                            noising, from t = 0 to 1          (1)
    ŝ_θ(x, t, c) ≈ ∇ log p_t(x | c)               the score: where x is likelier
    dx = [f x - g² ŝ_θ] dt + g dW̄                 the same in reverse, noise to action      (2)
    dx = [f x - g² ŝ_θ / 2] dt                    the same distributions p_t without fresh noise     (3)

Given its action, x_t = α_t a + σ_t ε has the score -ε / σ_t, and the mean of these over actions is ∇ log p_t, so

    L = E w(t) ‖ŝ_θ(x_t, t, c) + ε / σ_t‖²,   w(t) = σ_t²                           (4)

The score is without bound as σ → 0, so the network answers -σ_t ŝ = ε̂, for which (4) is E ‖y_θ - ε‖², or another
target of `paths/targets.py` that ε̂ can be read off.

References:
    Score-Based Generative Modeling through SDEs (Song et al., 2021), https://arxiv.org/abs/2011.13456
"""

from typing import ClassVar

from jaxtyping import Float
from torch import Tensor

from eitherway.backbones.base import Net
from eitherway.heads.iterative import IterativeSampler
from eitherway.make import Make
from eitherway.paths import (
    Divergence,
    EulerMaruyama,
    Even,
    Exact,
    Noise,
    Sampler,
    Schedule,
    Target,
    Times,
    Uniform,
    VariancePreserving,
    Weighting,
)
from eitherway.paths.scalings import AS_IT_IS, UnitVariance
from eitherway.registry import register
from eitherway.shape import Chunk, Context, Each, Shape


@register
class Score(IterativeSampler):
    """Score-based SDE model (Song et al., 2021), trained by denoising score matching."""

    drawing: ClassVar[frozenset[str]] = frozenset({"divergence", "sampler"})

    def __init__(
        self,
        shape: Shape,
        net: Net,
        *,
        schedule: Make[Schedule] = Make(VariancePreserving),  # eq. (1), by its solution
        target: Make[Target] = Make(Noise),  # what the network answers: -σ ŝ, or what that can be read off
        times: Make[Times] = Make(Uniform),  # where on the path to train
        weighting: Make[Weighting] = Make(Even),  # how much an error counts by noise level, beside w
        sampler: Make[Sampler] = Make(EulerMaruyama),  # eq. (2), or (3) by any sampler without fresh noise
        divergence: Make[Divergence] = Make(Exact),  # of eq. (3), for the likelihood
    ) -> None:
        aim = target()
        scaling = UnitVariance() if aim.scaling is AS_IT_IS else aim.scaling  # variances may explode
        super().__init__(shape, net, schedule(), times(), sampler(), weighting(), scaling, divergence())
        self.aim = aim

    def score(self, c: Context, x_t: Chunk, t: Each) -> Chunk:
        """The learnt score ŝ_θ(x_t, t, c) ≈ ∇ log p_t(x_t | c)."""
        _, eps = self.denoise(c, x_t, t)
        return -eps / self.schedule(t[:, None, None])[1]

    def target(self, a: Chunk, eps: Chunk, t: Float[Tensor, "B 1 1"]) -> Chunk:
        return self.aim.of(a, eps, *self.schedule(t))

    def read(self, y: Chunk, x_t: Chunk, t: Float[Tensor, "B 1 1"]) -> tuple[Chunk, Chunk]:
        return self.aim.read(y, x_t, *self.schedule(t))
