"""`eitherway show RECIPE`: all that decides what it computes."""

import argparse

from rich.console import Console

from eitherway.cli import choose
from eitherway.parts import leaves
from eitherway.recipes import METHODS


def run(options: argparse.Namespace) -> int:
    """Prints a recipe as the paths and values that --set takes."""
    name = choose.known(options.recipe, METHODS, "recipe")
    console = Console(markup=False, highlight=False)
    console.print(f"{name}: {METHODS[name].idea}", markup=False)
    for path, value in leaves(METHODS[name].recipe.to_data(), name):
        console.print(f"  {path} = {value}", markup=False, soft_wrap=True)
    return 0
