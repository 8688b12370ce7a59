"""Which reader a path is for."""

from pathlib import Path

from eitherway.data.readers.base import BadData, Reader
from eitherway.data.readers.zarr_replay import ZarrReplay

READERS: tuple[type[Reader], ...] = (ZarrReplay,)  # a new format adds its name here


def open_data(path: Path, *, sparse: bool = False) -> Reader:
    """The recordings at a path, in whatever format they are; checked, not read. `sparse`: see `Reader.open`."""
    for reader in READERS:
        if reader.recognises(path):
            return reader.open(path, sparse=sparse)
    if not path.exists():
        raise BadData(f"there is nothing at {path}")
    known = "; ".join(f"{reader.kind} ({reader.mark})" for reader in READERS)
    if not path.is_dir():
        raise BadData(f"{path} is a file of no format that is known here; known: {known}")
    below = [p for p in sorted(path.iterdir()) if any(reader.recognises(p) for reader in READERS)]
    hint = f"; did you mean {below[0]}?" if below else ""
    raise BadData(f"{path} holds no recordings of a format that is known here; known: {known}{hint}")
