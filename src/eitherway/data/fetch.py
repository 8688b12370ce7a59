"""Download of public data sets: unpacked beside their place, every array checked, then moved there whole."""

import hashlib
import http.client
import shutil
import tempfile
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

import numpy as np

from eitherway.data.data_dir import VARIABLE
from eitherway.data.public import Public
from eitherway.data.readers.base import BadData, Reader
from eitherway.data.readers.zarr_replay import ENDS, ZarrReplay
from eitherway.files import whole_folder

PATIENCE = 60  # seconds without a byte
BLOCK = 1 << 20  # bytes
AGENT = "eitherway (+urllib)"  # some servers refuse the name that urllib gives itself


@dataclass(frozen=True)
class Fetched:
    """Download progress: which part of it, how much of that is done, and of how much (None: unknown)."""

    part: str
    done: int
    total: int | None


def fetch(data: Public, folder: Path) -> Generator[Fetched, None, None]:
    """Downloads a data set into a folder; one that is there already is only checked. An error leaves nothing behind."""
    place = folder / data.place
    if place.exists():
        yield from check(data, place, hint="; move it away to fetch it again")
        return
    try:
        with _cleared(place.parent), whole_folder(place) as draft:
            with tempfile.TemporaryFile(dir=place.parent) as archive:
                yield from _download(data, place, archive)
                yield from _unpack(data, archive, draft)
            yield from check(data, draft, told=data.url)
    except OSError as error:  # no room, no right to write
        raise ValueError(f"cannot put {data.name} at {place}: {error.strerror or error}") from None


def check(data: Public, place: Path, *, told: str | None = None, hint: str = "") -> Iterator[Fetched]:
    """Verifies each array's checksum; a ValueError names one that differs, is missing or is too many."""
    told = told or str(place)
    try:
        reader = ZarrReplay.open(place)
        found = {*(f"data/{name}" for name in reader.keys), ENDS}
        for name in sorted(found ^ set(data.sums)):
            fault = "lacks" if name in data.sums else "has, besides what was published,"
            raise ValueError(f"{told} {fault} the array {name}{hint}")
        for done, (name, expected) in enumerate(data.sums.items()):
            yield Fetched("checking", done, len(data.sums))
            if digest(reader, name) != expected:
                raise ValueError(f"{told}: {name} is not what was published, its SHA-256 differs{hint}")
    except BadData as error:
        raise ValueError(f"{str(error).replace(str(place), told)}{hint}") from None
    yield Fetched("checking", len(data.sums), len(data.sums))


def digest(reader: Reader, name: str) -> str:
    """The SHA-256 of an array's numbers, in C order, little-endian, whatever their compression and chunks."""
    total = hashlib.sha256()
    if name == ENDS:
        total.update(np.cumsum(reader.lengths).astype("<i8").tobytes())
        return total.hexdigest()
    for episode in range(len(reader.lengths)):
        for x in reader.slices(name.removeprefix("data/"), episode):
            total.update(np.ascontiguousarray(x, x.dtype.newbyteorder("<")).data.cast("B"))
    return total.hexdigest()


def by_hand(data: Public, place: Path) -> str:
    """Instructions for installing a data set by hand, without a network."""
    return (
        f"without a network, copy that file from elsewhere and unpack it so that {place} is a folder, or unpack it in "
        f"any folder and name that: --data DIR or {VARIABLE}=DIR"
    )


def _download(data: Public, place: Path, into: IO[bytes]) -> Iterator[Fetched]:
    """Downloads a file in blocks; a ValueError says why it did not arrive whole, and how else to get it."""
    try:
        request = urllib.request.Request(data.url, headers={"User-Agent": AGENT})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            announced = answer.headers.get("Content-Length")
            total, done = int(announced) if announced else None, 0
            while block := answer.read(BLOCK):
                into.write(block)
                done += len(block)
                yield Fetched("downloading", done, total)
            why = f"it ended after {done:,} of {total:,} bytes" if total is not None and done < total else None
    except urllib.error.HTTPError as error:
        error.close()
        why = f"{error.code} {error.reason}"
    except urllib.error.URLError as error:
        why = str(error.reason)
    except (ConnectionError, TimeoutError, http.client.HTTPException, ValueError) as error:  # a length that is none
        why = str(error) or type(error).__name__
    if why:
        raise ValueError(f"cannot download {data.url}: {why}; {by_hand(data, place)}")


def _unpack(data: Public, archive: IO[bytes], draft: Path) -> Iterator[Fetched]:
    """Extracts the recordings' files, and no others, into a folder."""
    try:
        with zipfile.ZipFile(archive) as packed:
            members = [(m, inner) for m in packed.infolist() if (inner := _inside(m, data)) is not None]
            if not members:
                raise ValueError(f"{data.url} has nothing at {data.place.as_posix()}")
            for done, (member, inner) in enumerate(members, 1):
                (draft / inner).parent.mkdir(parents=True, exist_ok=True)
                with packed.open(member) as source, (draft / inner).open("xb") as file:
                    shutil.copyfileobj(source, file)
                yield Fetched("unpacking", done, len(members))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"{data.url} is no whole zip archive: {error or type(error).__name__}") from None
    except FileExistsError as error:
        raise ValueError(f"{data.url} has a file twice: {Path(error.filename).relative_to(draft)}") from None


def _inside(member: zipfile.ZipInfo, data: Public) -> PurePosixPath | None:
    """The path of an archive member below the recordings' folder; None for what lies elsewhere."""
    path = PurePosixPath(member.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in member.filename or ":" in member.filename:
        raise ValueError(f"{data.url} is refused: its member {member.filename!r} would leave the folder")
    inside = path.is_relative_to(data.place.as_posix()) and not member.is_dir()
    return path.relative_to(data.place.as_posix()) if inside else None


@contextmanager
def _cleared(folder: Path) -> Iterator[None]:
    """Context that removes, at its end, the parent folders that were new and have stayed empty."""
    new = [p for p in (folder, *folder.parents) if not p.exists()]
    try:
        yield
    finally:
        for made in new:
            if made.is_dir() and not any(made.iterdir()):
                made.rmdir()
