"""What recordings hold: ranges, what is missing, what never changes, where the recording jumps or stands still.

Damage that a policy would be taught is counted here, not refused: refusing is for whoever reads to train.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from eitherway.data.readers.base import BYTE, Key, Reader

GAP = 10  # a step so many times the column's 99th percentile is no movement, frames are missing or a number wrapped
TYPICAL = 99  # per cent of a column's steps are at most the typical one
MIDDLE = (1, 99)  # per cent: what lies between is the middle of a column
MANY = 64  # an array of more numbers a frame is a picture: its steps are measured over the whole frame


@dataclass(frozen=True)
class Place:
    """A frame of an episode, both counted from 0."""

    episode: int
    frame: int

    def __str__(self) -> str:
        return f"episode {self.episode}, frame {self.frame}"


@dataclass(frozen=True)
class Jump:
    """The largest step from a frame to the next, as a multiple of its column's typical one."""

    column: int | None  # None: over the whole frame
    size: float
    typical: float  # the 99th percentile of the column's steps
    span: float  # of all that the column ever is
    at: Place

    @property
    def times(self) -> float:
        """How many times the typical step it is."""
        return self.size / self.typical


@dataclass(frozen=True)
class Column:
    """One number of each frame."""

    low: float
    high: float
    middle: tuple[float, float]  # its 1st and 99th percentile

    @property
    def normalised(self) -> tuple[float, float]:
        """Where the middle lies once the range is [-1, 1]: narrow where a few frames stretch the range."""
        centre, half = (self.low + self.high) / 2, (self.high - self.low) / 2
        low, high = ((m - centre) / (half or 1) for m in self.middle)
        return low, high


@dataclass(frozen=True)
class Facts:
    """What one array holds."""

    key: Key
    low: float  # of all finite numbers; NaN where there is none
    high: float
    nan: int
    infinite: int
    first_bad: Place | None  # where the first of both is
    constant: tuple[int, ...]  # columns that never change, counted from 0 over a flattened frame
    repeated: float  # share of frames that equal the one before, of those that have one
    gaps: int  # frames that a jump leads to, of more than GAP times the typical step
    jump: Jump | None  # the largest; None where nothing moves
    columns: tuple[Column, ...]  # () for pictures
    bytes_like: bool  # whole numbers from 0 to 255 throughout


@dataclass(frozen=True)
class Survey:
    """What a data set holds."""

    lengths: tuple[int, ...]
    arrays: dict[str, Facts]

    @property
    def frames(self) -> int:
        """All frames of all episodes."""
        return sum(self.lengths)

    @property
    def bad(self) -> int:
        """Numbers that are none."""
        return sum(f.nan + f.infinite for f in self.arrays.values())


def facts(reader: Reader, name: str) -> Facts:
    """What one array holds, read once from the first episode to the last."""
    count = _Count(reader.keys[name])
    for episode in range(len(reader.lengths)):
        count.add(episode, reader.frames(name, episode))
    return count.summary(reader.lengths)


class _Count:
    """What is kept of the frames that have passed: of pictures next to nothing, of other arrays the numbers."""

    def __init__(self, key: Key) -> None:
        self.key = key
        self.low: np.ndarray | None = None
        self.high: np.ndarray | None = None
        self.nan = self.infinite = self.repeated = 0
        self.first_bad: Place | None = None
        self.bytes_like = True
        self.steps: list[np.ndarray] = []
        self.kept: list[np.ndarray] = []

    def add(self, episode: int, recorded: np.ndarray) -> None:
        """Takes the frames of the next episode."""
        x = recorded.reshape(len(recorded), -1)  # T N
        x = x if x.dtype in (np.float32, np.float64) else x.astype(float)
        finite = np.isfinite(x)
        if not finite.all():
            self._count_bad(episode, x, finite)
            x = np.where(finite, x, np.nan)
        low, high = np.fmin.reduce(x, 0), np.fmax.reduce(x, 0)
        self.low = low if self.low is None else np.fmin(self.low, low)
        self.high = high if self.high is None else np.fmax(self.high, high)
        whole = self.bytes_like and low.min() >= 0 and high.max() <= BYTE
        self.bytes_like = bool(whole and (x == np.rint(x)).all())
        step = _steps(x)
        self.repeated += int((step == 0).all(1).sum())
        self.steps.append(np.nan_to_num(step))  # to or from what is no number: no step is known
        if x.shape[1] <= MANY:
            self.kept.append(x)

    def _count_bad(self, episode: int, x: np.ndarray, finite: np.ndarray) -> None:
        missing = int(np.isnan(x).sum())
        self.nan += missing
        self.infinite += int((~finite).sum()) - missing
        self.first_bad = self.first_bad or Place(episode, int(np.flatnonzero(~finite.all(1))[0]))

    def summary(self, lengths: tuple[int, ...]) -> Facts:
        """What has passed, summed up."""
        assert self.low is not None and self.high is not None
        steps = np.concatenate(self.steps)
        gaps, jump = _jumps(steps, self.high - self.low, lengths)
        return Facts(
            key=self.key,
            low=float(np.fmin.reduce(self.low)),
            high=float(np.fmax.reduce(self.high)),
            nan=self.nan,
            infinite=self.infinite,
            first_bad=self.first_bad,
            constant=tuple(np.flatnonzero(self.low == self.high).tolist()),
            repeated=self.repeated / len(steps) if len(steps) else 0.0,
            gaps=gaps,
            jump=jump,
            columns=_columns(self.kept, self.low, self.high),
            bytes_like=self.bytes_like,
        )


def _steps(x: Float[np.ndarray, "T N"]) -> np.ndarray:
    """How far each column goes from a frame to the next; of a picture, the root mean square over the frame."""
    step = np.abs(np.diff(x, axis=0))
    return step if x.shape[1] <= MANY else np.sqrt(np.einsum("tn,tn->t", step, step) / x.shape[1])[:, None]


def _jumps(steps: np.ndarray, span: np.ndarray, lengths: tuple[int, ...]) -> tuple[int, Jump | None]:
    """How many frames are jumped to, and the largest jump; columns that rarely move have no typical step."""
    if not len(steps):
        return 0, None
    typical = np.percentile(steps, TYPICAL, axis=0)
    times = np.divide(steps, typical, out=np.zeros_like(steps), where=typical > 0)
    row, column = (int(i) for i in np.unravel_index(np.argmax(times), times.shape))
    if times[row, column] == 0:
        return 0, None
    firsts = np.cumsum([0, *(n - 1 for n in lengths)])  # the row of each episode's first step
    episode = int(np.searchsorted(firsts, row, side="right")) - 1
    jump = Jump(
        column=column if len(span) == steps.shape[1] else None,
        size=float(steps[row, column]),
        typical=float(typical[column]),
        span=float(span[column]) if len(span) == steps.shape[1] else float(span.max()),
        at=Place(episode, row - int(firsts[episode]) + 1),
    )
    return int((times > GAP).any(1).sum()), jump


def _columns(kept: list[np.ndarray], low: np.ndarray, high: np.ndarray) -> tuple[Column, ...]:
    """Each number of a frame by itself."""
    if not kept:
        return ()
    x = np.concatenate(kept)
    known = np.where(np.isnan(x).all(0), 0.0, x)  # a column without a number has no middle; its range says so
    middle = np.nanpercentile(known, MIDDLE, axis=0)
    return tuple(
        Column(float(a), float(b), (float(p), float(q))) for a, b, p, q in zip(low, high, *middle, strict=True)
    )
