"""Normalisers: affine maps between raw units and network inputs, with the log-determinant that likelihoods need.

y = (x - shift) / scale        log p(x) = log p(y) - Σ log scale
"""

import abc
import math
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn

from eitherway.registry import Classes, register

Parts: TypeAlias = Callable[[], Iterable[Shaped[Tensor, "M D"]]]  # rows of data, part by part, as often as called
Each: TypeAlias = Float[Tensor, " D"]

ROUNDING = 4  # a range of so many roundings of the largest number, or less, is no change
ROOM = 3.0  # how many times as far from the shift as the training data reached an observation may lie


class Normaliser(nn.Module, abc.ABC):
    """Base class of affine normalisers, y = (x - shift) / scale for each of D numbers, fitted on the training data."""

    shift: Tensor
    scale: Tensor
    least: Tensor  # where an observation is held, raw units; infinite before there are training data
    most: Tensor

    def __init__(self, size: int) -> None:
        super().__init__()
        self.register_buffer("shift", torch.zeros(size))
        self.register_buffer("scale", torch.ones(size))
        self.register_buffer("least", torch.full((size,), -math.inf))
        self.register_buffer("most", torch.full((size,), math.inf))

    @abc.abstractmethod
    def affine(self, parts: Parts) -> tuple[Each, Each]:
        """The shift and the scale fitted to the data."""

    def fit(self, x: Shaped[Tensor, "*M D"]) -> None:
        """Fits shift and scale to the training data; a number that never changes is only shifted."""
        self.fit_parts(lambda: [x.flatten(0, -2)])

    @torch.no_grad()
    def fit_parts(self, parts: Parts) -> None:
        """Fits shift and scale to data given in parts, which are never in memory all at once."""
        numbers = self.numbers(parts)
        shift, scale = self.affine(numbers)
        varies = changes(*extremes(numbers)) & (scale > 0)
        self.shift.copy_(shift)
        self.scale.copy_(torch.where(varies, scale, torch.ones_like(scale)))
        self.least.copy_(self.shift)
        self.most.copy_(self.shift)
        self.widen(parts)

    @torch.no_grad()
    def widen(self, parts: Parts) -> None:
        """Widens the allowed input range by further training data; shift and scale stay."""
        low, high = extremes(self.numbers(parts))
        room, largest = ROOM * torch.maximum(self.shift - low, high - self.shift), torch.finfo(self.scale.dtype).max
        self.least.copy_(torch.minimum(self.least, self.shift - room).clamp(min=-largest))
        self.most.copy_(torch.maximum(self.most, self.shift + room).clamp(max=largest))

    @property
    def fitted(self) -> bool:
        """Whether the normaliser was fitted."""
        return bool(self.most.isfinite().all())

    def numbers(self, parts: Parts) -> Parts:
        """The parts of the data in the normaliser's own precision: bytes and other whole numbers wrap in sums."""

        def numbers() -> Iterator[Float[Tensor, "M D"]]:
            rows = 0
            for part in parts():
                self.check(part)
                rows += len(part)
                if len(part):
                    yield part.to(self.scale)
            if not rows:
                raise ValueError("a normaliser needs at least one row of data, got none")

        return numbers

    def check(self, x: Tensor) -> None:
        """Raises ValueError where there are not D numbers."""
        if x.shape[-1] != len(self.scale):
            raise ValueError(f"this normaliser is for {len(self.scale)} numbers, got {x.shape[-1]}")

    def forward(self, x: Float[Tensor, "*M D"]) -> Float[Tensor, "*M D"]:
        self.check(x)
        return (x - self.shift) / self.scale

    def limited(self, x: Float[Tensor, "*M D"]) -> Float[Tensor, "*M D"]:
        """Normalised y, with x first clipped to 3 times the reach of the training data.

        A number that hardly changed in them has a tiny scale, and a small deviation of it would otherwise be larger
        than anything a network has seen.
        """
        return self(x.clamp(self.least, self.most))

    def inverse(self, y: Float[Tensor, "*M D"]) -> Float[Tensor, "*M D"]:
        """The inverse map, from y back to raw units."""
        self.check(y)
        return y * self.scale + self.shift

    def log_scale(self) -> Tensor:
        """The log-determinant Σ log scale: what a log-density loses on the way back to raw units."""
        return self.scale.log().sum()


NORMALISERS = Classes("normaliser", Normaliser)


@register
class MinMax(Normaliser):
    """Min-max scaling: the range of the training data becomes [-1, 1]."""

    def affine(self, parts: Parts) -> tuple[Each, Each]:
        return middle(*extremes(parts))


@register
class QuantileRange(Normaliser):
    """Quantile scaling: the range between two quantiles becomes [-1, 1], so a few outliers do not squeeze the rest.

    Nothing is cut off: what lies in the tails lies outside [-1, 1]. A number whose middle never changes takes its whole
    range.
    """

    def __init__(
        self,
        size: int,
        *,
        tail: float = 0.01,  # share of the data below the range, and share above it
    ) -> None:
        super().__init__(size)
        if not 0 < tail < 0.5:
            raise ValueError(f"tail must be a share above 0 and below 0.5, got {tail}")
        self.tail = tail

    def affine(self, parts: Parts) -> tuple[Each, Each]:
        low, high = quantile(parts, self.tail), -quantile(lambda: (-x for x in parts()), self.tail)
        inner, outer = middle(low, high), middle(*extremes(parts))
        varies = changes(low, high)
        return torch.where(varies, inner[0], outer[0]), torch.where(varies, inner[1], outer[1])


@register
class Standard(Normaliser):
    """Standardisation: the training data get mean 0 and standard deviation 1."""

    def affine(self, parts: Parts) -> tuple[Each, Each]:
        count, mean, squares = 0, torch.zeros_like(self.shift).double(), torch.zeros_like(self.shift).double()
        for x in parts():  # the sums of what was and what is added meet in double precision
            gap, total = x.mean(0).double() - mean, count + len(x)
            squares += x.std(0, unbiased=False).double().square() * len(x) + gap.square() * (count * len(x) / total)
            mean += gap * (len(x) / total)
            count = total
        return mean.to(self.shift), (squares / count).sqrt().to(self.shift)


@register
class Identity(Normaliser):
    """No normalisation: raw units, as they are."""

    def affine(self, parts: Parts) -> tuple[Each, Each]:
        return torch.zeros_like(self.shift), torch.ones_like(self.scale)


def extremes(parts: Parts) -> tuple[Each, Each]:
    """The minimum and the maximum of each number."""
    found = [torch.stack([x.amin(0), x.amax(0)]) for x in parts()]
    both = torch.stack(found)
    return both[:, 0].amin(0), both[:, 1].amax(0)


def middle(low: Each, high: Each) -> tuple[Each, Each]:
    """The midpoint and half the width of each range."""
    return (low + high) / 2, (high - low) / 2


def changes(low: Each, high: Each) -> Tensor:
    """Whether each range is wider than the rounding of its numbers."""
    return high - low > ROUNDING * torch.finfo(low.dtype).eps * torch.maximum(low.abs(), high.abs())


def quantile(parts: Parts, share: float) -> Each:
    """A low quantile of each number, exact, linearly interpolated; only the lower tail is kept in memory."""
    place = share * (sum(len(x) for x in parts()) - 1)
    below = int(place)
    tail: Tensor | None = None
    for x in parts():
        some = x if tail is None else torch.cat([tail, x])
        tail = some.topk(min(below + 2, len(some)), dim=0, largest=False).values  # in rising order
    assert tail is not None
    return tail[below].lerp(tail[min(below + 1, len(tail) - 1)], place - below)
