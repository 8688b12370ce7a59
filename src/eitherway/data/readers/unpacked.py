"""Decompressed sizes of chunks, before memory is allocated for them: read from the header, or else counted.

References:
    C-Blosc chunk format, https://github.com/Blosc/c-blosc/blob/main/README_CHUNK_FORMAT.rst
    Zstandard Compression (Collet and Kucherawy, 2021), RFC 8878, section 3.1.1.1,
        https://www.rfc-editor.org/rfc/rfc8878
    numcodecs' LZ4, https://numcodecs.readthedocs.io/en/stable/compression/lz4.html
"""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

HEADER = 18  # bytes: the longest of the three
BLOSC, LZ4 = 16, 4  # bytes: theirs
PART = 1 << 20  # bytes unpacked at a time to be counted
OPENED: dict[str, Callable[[Path], io.BufferedIOBase]] = {
    "gzip": gzip.GzipFile,
    "bz2": bz2.BZ2File,
    "lzma": lzma.LZMAFile,
}
COUNTED = ("zlib", *OPENED)  # formats that do not say beforehand
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


def blosc(header: bytes) -> int | None:
    """The decompressed size in a Blosc header, bytes 4 to 8; 0 for one too short."""
    return int.from_bytes(header[4:8], "little") if len(header) >= BLOSC else 0


def lz4(header: bytes) -> int | None:
    """The decompressed size of an LZ4 chunk: the four bytes that numcodecs writes before the block."""
    return int.from_bytes(header[:LZ4], "little") if len(header) >= LZ4 else 0


def zstd(header: bytes) -> int | None:
    """The decompressed size in a Zstandard frame header; None where it was left out, or where this is no frame."""
    if header[:4] != ZSTD_MAGIC or len(header) < 6:
        return None
    kind, single, named = header[4] >> 6, header[4] >> 5 & 1, header[4] & 3
    start = 5 + (1 - single) + (0, 1, 2, 4)[named]  # after the window's size and the dictionary's number
    length = (single, 2, 4, 8)[kind]
    size = int.from_bytes(header[start : start + length], "little") + (256 if kind == 1 else 0)
    return size if length else None


def inflated(file: Path) -> Iterator[int]:
    """The decompressed sizes of the parts of a zlib stream."""
    unpack, packed = zlib.decompressobj(), file.read_bytes()
    while packed and not unpack.eof:
        yield len(unpack.decompress(packed, PART))
        packed = unpack.unconsumed_tail


def counted(file: Path, by: str, most: int) -> int:
    """The decompressed size of a file, by decompressing it part by part; stops once it is beyond `most`.

    Raises OSError, EOFError, zlib.error or lzma.LZMAError where it cannot be unpacked.
    """
    total = 0
    for part in inflated(file) if by == "zlib" else parts(file, by):
        total += part
        if total > most:
            break
    return total


def parts(file: Path, by: str) -> Iterator[int]:
    """The decompressed sizes of the parts of a file, for formats that Python opens as files."""
    with OPENED[by](file) as opened:
        while part := opened.read(PART):
            yield len(part)


UNPACKED: dict[str, Callable[[bytes], int | None]] = {"blosc": blosc, "lz4": lz4, "zstd": zstd}
