"""`eitherway show RECIPE`: all options of a recipe, those it sets itself before the defaults."""

import argparse
from dataclasses import fields
from typing import Any

from rich.console import Console

from eitherway.cli import choose
from eitherway.make import Make, schema
from eitherway.recipes import METHODS
from eitherway.registry import leaves, to_data


def run(options: argparse.Namespace) -> int:
    """Prints a recipe as the paths and values that --set takes."""
    name = choose.known(options.recipe, METHODS, "recipe")
    recipe = METHODS[name].recipe
    values = {f.name: getattr(recipe, f.name) for f in fields(recipe)}
    own = dict(leaves({f.name: own_part(values[f.name]) for f in fields(recipe) if values[f.name] != f.default}, name))
    every = leaves(recipe.to_data(), name)
    console = Console(markup=False, highlight=False)
    console.print(f"{name}: {METHODS[name].idea}", soft_wrap=True)
    for title, some in (
        ("its own:", [leaf for leaf in every if leaf[0] in own]),
        ("defaults:", [leaf for leaf in every if leaf[0] not in own]),
    ):
        console.print(title)
        for path, value in some:
            console.print(f"  {path} = {value}", soft_wrap=True)
    return 0


def own_part(value: Any) -> Any:  # noqa: ANN401
    """Returns the options that differ from their class's defaults, as plain data; a class's name always does."""
    if not isinstance(value, Make):
        return to_data(value)
    changed = {name: own_part(x) for name, x in value.options.items() if x != schema(value.cls)[name]}
    return {"class": value.name, **changed}
