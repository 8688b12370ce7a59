"""Base recipes that the families share: a small network and a short run, or a longer one."""

from dataclasses import dataclass, replace
from typing import Literal

from torch.optim import Adam

from eitherway.backbones import MLP
from eitherway.data import Standard
from eitherway.heads import Flow, Head, Regression
from eitherway.make import Make
from eitherway.paths import UniformLogSNR
from eitherway.recipes.stroke import Stroke
from eitherway.training.lr_schedules import OneCycle
from eitherway.training.recipe import Recipe


@dataclass(frozen=True, kw_only=True)
class Method:
    """A recipe with its idea, what to look for in its picture, how it is drawn, and the group it belongs to."""

    recipe: Recipe
    idea: str  # one line, for `eitherway list`
    see: str  # one sentence on what to look for in its picture, for the report
    stroke: Stroke | None = None  # how figures draw it; None: like the method whose name it extends
    group: Literal["default", "field", "long", "original", "episodic", "paper", "record", "pictures"] = (
        "field"  # default: for a first look; record: for one task; pictures: for tasks where they are observed
    )


# Point heads and tokens: a small network, a short run.
POINT = Recipe(
    head=Make(Regression),
    backbone=Make(MLP, width=48, depth=2),
    optimiser=Make(Adam, lr=1e-2, fused=True),
    steps=1_000,
    batch=250,
)

# Everything else: numbers of unit variance, and a rate that rises, and falls to nothing.
PACED = replace(
    POINT,
    normaliser=Make(Standard),
    optimiser=Make(Adam, lr=1e-2, betas=(0.9, 0.99), fused=True),
    learning_rate=Make(OneCycle, warm=0.05),
)

# Iterative samplers see Fourier features of the chunk: the edge of the obstacle is sharp.
WAVES = Make(MLP, width=48, depth=2, fourier_octaves=7, time_fourier_octaves=3)
WAVY = replace(PACED, backbone=WAVES, optimiser=PACED.optimiser.replace("lr", 3e-2), ema=None)
SHORT = replace(  # few steps of many examples: a step of a small network costs the same, whatever its batch
    WAVY,
    optimiser=Make(Adam, lr=5e-2, betas=(0.9, 0.95), fused=True),
    learning_rate=Make(OneCycle, warm=0.2),
    steps=600,
    batch=500,
)
LONG = replace(
    PACED,
    head=Make(Flow),
    backbone=WAVES.replace("width", 64).replace("depth", 3),
    ema=0.998,
    steps=5_000,
    batch=500,
)
FINE = Make(UniformLogSNR, high=4.0, low=-4.5)


def head(base: Recipe, head: Make[Head]) -> Recipe:
    """Returns the same recipe with another head."""
    return base.replace("head", head)
