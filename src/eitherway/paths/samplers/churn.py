"""Stochastic sampling of a flow: one SDE with the same marginals for every diffusion coefficient g_t ≥ 0.

    dx = v dt  +  (g_t² / 2) ŝ |dt|  +  g_t dW   from t = 1 to 0,     ŝ = -ε̂ / σ_t          (1)

The flow's marginal distributions of x_t are those of (1) too, whatever g: what the noise spreads, the score ŝ pulls
together. With (â, ε̂) held over a step from t to s, (1) is linear in x, and its solution is

    x_s = α_s â + σ_s ( e^(-κ) ε̂ + √(1 - e^(-2κ)) ε ),     κ = ∫_s^t g_u² / (2 σ_u²) du        (2)

so a step is stable however large g is. Two schedules of g, each an amount of `churn`:

    by level    g² = 2 churn σ² dλ/dt              κ = churn (λ_t - λ_s),   λ = log(σ / α)      (3)
    steady      g² = churn² Δ,  Δ = α σ' - α' σ    κ = churn² (α_s / σ_s - α_t / σ_t) / 2       (4)

Near the data (4) would renew all of what little noise is left, many times over, in every step, while â is held: each
step then loses the spread that the fresh noise should have added to â, and the error falls with the root of the step
only. So there, where (4) asks for more than half of the ancestral step, steady churn is (3) with 1/2; that is a
schedule of g like any other, and the error falls with the step itself.

No churn is the ordinary equation (DDIM, Euler). By level, 1 is DDPM's ancestral step, the reversal of the noising.
On the straight path Δ = 1 and steady churn is a constant g.

References:
    An Introduction to Flow Matching and Diffusion Models (Holderrieth and Erives, 2025),
        https://arxiv.org/abs/2506.02070
    Stochastic Interpolants (Albergo et al., 2023), https://arxiv.org/abs/2303.08797
"""

import abc

import torch
from torch import Generator, Tensor

from eitherway.make import Make
from eitherway.paths.grids import Grid, UniformTimes
from eitherway.paths.samplers.base import Denoise, SingleStep
from eitherway.paths.schedules import Schedule
from eitherway.registry import Classes, register
from eitherway.shape import Chunk

NEAR = 0.5  # churn by level that steady churn never exceeds
MOST = 1e6  # stands for ∞ in κ: no churn at all is nothing even there


class Churn(abc.ABC):
    """A schedule of the diffusion coefficient g_t: how much fresh noise each step adds."""

    def __init__(self, *, amount: float = 1.0) -> None:
        if not amount >= 0:
            raise ValueError(f"amount must be at least 0, got {amount}")
        self.amount = amount

    @abc.abstractmethod
    def __call__(self, t: Tensor, s: Tensor, schedule: Schedule) -> Tensor:
        """The noise exponent κ of eq. (2), from t to the earlier s."""


CHURNS = Classes("churn", Churn)


@register
class ByLevel(Churn):
    """Diffusion coefficient constant per unit of log-SNR, eq. (3); 1 is DDPM's ancestral sampling."""

    def __call__(self, t: Tensor, s: Tensor, schedule: Schedule) -> Tensor:
        return self.amount * (schedule.level(t) - schedule.level(s)).clamp(max=MOST)


@register
class Steady(Churn):
    """Diffusion coefficient constant in time on the linear path, eq. (4), except near the data."""

    def __call__(self, t: Tensor, s: Tensor, schedule: Schedule) -> Tensor:
        (alpha_t, sigma_t), (alpha_s, sigma_s) = schedule(t), schedule(s)
        steady = self.amount**2 / 2 * (alpha_s / sigma_s - alpha_t / sigma_t).clamp(max=MOST)
        return steady.minimum(ByLevel(amount=NEAR)(t, s, schedule))


@register
class Stochastic(SingleStep):
    """Stochastic (SDE) sampler by an exponential integrator, eq. (2); one evaluation a step."""

    def __init__(
        self,
        *,
        steps: int = 10,
        churn: Make[Churn] = Make(ByLevel),
        grid: Make[Grid] = Make(UniformTimes),  # where to stop
        noise: float = 1.0,  # scale of the first noise and of fresh noise: below 1, draws keep to the likelier
    ) -> None:
        super().__init__(steps=steps, grid=grid, noise=noise)
        self.churn = churn()

    def step(self, denoise: Denoise, x: Chunk, t: Tensor, s: Tensor, schedule: Schedule, generator: Generator) -> Chunk:
        a, eps = denoise(x, t.expand(len(x)))
        alpha, sigma = schedule(s)
        decay = self.churn(t, s, schedule)
        kept, renewed = torch.exp(-decay), (-torch.expm1(-2 * decay)).sqrt()
        return alpha * a + sigma * (kept * eps + renewed * self.fresh(x, generator))
