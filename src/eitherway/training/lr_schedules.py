"""Learning-rate schedules: the learning rate over a run, as a factor between 0 and 1 of its peak."""

import abc
import math

from eitherway.registry import Classes, register

__all__ = ["Constant", "CosineDecay", "LearningRate", "LinearDecay", "OneCycle"]


class LearningRate(abc.ABC):
    """Base class of learning-rate schedules: a factor for each fraction of the run that is done."""

    @abc.abstractmethod
    def __call__(self, done: float) -> float:
        """The learning-rate factor after a fraction `done` in [0, 1) of the steps."""


LEARNING_RATES = Classes("learning rate", LearningRate)


@register
class Constant(LearningRate):
    """A constant learning rate from first to last step."""

    def __call__(self, done: float) -> float:
        return 1.0


@register
class OneCycle(LearningRate):
    """One-cycle schedule: cosine warm-up to the peak over the first `warm` of the run, then cosine decay to `end`.

    References:
        Super-Convergence (Smith and Topin, 2018), https://arxiv.org/abs/1708.07120
    """

    def __init__(self, *, warm: float = 0.1, start: float = 0.04, end: float = 1e-4) -> None:
        if not 0 < warm < 1:
            raise ValueError(f"warm must be a share of the run between 0 and 1, got {warm}")
        self.warm, self.start, self.end = warm, start, end

    def __call__(self, done: float) -> float:
        if done < self.warm:
            return ease(self.start, 1.0, done / self.warm)
        return ease(1.0, self.end, (done - self.warm) / (1 - self.warm))


@register
class CosineDecay(LearningRate):
    """Cosine decay to `end`, after a linear warm-up over the first `warm` of the run.

    References:
        SGDR (Loshchilov and Hutter, 2017), https://arxiv.org/abs/1608.03983 (one period, no restart)
    """

    def __init__(self, *, warm: float = 0.0, end: float = 0.0) -> None:
        self.warm, self.end = shares(warm, end)

    def __call__(self, done: float) -> float:
        if done < self.warm:
            return done / self.warm
        return ease(1.0, self.end, (done - self.warm) / (1 - self.warm))


@register
class LinearDecay(LearningRate):
    """Linear decay to `end`, after a linear warm-up over the first `warm` of the run."""

    def __init__(self, *, warm: float = 0.0, end: float = 0.0) -> None:
        self.warm, self.end = shares(warm, end)

    def __call__(self, done: float) -> float:
        if done < self.warm:
            return done / self.warm
        return 1 + (self.end - 1) * (done - self.warm) / (1 - self.warm)


def shares(warm: float, end: float) -> tuple[float, float]:
    """The options `warm` and `end`, checked; raises ValueError where they are not fractions."""
    if not 0 <= warm < 1:
        raise ValueError(f"warm must be a share of the run in [0, 1), got {warm}")
    if not 0 <= end <= 1:
        raise ValueError(f"end must be a share of the peak in [0, 1], got {end}")
    return warm, end


def ease(a: float, b: float, share: float) -> float:
    """Cosine interpolation from a to b at a fraction `share`."""
    return b + (a - b) * (1 + math.cos(math.pi * share)) / 2
