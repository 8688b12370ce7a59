"""The registry of methods, each a recipe: what `eitherway compare` trains, by name."""

from eitherway.recipes.base import Method
from eitherway.recipes.densities import DENSITIES
from eitherway.recipes.diffusions import DIFFUSIONS
from eitherway.recipes.episodic import EPISODIC
from eitherway.recipes.flows import FLOWS
from eitherway.recipes.latents import LATENTS
from eitherway.recipes.one_step import ONE_STEP
from eitherway.recipes.originals import ORIGINALS
from eitherway.recipes.papers import PAPERS
from eitherway.recipes.pusht_record import RECORDS
from eitherway.recipes.regression import REGRESSION
from eitherway.recipes.sequences import SEQUENCES
from eitherway.recipes.stroke import Stroke
from eitherway.recipes.tokens import TOKENS
from eitherway.registry import Objects, register

__all__ = ["METHODS", "Method", "Stroke"]

METHODS = Objects("recipe", Method)

for family in (
    REGRESSION,
    DENSITIES,
    TOKENS,
    SEQUENCES,
    DIFFUSIONS,
    FLOWS,
    LATENTS,
    ONE_STEP,
    ORIGINALS,
    EPISODIC,
    PAPERS,
    RECORDS,
):
    for name, method in family.items():
        register(method, name=name)
