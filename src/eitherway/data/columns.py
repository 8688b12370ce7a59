"""Statistics of one scalar column of a recording: range, outliers, angle wrap-around and jumps.

An angle that goes round leaps from one end of its range to the other, which is no movement. It is told from other
leaps by two signs: (a) hardly any step is of a size between; (b) its ends are those of a whole turn, or else, for a
gripper leaps too, (c) beside the leaps it moves on in the direction in which it left, and (d) is often in between.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float64

from eitherway.data.readers.base import Place

GAP = 10  # a step so many times the column's 99th percentile is no movement: frames are missing
TYPICAL = 99  # per cent of a column's steps are at most the typical one
MIDDLE = (1, 99)  # per cent: what lies between is the middle of a column
FAR = 10  # middles away from the middle, at least, and ...
APART = 8  # ... so many times as far as the next: heavy tails go far (Student's t with 3 degrees), but in small leaps
BETWEEN = (0.25, 0.75)  # of the range: an angle goes in smaller steps, and leaps further
ODD = 0.1  # as many steps as that for each leap may be of a size between
ONWARD = 0.5  # of the movement beside leaps, less what goes the other way
INSIDE = 0.2  # of the frames, at least, in the inner half of the range
TURNS = {
    "-pi to pi": (-np.pi, np.pi),
    "0 to 2 pi": (0.0, 2 * np.pi),
    "-180 to 180": (-180.0, 180.0),
    "0 to 360": (0.0, 360.0),
}
NEAR = 0.02  # of a turn


@dataclass(frozen=True)
class Jump:
    """A jump: the largest step between consecutive frames, as a multiple of its column's typical one."""

    column: int | None  # None: over the whole frame
    size: float
    typical: float  # the 99th percentile of the column's steps
    at: Place

    @property
    def times(self) -> float:
        """The size of the jump as a multiple of the typical step."""
        return self.size / self.typical


@dataclass(frozen=True)
class Wrap:
    """Wrap-around of an angle column: how often it occurs, and where first."""

    times: int
    first: Place
    turn: str | None  # its range in words, where that is a turn's; None: it is only like one


@dataclass(frozen=True)
class Outliers:
    """Outliers of a column: numbers far outside the rest of it."""

    count: int
    farthest: float
    away: float  # how far that is from the middle, in widths of the middle
    at: Place


@dataclass(frozen=True)
class Column:
    """Statistics of one scalar column: range, percentiles, wrap-around and outliers."""

    low: float
    high: float
    middle: tuple[float, float]  # its 1st and 99th percentile
    wrap: Wrap | None
    outliers: Outliers | None

    @property
    def normalised(self) -> tuple[float, float]:
        """The 1st and 99th percentile after min-max scaling to [-1, 1]: narrow where a few frames stretch the range."""
        centre, half = self.low / 2 + self.high / 2, self.high / 2 - self.low / 2
        low, high = ((m - centre) / (half or 1) for m in self.middle)
        return low, high


def column(x: Float64[np.ndarray, " F"], starts: Bool[np.ndarray, " F"]) -> Column:
    """The statistics of one column; NaN counts as missing, and `starts` marks the first frame of each episode."""
    known = x[~np.isnan(x)]
    if not len(known):
        return Column(np.nan, np.nan, (0.0, 0.0), None, None)
    with np.errstate(over="ignore", invalid="ignore"):
        middle = np.percentile(known, MIDDLE)
    return Column(
        low=float(known.min()),
        high=float(known.max()),
        middle=(float(middle[0]), float(middle[1])),
        wrap=wrap(x, starts),
        outliers=outliers(x, starts),
    )


def outliers(x: Float64[np.ndarray, " F"], starts: Bool[np.ndarray, " F"]) -> Outliers | None:
    """The outliers of a column; None where there are none."""
    ranked = np.sort(x[~np.isnan(x)])
    for cut in (-(-len(ranked) // 100), 1):  # a column that hardly ever moves has no width until its rare values count
        if len(ranked) <= 2 * cut:
            return None
        low, high = ranked[cut], ranked[-1 - cut]
        if high > low:
            break
    else:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        away = np.nan_to_num(np.maximum(low - x, x - high) / (high - low), nan=0.0)
        far = np.maximum(np.sort(away), 1.0)
        first = np.flatnonzero((far[1:] > FAR) & (far[1:] / far[:-1] > APART))
    if not len(first):
        return None
    at = int(np.argmax(away))
    return Outliers(len(x) - 1 - int(first[0]), float(x[at]), float(away[at]), place(at, starts))


def wrap(x: Float64[np.ndarray, " F"], starts: Bool[np.ndarray, " F"]) -> Wrap | None:
    """The wrap-around of a column; None where it is no angle that goes round."""
    low, high = np.nanmin(x), np.nanmax(x)
    with np.errstate(over="ignore"):
        span = high - low
    if not 0 < span < np.inf:
        return None
    step = steps(x, starts)
    size = np.abs(step) / span
    leaps = size > BETWEEN[1]
    if not leaps.any() or (size > BETWEEN[0]).sum() - leaps.sum() > ODD * leaps.sum():  # (a)
        return None
    turn = next((n for n, ends in TURNS.items() if np.allclose((low, high), ends, 0, NEAR * (ends[1] - ends[0]))), None)
    inside = np.mean(np.abs(x - (low / 2 + high / 2)) < span / 4)
    if turn is None and (inside < INSIDE or not _onward(step, leaps)):  # (b), (d), (c)
        return None
    return Wrap(int(leaps.sum()), place(int(np.argmax(leaps)), starts), turn)


def _onward(step: Float64[np.ndarray, " F"], leaps: Bool[np.ndarray, " F"]) -> bool:
    """Whether the steps before and after leaps go on in the direction in which the leap left, against its own."""
    small = np.where(leaps, 0.0, step)
    after = np.append(small, 0.0)[1:]
    beside = -np.sign(step[leaps]) * np.stack([small[:-1][leaps[1:]], after[leaps]])  # the first frame has no step
    return bool(beside.sum() > ONWARD * np.abs(beside).sum())


def steps(x: Float64[np.ndarray, " F"], starts: Bool[np.ndarray, " F"]) -> Float64[np.ndarray, " F"]:
    """The difference of each frame to the one before; 0 for an episode's first, and to or from what is no number."""
    with np.errstate(over="ignore"):
        step = np.diff(x, prepend=x[:1])
    return np.where(starts | np.isnan(step), 0.0, step)


def movement(x: Float64[np.ndarray, " F"], starts: Bool[np.ndarray, " F"], of: Column) -> Float64[np.ndarray, " F"]:
    """The absolute steps of a column; the leaps of an angle that goes round count as 0."""
    size = np.abs(steps(x, starts))
    return size if of.wrap is None else np.where(size > BETWEEN[1] * (of.high - of.low), 0.0, size)


def jumps(
    sizes: Iterable[Float[np.ndarray, " F"]], starts: Bool[np.ndarray, " F"], *, whole: bool
) -> tuple[int, Jump | None]:
    """The number of frames that a jump leads to, and the largest jump; a column that rarely moves has none.

    `sizes` are the steps' by column, or of whole frames.
    """
    jumped, largest = np.zeros(len(starts), bool), None
    for i, size in enumerate(sizes):
        inner = size[~starts]
        typical = float(np.percentile(inner, TYPICAL)) if len(inner) else 0.0
        if typical > 0:
            jumped |= size / typical > GAP
            at = int(np.argmax(size))
            found = Jump(None if whole else i, float(size[at]), typical, place(at, starts))
            largest = max(largest or found, found, key=lambda jump: jump.times)
    return int(jumped.sum()), largest


def place(row: int, starts: Bool[np.ndarray, " F"]) -> Place:
    """The episode and frame of a row that is counted over all episodes."""
    before = np.flatnonzero(starts[: row + 1])
    return Place(len(before) - 1, row - int(before[-1]))
