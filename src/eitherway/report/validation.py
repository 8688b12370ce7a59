"""Validation of a run's files: whether they hold what a report reads; the first fault is named in one line."""

import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from eitherway.compare.results import SCHEMA
from eitherway.files import read_json

NUMBER, NONE = (int, float), type(None)
FLOOR_FORM = {"mean": NUMBER, "sd": NUMBER, "n": int}
INTERVAL = {"mean": NUMBER, "low": (*NUMBER, NONE), "high": (*NUMBER, NONE), "n": int}

# What is read of results.json: a type or several, [form] for a list, {name: form}, and {str: form} for any names.
RESULTS_FORM: Mapping[Any, Any] = {
    "eitherway": str,
    "command": str,
    "task": {"name": str, "options": {str: object}},
    "seeds": [int],
    "floors": {str: FLOOR_FORM},
    "metrics": [{"name": str, "better": str, "unit": str, "meaning": str}],
    "about": {str: {"label": str, "idea": str, "see": str}},
    "records": [{"recipe": str, "kind": str, "seed": int, "hyper_parameters": (dict, NONE), "versions": dict}],
    "failures": [{"recipe": str, "seed": int, "step": (int, NONE), "reason": str}],
    "summary": {str: {str: INTERVAL}},
    "standings": {str: {str: {"rank": int}}},
    "hidden": [str],
}


def damaged(place: Path, reason: str) -> ValueError:
    """Returns the error to raise for a damaged file, with what its reader can do."""
    return ValueError(f"{place} is damaged: {reason}; delete it and run compare again")


def read_results(place: Path) -> dict[str, Any]:
    """Reads results.json; a ValueError where it is damaged or of another version."""
    try:
        results: dict[str, Any] = read_json(place)
    except ValueError as error:
        raise ValueError(f"{error}; delete it and run compare again") from None
    if isinstance(results, dict) and results.get("schema", SCHEMA) != SCHEMA:
        raise ValueError(f"{place} has schema {results['schema']!r}, this reads {SCHEMA}")
    found = fault(results, RESULTS_FORM, "it")
    odd = [] if found else [n for n in (*results["summary"], *results["about"]) if Path(n).name != n or n[:1] == "."]
    found = found or (f"a row is called {odd[0]!r}, which is no name of a folder" if odd else "")
    lost = [] if found else sorted(set(results["summary"]) - {record["recipe"] for record in results["records"]})
    if found or lost:
        raise damaged(place, found or f"it has no record of {lost[0]}")
    return results


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


def fault(data: Any, form: Any, at: str) -> str:  # noqa: ANN401
    """Returns where data first departs from a form, in words; '' where it does not."""
    if isinstance(form, list):
        parts = [(entry, form[0], f"{at}[{i}]") for i, entry in enumerate(data)] if isinstance(data, list) else None
    elif not isinstance(form, Mapping):
        return "" if isinstance(data, form) else f"{at} is {kind(data)}"
    elif not isinstance(data, dict):
        parts = None
    elif str in form:
        parts = [(entry, form[str], f"{at}.{name}") for name, entry in data.items()]
    else:
        lost = [name for name in form if name not in data]
        if lost:
            return f"{at} has no {lost[0]!r}"
        parts = [(data[name], form[name], f"{at}.{name}".removeprefix("it.")) for name in form]
    if parts is None:
        return f"{at} is {kind(data)}"
    return next((found for part in parts if (found := fault(*part))), "")


def kind(data: Any) -> str:  # noqa: ANN401
    """Returns what JSON calls the type of a value."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", NONE: "null"}
    return names.get(type(data), "a number")
