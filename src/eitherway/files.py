"""Files that are whole or absent: written beside their place, then moved there in one step."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PARTIAL = ".partial-"


@contextmanager
def whole_folder(place: Path) -> Iterator[Path]:
    """A folder to fill, which takes its place when the block ends well, and vanishes when it does not."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=place.parent))
    try:
        yield draft
        draft.chmod(0o755)
        if place.exists():
            place.replace(draft / PARTIAL)  # goes with the draft's name when that is given up
        draft.replace(place)
        shutil.rmtree(place / PARTIAL, ignore_errors=True)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_text(place: Path, text: str) -> None:
    """Writes a file whole."""
    draft = place.with_name(f"{PARTIAL}{os.getpid()}-{place.name}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)


def write_json(place: Path, data: Any) -> None:  # noqa: ANN401
    """Writes plain data as JSON, whole; NaN and infinity are refused, for JSON has none."""
    write_text(place, json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(place: Path) -> Any:  # noqa: ANN401
    """Plain data from a JSON file; a ValueError names the file where it cannot be read as one."""
    try:
        return json.loads(place.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"{place} is damaged: {error}") from None


def sweep(folder: Path) -> None:
    """Removes what a killed run left half-written."""
    for left in sorted(folder.rglob(f"{PARTIAL}*")):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)
