"""`eitherway show RECIPE`: all that decides what it computes."""

import argparse
import json
from typing import Any

from rich.console import Console

from eitherway.cli import choose
from eitherway.recipes import METHODS


def run(options: argparse.Namespace) -> int:
    """Prints a recipe as the paths and values that --set takes."""
    name = choose.known(options.recipe, METHODS, "recipe")
    console = Console(highlight=False)
    console.print(f"{name}: {METHODS[name].idea}", markup=False)
    for path, value in paths(name, METHODS[name].recipe.to_data()):
        console.print(f"  {path} = {value}", markup=False, soft_wrap=True)
    return 0


def paths(prefix: str, data: Any) -> list[tuple[str, Any]]:  # noqa: ANN401
    """Every leaf with its dotted path; a class comes before its options."""
    if not isinstance(data, dict):
        return [(prefix, data if isinstance(data, str) else json.dumps(data))]
    leaves = [(prefix, data["class"])] if "class" in data else []
    return leaves + [leaf for key, value in data.items() if key != "class" for leaf in paths(f"{prefix}.{key}", value)]
