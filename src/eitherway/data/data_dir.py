"""Location of the data sets: the folder that is named, else the variable EITHERWAY_DATA, else ./data.

This is the one place in which the library reads the environment; what it computes never depends on it. The command
line's --data sets the variable, so that worker processes look where it says.
"""

import os
from pathlib import Path

from eitherway.data.public import PUBLIC

VARIABLE = "EITHERWAY_DATA"
DEFAULT = Path("data")


def folder(given: Path | str | None = None) -> Path:
    """The folder of all data sets. The first that is named counts; where it lacks something no other is tried."""
    return Path(given or os.environ.get(VARIABLE) or DEFAULT).expanduser()


def find(name: str, given: Path | str | None = None) -> Path:
    """The path of a data set; a ValueError says where it was looked for, and how to get it."""
    if name not in PUBLIC:
        raise ValueError(f"no data set is called {name!r}; there are: {', '.join(PUBLIC)}")
    place = folder(given) / PUBLIC[name].place
    if place.is_dir():
        return place
    named = bool(given or os.environ.get(VARIABLE))
    why = "the folder that was named" if named else f"the default, for neither --data nor {VARIABLE} names a folder"
    raise ValueError(
        f"{name} is not at {place} ({why}); `eitherway data fetch {name} --to DIR` downloads it to DIR, "
        f"then name that: --data DIR or {VARIABLE}=DIR"
    )
