"""Format detection: finds the reader for a path."""

from pathlib import Path

from eitherway.data.readers import foreign
from eitherway.data.readers.base import READERS, BadData, Reader


def open_data(path: Path, *, sparse: bool = False) -> Reader:
    """Opens the recordings at a path with the reader that recognises them. `sparse`: see `Reader.open`."""
    for reader in READERS.values():
        if reader.recognises(path):
            return reader.open(path, sparse=sparse)
    if not path.exists():
        raise BadData(f"there is nothing at {path}")
    known = "; ".join(f"{reader.kind} ({reader.mark})" for reader in READERS.values())
    below = sorted(path.iterdir()) if path.is_dir() else []
    for near in (p for p in below if any(reader.recognises(p) for reader in READERS.values())):
        raise BadData(f"{path} holds no recordings of a format that is known here; did you mean {near}? Known: {known}")
    what = foreign.told(path)
    if what:
        raise BadData(f"{path} is {what}; that is not read here yet. Known: {known}")
    kind = "holds no recordings" if path.is_dir() else "is a file"
    raise BadData(f"{path} {kind} of a format that is known here. Known: {known}")
