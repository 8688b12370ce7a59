"""Reader of Diffusion Policy's replay buffers: all episodes end to end in one zarr group, version 2 or 3.

    data/NAME            [F ...]   one array for each thing recorded, F frames each
    meta/episode_ends    [E]       the index after each episode's last frame; strictly increasing, the last is F

References:
    Diffusion Policy (Chi et al., 2023), https://github.com/real-stanford/diffusion_policy
    Zarr storage specification, https://zarr-specs.readthedocs.io
"""

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import zarr

from eitherway.data.readers.base import BadData, Key, Reader
from eitherway.data.readers.folder import files
from eitherway.data.readers.zarr_chunks import PIECES, Array, abreast, bounded, packing, piece, stored_bytes
from eitherway.registry import register

ENDS = "meta/episode_ends"
NUMBERS = "biuf"  # booleans, whole numbers, fractions
RUN = 1 << 22  # bytes that are unpacked at a time, or one chunk where that is larger
METADATA = (".zarray", ".zgroup", ".zattrs", ".zmetadata", "zarr.json")
LINE = 200  # letters of a library's error: some repeat all that they were given
LONGEST = 1 << 24  # bytes of metadata


@register
class ZarrReplay(Reader):
    """Zarr replay buffer (Diffusion Policy's format), streamed from disk: only an episode's chunks are in memory.

    Chunks that two episodes share are decompressed once, if episodes are read in their order.
    """

    kind: ClassVar[str] = "zarr replay buffer"
    mark: ClassVar[str] = "a folder with .zgroup or zarr.json"

    def __init__(self, path: Path, arrays: dict[str, Array], keys: dict[str, Key], ends: np.ndarray) -> None:
        self.path, self._arrays, self._keys, self._ends = path, arrays, keys, ends
        self._last: dict[str, tuple[int, np.ndarray]] = {}  # by name: the last piece read, and where it begins

    @classmethod
    def recognises(cls, path: Path) -> bool:
        return any((path / file).is_file() for file in (".zgroup", "zarr.json"))

    @classmethod
    def open(cls, path: Path, *, sparse: bool = False) -> "ZarrReplay":
        there = _files(path)
        root = _group(path)
        arrays = {name: _array(root, f"data/{name}", path) for name in _names(path)}
        ends = _ends(_array(root, ENDS, path), path, there, max(a.shape[0] for a in arrays.values()), sparse=sparse)
        for name, array in arrays.items():
            if array.shape[0] != ends[-1]:
                raise BadData(
                    f"{path}: data/{name} has {array.shape[0]:,} frames, but the last of {ENDS} is {ends[-1]:,}; "
                    f"all arrays must be as long as that ({_told(arrays)})"
                )
        keys = {
            name: Key(a.shape[1:], a.dtype, stored_bytes(a, path, f"data/{name}", there, sparse=sparse), packing(a))
            for name, a in arrays.items()
        }
        return cls(path, arrays, keys, ends)

    @property
    def keys(self) -> dict[str, Key]:
        return self._keys

    @property
    def lengths(self) -> tuple[int, ...]:
        return tuple(np.diff(self._ends, prepend=0).tolist())

    @property
    def rate(self) -> None:
        return None

    def part(self, name: str, episode: int, start: int, stop: int) -> np.ndarray:
        first, array = int(self._ends[episode - 1]) if episode else 0, self._arrays[name]
        start, stop, each = first + start, first + stop, piece(array)[0]
        run = each * max(1, min(PIECES // abreast(array), RUN // (each * self._keys[name].frame_bytes)))
        x = np.empty((stop - start, *array.shape[1:]), array.dtype.newbyteorder("="))
        begin = start // each * each
        kept, last = self._last.get(name, (-1, x[:0]))
        done = begin
        if kept == begin:
            done += len(last)
            x[: max(done - start, 0)] = last[start - begin : stop - begin]
        while done < stop:
            high = min(-(-stop // each) * each, done + run, int(self._ends[-1]))
            fresh = self._decoded(name, done, high)
            x[max(done - start, 0) : high - start] = fresh[max(start - done, 0) : stop - done]
            begin = (high - 1) // each * each
            self._last[name] = (begin, fresh[begin - done :].copy())
            done = high
        return x

    def _decoded(self, name: str, start: int, stop: int) -> np.ndarray:
        """Decoded frames of an array, in this machine's byte order."""
        try:
            x = np.asarray(self._arrays[name][start:stop])
        except Exception as error:  # each codec has its own
            told = f"{self.path}: data/{name}, frames {start:,} to {stop - 1:,}"
            raise BadData(f"{told} cannot be decoded: {_reason(error)}") from None
        return x.astype(x.dtype.newbyteorder("="), copy=False)


def _files(path: Path) -> dict[str, int]:
    """The files of the folder with their sizes; raises BadData for metadata files too large to be real."""
    there = files(path)
    for name, size in there.items():
        if name.rpartition("/")[2] in METADATA and size > LONGEST:
            raise BadData(f"{path}: {name} has {size:,} bytes; metadata have at most {LONGEST:,}")
    return there


def _group(path: Path) -> zarr.Group:
    """The root group of a buffer, opened without consolidated metadata: arrays as they are on disk."""
    try:
        return zarr.open_group(path, mode="r", use_consolidated=False)
    except Exception as error:  # broken metadata: json's errors, zarr's, KeyError, ...
        raise BadData(f"{path} cannot be opened as a zarr group: {_reason(error)}") from None


def _names(path: Path) -> list[str]:
    """The names of all arrays in `data`, by folder, so that one that lost its metadata is not passed over."""
    folder = path / "data"
    if not folder.is_dir():
        raise BadData(f"{path} has no group 'data': a replay buffer has arrays in data, and {ENDS}")
    names = sorted(p.name for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    if not names:
        raise BadData(f"{path} has no array in 'data', so nothing was recorded")
    for name in names:
        if not name.isprintable():
            raise BadData(f"{path}: data has a folder {name!r}, and no array can be called so: it cannot be printed")
    return names


def _array(root: zarr.Group, name: str, path: Path) -> Array:
    """An array of numbers by its name, checked; a BadData says what is wrong with it."""
    try:
        found: Any = root[name]
    except KeyError:
        raise BadData(f"{path} has no array {name!r}, or it lost its metadata (.zarray or zarr.json)") from None
    except Exception as error:
        raise BadData(f"{path}: the metadata of {name!r} is damaged: {_reason(error)}") from None
    if isinstance(found, zarr.Group):
        raise BadData(f"{path}: {name!r} is a group; a replay buffer's arrays stand in 'data' itself")
    if found.dtype.kind not in NUMBERS:
        raise BadData(f"{path}: {name!r} holds {found.dtype}, not numbers")
    if not found.shape:
        raise BadData(f"{path}: {name!r} is empty: its shape is (), frames first")
    bounded(found, f"{path}: {name!r}")
    return found


def _ends(array: Array, path: Path, there: dict[str, int], frames: int, *, sparse: bool) -> np.ndarray:
    """The end index of each episode, checked; only whether the last fits the arrays is not."""
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise BadData(f"{path}: {ENDS} must be one row of whole numbers, and is {array.dtype} of shape {array.shape}")
    if array.shape[0] > frames:
        raise BadData(f"{path}: {ENDS} has {array.shape[0]:,} episodes, more than there are frames: {frames:,}")
    stored_bytes(array, path, ENDS, there, sparse=sparse)
    try:
        ends = np.asarray(array[:]).astype(np.int64)
    except Exception as error:
        raise BadData(f"{path}: {ENDS} cannot be decoded: {_reason(error)}") from None
    wrong = np.flatnonzero(np.diff(ends, prepend=0) <= 0)
    if len(wrong):
        at = int(wrong[0])
        before = f"the one before ends at {ends[at - 1]:,}" if at else "the first must be at least 1"
        raise BadData(f"{path}: {ENDS} must increase: episode {at} ends at {ends[at]:,}, and {before}")
    return ends


def _told(arrays: dict[str, Array]) -> str:
    """The length of each array, as text."""
    return ", ".join(f"{name} {array.shape[0]:,}" for name, array in arrays.items())


def _reason(error: Exception) -> str:
    """A library's error as one line of text."""
    told = f"{type(error).__name__}: {' '.join(str(error).split())}".removesuffix(": ")
    return told if len(told) <= LINE else f"{told[:LINE]} ..."
