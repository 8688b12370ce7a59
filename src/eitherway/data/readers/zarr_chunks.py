"""Integrity checks of a zarr array's chunk files: none missing, none truncated, none that unpacks to too much.

The zarr library fills a chunk that is missing with the array's fill value, and Blosc decodes one that was cut short to
numbers that nobody recorded; neither says a word. It makes room for whatever sizes the metadata tell, and runs any
codec that they name, pickle among them. So all of that is looked at here, before anything is read.
"""

import itertools
import lzma
import math
import re
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import zarr

from eitherway.data.readers.base import BadData
from eitherway.data.readers.foreign import POINTER
from eitherway.data.readers.unpacked import BLOSC_HEADER, COUNTED, HEADER, SIZE_FROM_HEADER, counted

LARGEST = 1 << 30  # bytes: of a chunk, unpacked, or of all chunks that a frame lies in
WIDEST = 1 << 25  # numbers in a frame; a picture of 4K has 2.5e7
PIECES = 1 << 14  # chunks that a frame may be cut into
FILLED = 1 << 34  # bytes that may be filled in for chunks that are missing
MISSING = 1 << 20  # chunks that may be
WIDE = 16  # bytes: a number as a filter may leave it
SLACK = 1 << 12  # bytes: what cannot be compressed becomes a little longer
PLAIN = ("bytes", "transpose", "sharding", "shuffle", "packbits")
PACKED = ("blosc", "zstd", "zlib", "gzip", "bz2", "lzma", "lz4", "pcodec", "zfpy")
COARSE = ("delta", "fixedscaleoffset", "astype", "quantize", "bitround")
SUMMED = ("crc32", "crc32c", "adler32", "fletcher32", "jenkinslookup3")
CODECS = {*PLAIN, *PACKED, *COARSE, *SUMMED}  # those that make numbers out of bytes, and do nothing else
Array = zarr.Array[Any]


def piece(array: Array) -> tuple[int, ...]:
    """The shape of what is stored in one file: a chunk, or a shard of chunks."""
    return array.shards or array.chunks


def bounded(array: Array, told: str) -> None:
    """Raises BadData for an array with too wide frames, chunks too large or too many, or an unknown codec."""
    for of in (*array.filters, array.serializer, *array.compressors):
        if of is not None and codec(of) not in CODECS:
            raise BadData(f"{told} is packed by the codec {codec(of)!r}, which is not read here")
    each, numbers = piece(array), math.prod(array.shape[1:])
    if min(array.shape) < 1 or min(each) < 1:
        raise BadData(f"{told} is empty: its shape is {array.shape}, frames first, in chunks of {each}")
    if numbers > WIDEST:
        raise BadData(f"{told} has frames of {numbers:,} numbers; at most {WIDEST:,} are read")
    largest = max(math.prod(each), each[0] * numbers) * array.dtype.itemsize
    if largest > LARGEST:
        raise BadData(f"{told} lies in chunks of {each}: {largest:,} bytes at a time, and at most {LARGEST:,} are read")
    if abreast(array) > PIECES:
        raise BadData(f"{told} has frames cut into {abreast(array):,} chunks; at most {PIECES:,} are read")


def abreast(array: Array) -> int:
    """The number of files that one frame is spread over."""
    return math.prod(_counts(array)[1:])


def stored_bytes(array: Array, path: Path, name: str, files: dict[str, int], *, sparse: bool) -> int:
    """The bytes of an array on disk; a BadData names a chunk that is missing, truncated or damaged."""
    sizes = {place: files[f"{name}/{key}"] for place, key in _pieces(array, name, files)}
    missing = math.prod(_counts(array)) - len(sizes)
    if missing and not sparse:
        first = next(p for p in itertools.product(*map(range, _counts(array))) if p not in sizes)
        raise BadData(
            f"{path}: {name}/{array.metadata.encode_chunk_key(first)} is missing; if it was left out because all in it "
            f"is {array.fill_value}, as zarr 3 does, say sparse"
        )
    empty = missing * math.prod(piece(array)) * array.dtype.itemsize
    if empty > FILLED or missing > MISSING:
        raise BadData(
            f"{path}: {name} lacks {missing:,} chunks, {empty:,} bytes; "
            f"at most {MISSING:,} chunks and {FILLED:,} bytes are filled in"
        )
    for place, size in sizes.items():
        key = f"{name}/{array.metadata.encode_chunk_key(place)}"
        _refuse_damage(path / key, f"{path}: {key}", size, array)
    return sum(sizes.values())


def _counts(array: Array) -> list[int]:
    """The number of chunk files along each axis."""
    return [-(-length // each) for length, each in zip(array.shape, piece(array), strict=True)]


def _pieces(array: Array, name: str, files: dict[str, int]) -> Iterable[tuple[tuple[int, ...], str]]:
    """The chunk files that exist: the grid index of each, and its name below the array's folder."""
    counts = _counts(array)
    for file in files:
        if file.startswith(f"{name}/"):
            key = file.removeprefix(f"{name}/")
            place = tuple(map(int, re.findall("[0-9]+", key)))
            inside = len(place) == len(counts) and all(p < count for p, count in zip(place, counts, strict=True))
            if inside and array.metadata.encode_chunk_key(place) == key:
                yield place, key


def _refuse_damage(file: Path, told: str, size: int, array: Array) -> None:
    """Raises BadData where a chunk file does not have, or does not unpack to, its due size."""
    with file.open("rb") as opened:
        header = opened.read(max(HEADER, len(POINTER)))
    if header.startswith(POINTER):
        raise BadData(f"{told} is a Git LFS pointer and not the file itself: `git lfs pull` fetches that")
    if array.shards is not None:
        return
    by = codec(array.compressors[-1]) if array.compressors else ""
    full = math.prod(array.chunks) * array.dtype.itemsize
    due = size
    if by == "blosc":
        due = (
            int.from_bytes(header[BLOSC_HEADER - 4 : BLOSC_HEADER], "little") if size >= BLOSC_HEADER else BLOSC_HEADER
        )
    elif not by and not array.filters:
        due = full
    if size != due:
        raise BadData(f"{told} is damaged: {size:,} bytes, and {due:,} were written")
    unpacked = SIZE_FROM_HEADER[by](header[:HEADER]) if by in SIZE_FROM_HEADER and not array.filters else None
    if unpacked not in (None, full):
        raise BadData(f"{told} is damaged: it says that it unpacks to {unpacked:,} bytes, and {full:,} are due")
    most = full if not array.filters else math.prod(array.chunks) * WIDE
    if by in COUNTED and overflows(file, by, most):
        raise BadData(f"{told} is damaged: it unpacks to more than the {most:,} bytes that are due")
    if size > full + full // 8 + SLACK:
        raise BadData(f"{told} is damaged: it has {size:,} bytes, and unpacked they should be {full:,}")


def overflows(file: Path, by: str, most: int) -> bool:
    """Whether a chunk file unpacks to more than so many bytes; one that cannot be unpacked fails when it is read."""
    try:
        return counted(file, by, most) > most
    except (OSError, EOFError, zlib.error, lzma.LZMAError):
        return False


def packing(array: Array) -> str:
    """A description of an array's compression and chunking."""
    codecs = " + ".join(codec(c) for c in array.compressors) or "not compressed"
    shard = f", {piece(array)[0]} a shard" if array.shards else ""
    return f"{codecs}, {array.chunks[0]} frames a chunk{shard}"


def codec(of: object) -> str:
    """The name of a codec, in either version of zarr."""
    return type(of).__name__.removesuffix("Codec").lower()
