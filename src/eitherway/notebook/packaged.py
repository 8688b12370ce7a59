"""Files published with the package that live elsewhere in the repository: the notebook, the benchmark's results."""

from pathlib import Path

import eitherway

PACKAGE = Path(eitherway.__file__).parent
ROOTS = (PACKAGE / "copies", PACKAGE.parents[1])  # of an installation; of a checkout


def published(path: str) -> Path:
    """Returns a published file by its path in the repository; a FileNotFoundError where this installation has none."""
    for root in ROOTS:
        if (root / path).is_file():
            return root / path
    raise FileNotFoundError(f"this installation has no {path}")
