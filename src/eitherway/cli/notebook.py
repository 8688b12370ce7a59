"""`eitherway notebook`: the executed notebook, copied out and opened."""

import argparse
import importlib.util
import os
import sys
from pathlib import Path

import eitherway
from eitherway.files import write_text

NAME = "either_way.ipynb"
PACKAGE = Path(eitherway.__file__).parent
PLACES = (PACKAGE / "notebooks" / NAME, PACKAGE.parents[1] / "notebooks" / NAME)  # installed; in a checkout
LOOPBACK = "--ServerApp.ip=127.0.0.1"  # JupyterLab's default, said aloud: nobody else can reach it


def run(options: argparse.Namespace) -> int:
    """Copies the notebook; then becomes JupyterLab, unless that is not wanted."""
    if not options.no_open and importlib.util.find_spec("jupyterlab") is None:
        raise ValueError("opening it needs JupyterLab: pip install 'eitherway[notebook]' (or --no-open, to copy only)")
    place = copied(options.folder)
    print(f"Notebook: {place}", flush=True)
    if options.no_open:
        return 0
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", LOOPBACK, str(place.resolve())])


def copied(folder: Path) -> Path:
    """The notebook in that folder, written there unless it is there already; one that was changed is kept."""
    place, published = folder / NAME, original()
    if place.exists():
        if place.read_bytes() != published.read_bytes():
            raise ValueError(
                f"{place} is there and has been changed: open it with 'jupyter lab {place}', or name another folder"
            )
        return place
    folder.mkdir(parents=True, exist_ok=True)
    write_text(place, published.read_text(encoding="utf-8"))
    return place


def original() -> Path:
    """The notebook as it is published."""
    for place in PLACES:
        if place.is_file():
            return place
    raise ValueError(f"this installation has no notebook: {PLACES[0]} is not there")
