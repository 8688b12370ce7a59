"""Noise schedules: x_t = α_t a + σ_t ε, from t = 0 (data) to t = 1 (noise).

How noisy a point of a path is, is its level = log(σ_t / α_t), the half log noise-to-signal ratio: two paths at one
level differ by a factor only (x_t / α_t is the same), so levels compare where times do not.

References:
    Variational Diffusion Models (Kingma et al., 2021), https://arxiv.org/abs/2107.00630 (log-SNR as the natural time)
    Flow Matching for Generative Modeling (Lipman et al., 2023), https://arxiv.org/abs/2210.02747
"""

import abc
import math

import torch
from jaxtyping import Float
from torch import Tensor

from eitherway.registry import Classes, register


class Schedule(abc.ABC):
    """A noise schedule t ↦ (α_t, σ_t), and its inverse from a level log(σ / α) to a time."""

    lowest: float = -math.inf  # the range of levels the path runs through
    highest: float = math.inf

    @abc.abstractmethod
    def __call__(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """The coefficients (α_t, σ_t), elementwise."""

    @abc.abstractmethod
    def time(self, level: Tensor) -> Tensor:
        """The time at which log(σ_t / α_t) is `level`."""

    @abc.abstractmethod
    def rates(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """The derivatives (dα/dt, dσ/dt), elementwise."""

    def level(self, t: Tensor) -> Tensor:
        """The noise level log(σ_t / α_t), minus half the log-SNR."""
        alpha, sigma = self(t)
        return (sigma / alpha).log()


SCHEDULES = Classes("schedule", Schedule)


@register
class LinearPath(Schedule):
    """Linear interpolation path α = 1 - t, σ = t, as in flow matching and rectified flow."""

    def __call__(self, t: Tensor) -> tuple[Tensor, Tensor]:
        return 1 - t, t

    def time(self, level: Tensor) -> Tensor:
        return level.sigmoid()

    def rates(self, t: Tensor) -> tuple[Tensor, Tensor]:
        return -torch.ones_like(t), torch.ones_like(t)


@register
class Cosine(Schedule):
    """Cosine schedule α = cos(π t / 2), σ = sin(π t / 2); variance preserving: α² + σ² = 1.

    References:
        Improved Denoising Diffusion (Nichol and Dhariwal, 2021), https://arxiv.org/abs/2102.09672 (here without offset)
    """

    def __call__(self, t: Tensor) -> tuple[Tensor, Tensor]:
        angle = t * (math.pi / 2)
        return angle.cos().clamp(min=0), angle.sin()  # rounding alone could take α below 0 at t = 1

    def time(self, level: Tensor) -> Tensor:
        return level.exp().atan() * (2 / math.pi)

    def rates(self, t: Tensor) -> tuple[Tensor, Tensor]:
        alpha, sigma = self(t)
        return -sigma * (math.pi / 2), alpha * (math.pi / 2)


class Betas(Schedule):
    """Discrete β schedule of T steps: ᾱ_i = Π_{j ≤ i} (1 - β_j), α_t = √ᾱ_i, σ_t = √(1 - ᾱ_i).

    Index i = 0 ... T - 1 sits at time (i + 1) / T, and t = 0 is the data itself; between, log ᾱ is linear in t.

    References:
        Denoising Diffusion Probabilistic Models (Ho et al., 2020), https://arxiv.org/abs/2006.11239
    """

    def __init__(self, beta: Float[Tensor, " T"]) -> None:
        self.log_bar = torch.cat([torch.zeros(1, dtype=torch.float64), (1 - beta).log().cumsum(0)])  # T+1: log ᾱ
        self.rise = self.log_bar.diff()
        level = torch.log(-torch.expm1(self.log_bar[1:])) / 2 - self.log_bar[1:] / 2
        self.lowest, self.highest = float(level[0]), float(level[-1])

    def __call__(self, t: Tensor) -> tuple[Tensor, Tensor]:
        log_bar, rise = self.log_bar.to(t), self.rise.to(t)
        place = t * len(rise)
        below = place.long().clamp(0, len(rise) - 1)
        log = log_bar[below] + (place - below) * rise[below]
        return (log / 2).exp(), (-torch.expm1(log)).sqrt()

    def time(self, level: Tensor) -> Tensor:
        log = -torch.nn.functional.softplus(2 * level.double())  # log ᾱ = -log(1 + e^(2 level))
        rising = -self.log_bar.to(level.device)
        above = torch.searchsorted(rising, -log).clamp(1, len(rising) - 1)
        share = (-log - rising[above - 1]) / (rising[above] - rising[above - 1])
        return ((above - 1 + share.clamp(0, 1)) / (len(rising) - 1)).to(level.dtype)

    def rates(self, t: Tensor) -> tuple[Tensor, Tensor]:
        alpha, sigma = self(t)
        rise = self.rise.to(t)
        slope = rise[(t * len(rise)).long().clamp(0, len(rise) - 1)] * len(rise)  # of log ᾱ = 2 log α
        return alpha * slope / 2, -alpha.square() * slope / (2 * sigma)  # dσ/dt = -α/σ dα/dt; without end at t = 0


@register
class LinearBetas(Betas):
    """Linear β schedule of DDPM (Ho et al., 2020)."""

    def __init__(self, *, steps: int = 49, first: float = 1e-4, last: float = 0.2) -> None:
        check_steps(steps)
        if not 0 < first <= last < 1:
            raise ValueError(f"betas must satisfy 0 < first <= last < 1, got first {first} and last {last}")
        super().__init__(torch.linspace(first, last, steps, dtype=torch.float64))


@register
class CappedCosine(Betas):
    """Discrete cosine schedule with β capped: Diffusion Policy's, squaredcos_cap_v2 in diffusers.

    No step takes more than a share of the signal, so not all of it is ever gone.

    References:
        Improved Denoising Diffusion (Nichol and Dhariwal, 2021), https://arxiv.org/abs/2102.09672, section 3.2
    """

    def __init__(
        self,
        *,
        steps: int = 100,
        offset: float = 0.008,
        cap: float = 0.999,  # largest β
    ) -> None:
        check_steps(steps)
        if not 0 < cap < 1:
            raise ValueError(f"cap must be a share above 0 and below 1, got {cap}")
        alpha, _ = OffsetCosine(offset=offset)(torch.linspace(0, 1, steps + 1, dtype=torch.float64))
        super().__init__((1 - (alpha[1:] / alpha[:-1]).square()).clamp(max=cap))


def check_steps(steps: int) -> None:
    """Raises ValueError where the number of steps is below 1."""
    if steps < 1:
        raise ValueError(f"steps must be at least 1, got {steps}")


@register
class OffsetCosine(Schedule):
    """Cosine schedule with offset s: ᾱ = cos²(A) / cos²(A₀), A from A₀ = π/2 · s / (1 + s) to π/2.

    With the offset, noise sets in at once. In the difference 1 - ᾱ nothing cancels: it is
    sin(A - A₀) sin(A + A₀) / cos²(A₀).

    References:
        Improved Denoising Diffusion (Nichol and Dhariwal, 2021), https://arxiv.org/abs/2102.09672, eq. (17)
    """

    def __init__(
        self,
        *,
        offset: float = 0.008,  # s
    ) -> None:
        if not offset > 0:
            raise ValueError(f"offset must be above 0 (Cosine has none), got {offset}")
        self.speed = math.pi / 2 / (1 + offset)
        self.start = self.speed * offset

    def __call__(self, t: Tensor) -> tuple[Tensor, Tensor]:
        angle = self.start + self.speed * t
        noise = (self.speed * t).sin() * (self.start + angle).sin()
        return angle.cos().clamp(min=0) / math.cos(self.start), noise.clamp(min=0).sqrt() / math.cos(self.start)

    def time(self, level: Tensor) -> Tensor:
        alpha = (-2 * level).sigmoid().sqrt()
        return ((alpha * math.cos(self.start)).acos() - self.start).clamp(min=0) / self.speed

    def rates(self, t: Tensor) -> tuple[Tensor, Tensor]:
        (alpha, sigma), angle = self(t), self.start + self.speed * t
        slope = -self.speed * angle.sin() / math.cos(self.start)
        return slope, -alpha * slope / sigma  # without end at t = 0


@register
class Sigmoid(Schedule):
    """Sigmoid schedule: ᾱ falls from 1 to 0 along a sigmoid between `start` and `end`.

    With d = (end - start) / τ and x = start / τ + t d, differences of sigmoids are products of hyperbolic sines, so

        1 - ᾱ = sinh(t d/2) cosh(end/2τ) / (sinh(d/2) cosh(x/2)),
        ᾱ     = sinh((1-t) d/2) cosh(start/2τ) / (sinh(d/2) cosh(x/2)):

    nothing cancels at either end, and the ratio of the two has an inverse.

    References:
        Scalable Adaptive Computation for Iterative Generation (Jabri et al., 2023), https://arxiv.org/abs/2212.11972
    """

    def __init__(
        self,
        *,
        start: float = -3.0,  # of the stretch, at the data
        end: float = 3.0,  # of the stretch, at the noise
        temperature: float = 1.0,  # τ: the higher, the straighter
    ) -> None:
        if not start < end:
            raise ValueError(f"start must lie below end, got start {start} and end {end}")
        if not temperature > 0:
            raise ValueError(f"temperature must be above 0, got {temperature}")
        self.half, self.middle = (end - start) / temperature / 2, start / temperature / 2
        self.near, self.far = math.cosh(start / temperature / 2), math.cosh(end / temperature / 2)

    def bar(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """The pair (ᾱ, 1 - ᾱ), without cancellation."""
        scale = math.sinh(self.half) * (self.middle + t * self.half).cosh()
        return ((1 - t) * self.half).sinh() * self.near / scale, (t * self.half).sinh() * self.far / scale

    def __call__(self, t: Tensor) -> tuple[Tensor, Tensor]:
        alpha, sigma = (part.clamp(0, 1).sqrt() for part in self.bar(t))
        return alpha, sigma

    def time(self, level: Tensor) -> Tensor:
        inverse = (-2 * level).exp() * (self.far / self.near)
        return (math.sinh(self.half) / (inverse + math.cosh(self.half))).atanh() / self.half

    def rates(self, t: Tensor) -> tuple[Tensor, Tensor]:
        alpha, sigma = self(t)
        rise = self.half / 2 * (1 / (t * self.half).tanh() + 1 / ((1 - t) * self.half).tanh())  # of the level
        return -alpha * sigma.square() * rise, alpha.square() * sigma * rise  # without end at both ends
