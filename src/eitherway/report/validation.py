"""Validation of a run's files: whether they hold what a report reads; the first fault is named in one line."""

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from eitherway.compare.schema import SCHEMA, Results, Versioned
from eitherway.files import read_as

T = TypeVar("T")
AGAIN = "delete it and run compare again"


def damaged(place: Path, reason: str) -> ValueError:
    """Returns the error to raise for a damaged file, with what its reader can do."""
    return ValueError(f"{place} is damaged: {reason}; {AGAIN}")


def read_results(place: Path) -> Results:
    """Reads results.json; a ValueError where it is damaged or of another version."""
    if (schema := read_form(place, Versioned)["schema"]) != SCHEMA:
        raise ValueError(f"{place} has schema {schema!r}, this reads {SCHEMA}")
    results = read_form(place, Results)
    for name in (*results["summary"], *results["about"]):
        if Path(name).name != name or name.startswith("."):
            raise damaged(place, f"a row is called {name!r}, which is no name of a folder")
    for name in sorted(set(results["summary"]) - {record["recipe"] for record in results["records"]}):
        raise damaged(place, f"it has no record of {name}")
    return results


def read_form(place: Path, form: type[T]) -> T:
    """Reads a JSON file as a type; a ValueError says where it departs from that, and what to do."""
    try:
        return read_as(place, form)
    except ValueError as error:
        raise ValueError(f"{error}; {AGAIN}") from None


def read_arrays(place: Path, *names: str) -> list[np.ndarray]:
    """Reads arrays of a record's file; a ValueError that names the record's folder where they cannot be read."""
    return list(read_named(place, names).values())


def read_named(place: Path, names: Sequence[str], maybe: Sequence[str] = ()) -> dict[str, np.ndarray]:
    """Reads arrays by name; those that may be missing only where they are there."""
    try:
        with place.open("rb") as file, np.load(file) as held:
            return {name: held[name] for name in [*names, *(name for name in maybe if name in held)]}
    except FileNotFoundError:
        raise damaged(place.parent, f"it has no {place.name}") from None
    except PermissionError:
        raise
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile, zlib.error):
        raise damaged(place.parent, f"{place.name} cannot be read") from None
