"""Safe listing of a data set's folder: regular files only, and no link out of it.

Whatever opens a named pipe waits for ever, a device never ends, and a link can lead to either, or to somebody else's
files; so all that lies in the folder is looked at, and nothing opened, before anything is read.
"""

import os
from pathlib import Path

from eitherway.data.readers.base import BadData


def files(root: Path) -> dict[str, int]:
    """The bytes of each file below a folder, by its path in it with '/'; a BadData names what cannot be read."""
    real, found, waiting = os.path.realpath(root), {}, [""]
    while waiting:
        inside = waiting.pop()
        with os.scandir(Path(real, inside)) as entries:
            for entry in entries:
                name = f"{inside}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{name}/")
                elif entry.is_symlink() and not Path(os.path.realpath(entry.path)).is_relative_to(real):
                    raise BadData(
                        f"{root}: {name!r} is a link that leads out of the folder; only what is in it is read"
                    )
                elif not os.path.isfile(entry.path):  # of a link to itself too
                    raise BadData(f"{root}: {name!r} is neither a file nor a folder; nothing else is read")
                else:
                    found[name] = entry.stat().st_size
    return found
