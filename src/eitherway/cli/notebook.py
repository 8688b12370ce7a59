"""`eitherway notebook`: the executed notebook, copied out and opened."""

import argparse
import importlib.util
import os
import sys

from eitherway.files import write_text
from eitherway.notebook.packaged import published

NAME = "either_way.ipynb"
LOOPBACK = "--ServerApp.ip=127.0.0.1"  # JupyterLab's default, said aloud: nobody else can reach it


def run(options: argparse.Namespace) -> int:
    """Copies the notebook; then becomes JupyterLab, unless that is not wanted."""
    if not options.no_open and importlib.util.find_spec("jupyterlab") is None:
        raise ValueError("opening it needs JupyterLab: pip install 'eitherway[notebook]' (or --no-open, to copy only)")
    if not options.no_open and is_root() and not options.allow_root:
        raise ValueError("JupyterLab does not start as root unless told to: --allow-root (or --no-open, to copy only)")
    place, own = options.folder / NAME, published(f"notebooks/{NAME}").read_bytes()
    kept = place.exists() and place.read_bytes() != own
    if kept and options.no_open:
        raise ValueError(f"{place} is there and differs from the published one: move it, or name another folder")
    if not place.exists():
        options.folder.mkdir(parents=True, exist_ok=True)
        write_text(place, own.decode("utf-8"))
    print(f"Notebook: {place}{' (yours, kept: it differs from the published one)' if kept else ''}", flush=True)
    if options.no_open:
        return 0
    root = ["--allow-root"] if options.allow_root else []
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", LOOPBACK, *root, str(place.resolve())])
    return 0


def is_root() -> bool:
    """Whether this is the user whom JupyterLab refuses; there is none on Windows."""
    return os.name == "posix" and os.geteuid() == 0
