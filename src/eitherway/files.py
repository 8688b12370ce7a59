"""Atomic writing of files and folders: written beside their place, then moved there in one step.

A folder cannot take another's place in one step everywhere: the one before steps aside first. Whoever is killed between
the two leaves it there, and `sweep` puts it back.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

PARTIAL = ".partial-"  # half-written
PREVIOUS = ".previous-"  # stepped aside for one that is whole


@contextmanager
def whole_folder(place: Path) -> Iterator[Path]:
    """A context manager with a folder to fill: it takes its place when the block ends well, else it is removed."""
    place.parent.mkdir(parents=True, exist_ok=True)
    before = place.with_name(f"{PREVIOUS}{place.name}")
    put_back(before)
    draft = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=place.parent))
    try:
        yield draft
        draft.chmod(0o755)
        if place.exists():
            place.replace(before)
        draft.replace(place)
        shutil.rmtree(before, ignore_errors=True)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def put_back(before: Path) -> None:
    """Moves a folder that stepped aside back to its place, unless another has taken it."""
    place = before.with_name(before.name.removeprefix(PREVIOUS))
    if before.is_dir() and not place.exists():
        before.replace(place)
    shutil.rmtree(before, ignore_errors=True)


def write_text(place: Path, text: str) -> None:
    """Writes a text file atomically."""
    draft = place.with_name(f"{PARTIAL}{os.getpid()}-{place.name}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)


def write_json(place: Path, data: Any) -> None:  # noqa: ANN401
    """Writes plain data as JSON, atomically; NaN and infinity are refused, for JSON has none."""
    write_text(place, json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(place: Path) -> Any:  # noqa: ANN401
    """Reads plain data from a JSON file; a ValueError names the file where it cannot be read as one."""
    try:
        return json.loads(place.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:  # no JSON, no UTF-8, nested thousands deep, thousands of digits
        raise ValueError(f"{place} is damaged: {' '.join(str(error).split())}") from None


def read_as(place: Path, form: type[T]) -> T:
    """Reads a JSON file as a type, without what the type does not name; a ValueError says where the two differ."""
    try:
        return msgspec.convert(read_json(place), form)
    except msgspec.ValidationError as error:
        raise ValueError(f"{place} is damaged: {error}") from None


def sweep(folder: Path) -> None:
    """Removes what a killed run left half-written, and puts back what it had moved aside."""
    for before in sorted(folder.rglob(f"{PREVIOUS}*")):
        put_back(before)
    for left in sorted(folder.rglob(f"{PARTIAL}*")):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)
