"""`eitherway notebook`: the executed notebook, copied out and opened."""

import argparse
import importlib.util
import os
import shlex
import sys
from pathlib import Path

from eitherway.files import write_text
from eitherway.published import published

NAME = "either_way.ipynb"
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
    place, original = folder / NAME, published(f"notebooks/{NAME}")
    if place.exists():
        if place.read_bytes() != original.read_bytes():
            how = f"open it with: jupyter lab {shlex.quote(str(place))}"
            raise ValueError(f"{place} is there and has been changed; name another folder, or {how}")
        return place
    folder.mkdir(parents=True, exist_ok=True)
    write_text(place, original.read_text(encoding="utf-8"))
    return place
