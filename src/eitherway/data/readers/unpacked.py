"""Decompressed sizes of storage chunks, before memory is allocated for them: read from the header, or else counted.

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

BLOSC_HEADER, LZ4_HEADER, ZSTD_HEADER = 16, 4, 18  # bytes: Zstandard's at most
HEADER = max(BLOSC_HEADER, LZ4_HEADER, ZSTD_HEADER)
PART = 1 << 20  # bytes unpacked at a time to be counted
OPENERS: dict[str, Callable[[Path], io.BufferedIOBase]] = {
    "gzip": gzip.GzipFile,
    "bz2": bz2.BZ2File,
    "lzma": lzma.LZMAFile,
}
COUNTED = ("zlib", *OPENERS)  # codecs whose header does not hold the size
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


def blosc_size(header: bytes) -> int:
    """The decompressed size in a Blosc header, bytes 4 to 8; 0, which no chunk has, for one that is cut short."""
    return int.from_bytes(header[4:8], "little") if len(header) >= BLOSC_HEADER else 0


def lz4_size(header: bytes) -> int:
    """The decompressed size that numcodecs writes before an LZ4 block; 0, which no chunk has, where it is cut short."""
    return int.from_bytes(header[:LZ4_HEADER], "little") if len(header) >= LZ4_HEADER else 0


def zstd_size(header: bytes) -> int | None:
    """The decompressed size in a Zstandard frame header; None, unknown, where it was left out or this is no frame."""
    if header[:4] != ZSTD_MAGIC or len(header) < 6:
        return None
    size_flag, single_segment, id_flag = header[4] >> 6, header[4] >> 5 & 1, header[4] & 3  # the RFC's names
    start = 5 + (1 - single_segment) + (0, 1, 2, 4)[id_flag]  # after Window_Descriptor and Dictionary_ID
    length = (single_segment, 2, 4, 8)[size_flag]  # of Frame_Content_Size
    size = int.from_bytes(header[start : start + length], "little") + (256 if size_flag == 1 else 0)
    return size if length else None


def zlib_parts(file: Path) -> Iterator[int]:
    """The decompressed sizes of the parts of a zlib stream, which Python does not open as a file."""
    unpack, packed = zlib.decompressobj(), file.read_bytes()
    while packed and not unpack.eof:
        yield len(unpack.decompress(packed, PART))
        packed = unpack.unconsumed_tail


def parts(file: Path, codec: str) -> Iterator[int]:
    """The decompressed sizes of the parts of a file, for codecs that Python opens as files."""
    with OPENERS[codec](file) as opened:
        while part := opened.read(PART):
            yield len(part)


def counted(file: Path, codec: str, most: int) -> int:
    """The decompressed size of a file, by decompressing it part by part; stops once it is beyond `most`.

    Raises OSError, EOFError, zlib.error or lzma.LZMAError where it cannot be unpacked.
    """
    total = 0
    for part in zlib_parts(file) if codec == "zlib" else parts(file, codec):
        total += part
        if total > most:
            break
    return total


SIZE_FROM_HEADER: dict[str, Callable[[bytes], int | None]] = {
    "blosc": blosc_size,
    "lz4": lz4_size,
    "zstd": zstd_size,
}
