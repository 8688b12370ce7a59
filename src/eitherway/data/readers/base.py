"""Interface of readers: recordings on disk as arrays of frames, read one episode at a time."""

import abc
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from eitherway.data.episode import Episode
from eitherway.registry import Classes

BYTE = 255  # the largest number that a byte holds
SLICE = 1 << 24  # bytes: what is read at a time where an episode need not be in memory as a whole


class BadData(ValueError):
    """Raised for recordings that are damaged or unsupported: says what, where, what was found, what would be right."""


@dataclass(frozen=True)
class Place:
    """The position of a frame: its episode and its index there, both counted from 0."""

    episode: int
    frame: int

    def __str__(self) -> str:
        return f"episode {self.episode}, frame {self.frame}"


@dataclass(frozen=True)
class Key:
    """Metadata of one recorded array: shape and dtype of a frame, and how it lies on disk.

    >>> Key((2,), np.dtype("float32"), stored=700, packing="blosc, 161 frames a chunk").frame_bytes
    8
    """

    shape: tuple[int, ...]  # of one frame; () where a frame is one number
    dtype: np.dtype
    stored: int  # bytes on disk
    packing: str  # in words

    @property
    def frame_bytes(self) -> int:
        """The memory that one frame takes as it was recorded."""
        return math.prod(self.shape) * self.dtype.itemsize


class Reader(abc.ABC):
    """Base class of readers: recordings of one format, opened; all that costs no full read has been checked."""

    kind: ClassVar[str]  # the format, in words
    mark: ClassVar[str]  # what it is recognised by, in words
    path: Path

    @classmethod
    @abc.abstractmethod
    def recognises(cls, path: Path) -> bool:
        """Whether a path looks like this format; damage is for `open` to name."""

    @classmethod
    @abc.abstractmethod
    def open(cls, path: Path, *, sparse: bool = False) -> "Reader":
        """Opens the recordings at a path; a BadData says what is wrong with them.

        `sparse`: pieces that are missing on disk were left out by the writer because they hold only the array's fill
        value; otherwise they count as lost, for nothing on disk tells the two apart.
        """

    @property
    @abc.abstractmethod
    def keys(self) -> dict[str, Key]:
        """The metadata of the recorded arrays, by name."""

    @property
    @abc.abstractmethod
    def lengths(self) -> tuple[int, ...]:
        """The number of frames of each episode."""

    @property
    @abc.abstractmethod
    def rate(self) -> float | None:
        """Frames a second; None where the format does not store it."""

    @abc.abstractmethod
    def part(self, name: str, episode: int, start: int, stop: int) -> np.ndarray:
        """One array's frames `start` to `stop` - 1 of one episode, as they were recorded, the caller's to write to.

        Not a number may be among them. Memory goes with `stop` - `start`, and not with the episode's length.
        """

    def frames(self, name: str, episode: int) -> np.ndarray:
        """One array's frames of one episode."""
        return self.part(name, episode, 0, self.lengths[episode])

    def slices(self, name: str, episode: int, *, size: int = SLICE) -> Iterator[np.ndarray]:
        """One array's frames of one episode in slices of at most `size` bytes, but at least one frame."""
        length, each = self.lengths[episode], max(1, size // self.keys[name].frame_bytes)
        return (self.part(name, episode, start, min(start + each, length)) for start in range(0, length, each))

    def read(
        self, names: Sequence[str], *, which: Sequence[int] | None = None, as_bytes: Sequence[str] = ()
    ) -> Iterator[dict[str, np.ndarray]]:
        """Iterates over all or some episodes, each as arrays by name; NaN and infinity are refused.

        Arrays in `as_bytes`, pictures of whole numbers from 0 to 255 kept as something larger, become bytes.
        """
        for name in (*names, *as_bytes):
            if name not in self.keys:
                raise BadData(f"{self.path} has no array {name!r}; it has: {', '.join(self.keys)}")
        for episode in which or ():
            if not 0 <= episode < len(self.lengths):
                raise BadData(f"{self.path} has episodes 0 to {len(self.lengths) - 1}, not {episode}")
        chosen = range(len(self.lengths)) if which is None else which
        return ({name: self._checked(name, k, name in as_bytes) for name in names} for k in chosen)

    def episodes(
        self,
        observation: Sequence[str],
        action: str = "action",
        *,
        which: Sequence[int] | None = None,
        as_bytes: Sequence[str] = (),
    ) -> Iterator[Episode]:
        """Iterates over demonstrations as `Episode`s; arrays of one number a frame get an axis for it."""
        for arrays in self.read((*observation, action), which=which, as_bytes=as_bytes):
            rows = {name: x if x.ndim > 1 else x[:, None] for name, x in arrays.items()}
            yield Episode({name: rows[name] for name in observation}, rows[action])

    def _checked(self, name: str, episode: int, to_bytes: bool) -> np.ndarray:
        """One array's frames of one episode, checked to be finite, as bytes where asked for."""
        x = self.frames(name, episode)
        if x.dtype.kind == "f":
            self._refuse(~np.isfinite(x), x, "is no number", name, episode)
        if not to_bytes:
            return x
        rounded = x.clip(0, BYTE).astype(np.uint8)
        self._refuse(rounded != x, x, f"is no whole number from 0 to {BYTE}", name, episode)
        return rounded

    def _refuse(self, wrong: np.ndarray, x: np.ndarray, why: str, name: str, episode: int) -> None:
        """Raises BadData for the first frame in which something is wrong, if there is one."""
        if wrong.any():
            frame = int(np.flatnonzero(wrong.reshape(len(x), -1).any(1))[0])
            value = x[frame][wrong[frame]].flat[0] if x.ndim > 1 else x[frame]
            raise BadData(f"{self.path}: {name}, {Place(episode, frame)}: {value} {why}")


READERS = Classes("reader", Reader)
