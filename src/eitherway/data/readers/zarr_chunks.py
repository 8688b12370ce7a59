"""The files that a zarr array's chunks lie in: all there and none cut short.

The zarr library fills a chunk that is missing with the array's fill value, and Blosc decodes one that was cut short to
numbers that nobody recorded; neither says a word. So both are looked for here, before anything is read.
"""

import itertools
from pathlib import Path
from typing import Any

import zarr

from eitherway.data.readers.base import BadData

BLOSC_HEADER = 16  # bytes; the last four are the length of the whole chunk
Array = zarr.Array[Any]


def piece(array: Array) -> tuple[int, ...]:
    """The shape of what lies in one file: a chunk, or a shard of chunks."""
    return array.shards or array.chunks


def stored_bytes(array: Array, folder: Path, name: str, *, sparse: bool) -> int:
    """What an array takes on disk; a BadData names a chunk that is missing or cut short."""
    counts = [-(-length // each) for length, each in zip(array.shape, piece(array), strict=True)]
    blosc = array.shards is None and bool(array.compressors) and codec(array.compressors[-1]) == "blosc"
    total = 0
    for place in itertools.product(*map(range, counts)):
        key = array.metadata.encode_chunk_key(place)
        file = folder / name / key
        if file.is_file():
            total += whole(file, f"{folder}: {name}/{key}", array, blosc)
        elif not sparse:
            raise BadData(
                f"{folder}: {name}/{key} is missing; if it was left out because all in it is {array.fill_value}, "
                "as zarr 3 does, say sparse"
            )
    return total


def whole(file: Path, told: str, array: Array, blosc: bool) -> int:
    """The length of a chunk's file; a BadData where that is not what the chunk must have."""
    size = file.stat().st_size
    due = size
    if blosc:
        with file.open("rb") as opened:
            header = opened.read(BLOSC_HEADER)
        due = int.from_bytes(header[-4:], "little") if len(header) == BLOSC_HEADER else BLOSC_HEADER
    elif not array.compressors and not array.filters and array.shards is None:
        due = array.dtype.itemsize
        for length in array.chunks:
            due *= length
    if size != due:
        raise BadData(f"{told} is damaged: {size:,} bytes, and {due:,} were written")
    return size


def packing(array: Array) -> str:
    """How an array is compressed and cut up, in words."""
    codecs = " + ".join(codec(c) for c in array.compressors) or "not compressed"
    shard = f", {piece(array)[0]} a shard" if array.shards else ""
    return f"{codecs}, {array.chunks[0]} frames a chunk{shard}"


def codec(of: object) -> str:
    """The name of a compressor, in either version of zarr."""
    return type(of).__name__.removesuffix("Codec").lower()
