"""Data-set statistics: ranges, missing values, constant columns, jumps and repeated frames of recordings.

Damage that a policy would be taught is counted here, not refused: refusing is for whoever reads to train.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from eitherway.data.columns import Column, Jump, column, jumps, movement
from eitherway.data.readers.base import BYTE, SLICE, BadData, Key, Place, Reader

MANY = 64  # an array of more numbers a frame is a picture: its steps are measured over the whole frame
BLOCK = 1 << 17  # numbers that are counted at a time, in double precision
KEPT = 1 << 30  # bytes of an array that is no picture, for a percentile needs all of it: 10^7 frames of 14 numbers


@dataclass(frozen=True)
class Facts:
    """Statistics of one recorded array."""

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
class DatasetStatistics:
    """Statistics of a data set: episode lengths, and those of each array."""

    lengths: tuple[int, ...]
    arrays: dict[str, Facts]

    @property
    def frames(self) -> int:
        """The number of frames of all episodes."""
        return sum(self.lengths)

    @property
    def bad(self) -> int:
        """The number of NaN and infinite values."""
        return sum(f.nan + f.infinite for f in self.arrays.values())


def facts(reader: Reader, name: str, *, size: int = SLICE) -> Facts:
    """The statistics of one array, read once from the first episode to the last, `size` bytes at a time."""
    key = reader.keys[name]
    if np.prod(key.shape) <= MANY and sum(reader.lengths) * key.frame_bytes > KEPT:
        raise BadData(
            f"{reader.path}: {name} has {sum(reader.lengths):,} frames of {key.frame_bytes:,} bytes; "
            f"at most {KEPT:,} bytes of an array that is no picture are looked through"
        )
    count = _Count(key)
    for episode in range(len(reader.lengths)):
        count.begin(episode)
        for frames in reader.slices(name, episode, size=size):
            count.add(frames)
            del frames  # before room is made for the next
    return count.summary(reader.lengths)


class _Count:
    """Running statistics of one array: of images next to nothing is kept, of other arrays the numbers."""

    def __init__(self, key: Key) -> None:
        self.key = key
        self.picture = bool(np.prod(key.shape) > MANY)
        self.low = self.high = np.full(int(np.prod(key.shape)), np.nan)
        self.spoilt = np.zeros(len(self.low), bool)  # columns that have not been numbers throughout
        self.nan = self.infinite = self.repeated = 0
        self.first_bad: Place | None = None
        self.bytes_like = True
        self.kept: list[np.ndarray] = []  # of pictures how far each is from the one before, else the frames

    def begin(self, episode: int) -> None:
        """Starts the next episode."""
        self.episode, self.frame = episode, 0
        self.last = np.empty((0, len(self.low)))  # the frame before the next, in this episode

    def add(self, recorded: np.ndarray) -> None:
        """Adds the next frames of this episode to the statistics."""
        flat = recorded.reshape(len(recorded), -1)  # T N
        if not self.picture:
            self.kept.append(flat)
        each = max(1, BLOCK // flat.shape[1])
        for start in range(0, len(flat), each):
            self._add(flat[start : start + each].astype(np.float64))

    def _add(self, x: Float64[np.ndarray, "T N"]) -> None:
        """Adds a small block of frames, so that copies of it do not matter."""
        finite = np.isfinite(x)
        if not finite.all():
            self._count_bad(x, finite)
            x[~finite] = np.nan
        self.low, self.high = np.fmin(self.low, np.fmin.reduce(x, 0)), np.fmax(self.high, np.fmax.reduce(x, 0))
        whole = self.bytes_like and np.fmin.reduce(x, None) >= 0 and np.fmax.reduce(x, None) <= BYTE
        self.bytes_like = bool(whole and (x == np.rint(x)).all())
        with np.errstate(over="ignore"):
            step = np.diff(np.concatenate([self.last, x]), axis=0)
            self.repeated += int((step == 0).all(1).sum())
            if self.picture:
                moved = np.sqrt(np.einsum("tn,tn->t", step, step) / x.shape[1])
                self.kept.append(np.concatenate([np.zeros(len(x) - len(step)), np.nan_to_num(moved)]))
        self.frame += len(x)
        self.last = x[-1:].copy()

    def _count_bad(self, x: np.ndarray, finite: np.ndarray) -> None:
        missing = int(np.isnan(x).sum())
        self.nan += missing
        self.infinite += int((~finite).sum()) - missing
        self.spoilt |= ~finite.all(0)
        self.first_bad = self.first_bad or Place(self.episode, self.frame + int(np.argmin(finite.all(1))))

    def summary(self, lengths: tuple[int, ...]) -> Facts:
        """The statistics of all frames added."""
        starts = np.zeros(sum(lengths), bool)
        starts[np.cumsum([0, *lengths[:-1]])] = True
        found = () if self.picture else tuple(column(x, starts) for x in self._columns())
        gaps, jump = jumps(self._sizes(found, starts), starts, whole=self.picture)
        return Facts(
            key=self.key,
            low=float(np.fmin.reduce(self.low)),
            high=float(np.fmax.reduce(self.high)),
            nan=self.nan,
            infinite=self.infinite,
            first_bad=self.first_bad,
            constant=tuple(np.flatnonzero((self.low == self.high) & ~self.spoilt).tolist()),
            repeated=self.repeated / max(1, len(starts) - len(lengths)),
            gaps=gaps,
            jump=jump,
            columns=found,
            bytes_like=self.bytes_like,
        )

    def _columns(self) -> Iterator[Float64[np.ndarray, " F"]]:
        """Each column of the array over all frames, NaN for what is not finite."""
        for i in range(len(self.low)):
            x = np.concatenate([frames[:, i] for frames in self.kept]).astype(np.float64)
            x[~np.isfinite(x)] = np.nan
            yield x

    def _sizes(self, found: tuple[Column, ...], starts: np.ndarray) -> Iterator[np.ndarray]:
        """The step sizes between frames, by column or of whole images; wrap-around of an angle counts as 0."""
        if self.picture:
            yield np.concatenate(self.kept)
            return
        for x, of in zip(self._columns(), found, strict=True):
            yield movement(x, starts, of)
