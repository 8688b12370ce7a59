"""Distributions of training times t, and the time conditioning that the network is given.

References:
    Scaling Rectified Flow Transformers (Esser et al., 2024), https://arxiv.org/abs/2403.03206 (logit-normal times)
    Elucidating the Design Space of Diffusion-Based Generative Models (Karras et al., 2022),
        https://arxiv.org/abs/2206.00364 (log-normal noise levels, told as a quarter of their logarithm)
    π0 (Black et al., 2024), https://arxiv.org/abs/2410.24164, appendix B (beta times: mostly noise)
"""

import abc

import torch
from torch import Generator, Tensor

from eitherway.paths.schedules import Schedule
from eitherway.registry import Classes, register


class Times(abc.ABC):
    """A distribution of training times, and the number that conditions the network on a time."""

    @abc.abstractmethod
    def draw(self, like: Tensor, schedule: Schedule, generator: Generator) -> Tensor:
        """Independent training times, as many as `like` has rows, on its device and of its type."""

    @abc.abstractmethod
    def tell(self, t: Tensor, schedule: Schedule) -> Tensor:
        """The conditioning number that the network is given for time t."""


TIMES = Classes("training times", Times)


@register
class Uniform(Times):
    """Uniform training times t ~ U(0, 1), as in flow matching as first published; t is given as it is."""

    def draw(self, like: Tensor, schedule: Schedule, generator: Generator) -> Tensor:
        return torch.rand(len(like), generator=generator, device=like.device, dtype=like.dtype)

    def tell(self, t: Tensor, schedule: Schedule) -> Tensor:
        return t


@register
class Beta(Times):
    """Beta-distributed training times t = least + (1 - least) b, b ~ Beta(noise, data); by default those of π0."""

    def __init__(
        self,
        *,
        noise: float = 1.5,  # how much training keeps to the end t = 1; with both at 1, times are uniform
        data: float = 1.0,  # how much it keeps to the end t = 0
        least: float = 0.001,  # below, there is no training
    ) -> None:
        if not (noise > 0 and data > 0):
            raise ValueError(f"noise and data must be above 0, got {noise} and {data}")
        if not 0 <= least < 1:
            raise ValueError(f"least must lie in [0, 1), got {least}")
        self.noise, self.data, self.least = noise, data, least

    def draw(self, like: Tensor, schedule: Schedule, generator: Generator) -> Tensor:
        x, y = (torch._standard_gamma(like.new_full((len(like),), k), generator) for k in (self.noise, self.data))
        return self.least + (1 - self.least) * x / (x + y)

    def tell(self, t: Tensor, schedule: Schedule) -> Tensor:
        return t


@register
class Steps(Times):
    """Uniform discrete timesteps, as in DDPM: index i of `count` is t = (i + 1) / count and is given as i / count."""

    def __init__(self, *, count: int = 49) -> None:
        if count < 1:
            raise ValueError(f"count must be at least 1, got {count}")
        self.count = count

    def draw(self, like: Tensor, schedule: Schedule, generator: Generator) -> Tensor:
        i = torch.randint(self.count, (len(like),), generator=generator, device=like.device)
        return ((i + 1) / self.count).to(like.dtype)

    def tell(self, t: Tensor, schedule: Schedule) -> Tensor:
        return t - 1 / self.count


@register
class LogNormal(Times):
    """Log-normal noise levels σ / α, as in EDM, given as log(σ / α) / 4; on linear paths t is logit-normal."""

    def __init__(
        self,
        *,
        mean: float = -0.5,  # of the level: a little less noise than action
        sd: float = 1.5,
    ) -> None:
        if not sd > 0:
            raise ValueError(f"sd must be above 0, got {sd}")
        self.mean, self.sd = mean, sd

    def draw(self, like: Tensor, schedule: Schedule, generator: Generator) -> Tensor:
        z = torch.randn(len(like), generator=generator, device=like.device, dtype=like.dtype)
        return schedule.time(self.mean + self.sd * z)

    def tell(self, t: Tensor, schedule: Schedule) -> Tensor:
        reach = 4 * self.sd  # beyond, training never was: pure noise has level ∞
        return schedule.level(t).clamp(self.mean - reach, self.mean + reach) / 4
