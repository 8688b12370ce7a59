"""Methods as recipes: what `eitherway compare` trains, by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from torch.optim import Adam

from eitherway.backbones import MLP
from eitherway.codebooks import KMeans, Sides
from eitherway.data import Identity, Standard
from eitherway.heads import (
    Absolute,
    Cauchy,
    Codes,
    Diffusion,
    Flow,
    Head,
    LaplaceKernel,
    Regression,
    Truncated,
    Welsch,
)
from eitherway.lr import Constant, OneCycle
from eitherway.make import Make
from eitherway.paths import Ancestral, EvenLevels, EvenTimes, Heun, LinearBetas, Noise, Steps, Uniform
from eitherway.recipe import Recipe


@dataclass(frozen=True, kw_only=True)
class Method:
    """A recipe with what a reader should know of it."""

    recipe: Recipe
    idea: str  # one line
    see: str  # one sentence on what its picture shows
    group: Literal["default", "long", "original"] = "default"


# Point heads and codes: a small network, a short run.
POINT = Recipe(
    head=Make(Regression),
    backbone=Make(MLP, width=48, depth=2),
    optimiser=Make(Adam, lr=1e-2, fused=True),
    steps=1_000,
    batch=250,
)

# The penalties' unit is the robot's width: 1 in raw units, a third of the range that [-1, 1] stands for.
UNIT = 1 / 3

# Refining heads see the chunk's waves: the edge of the obstacle is sharp.
SHORT = Recipe(
    head=Make(Flow),
    backbone=Make(MLP, width=48, depth=2, waves=7, time_waves=3),
    normaliser=Make(Standard),
    optimiser=Make(Adam, lr=3e-2, betas=(0.9, 0.99), fused=True),
    learning_rate=Make(OneCycle, warm=0.05),
    ema=None,
    steps=1_200,
    batch=250,
)
LONG = Recipe(
    head=Make(Flow),
    backbone=Make(MLP, width=64, depth=3, waves=7, time_waves=3),
    normaliser=Make(Standard),
    optimiser=Make(Adam, lr=2e-2, betas=(0.9, 0.99), fused=True),
    learning_rate=Make(OneCycle, warm=0.05),
    ema=0.998,
    steps=5_000,
    batch=500,
)
FINE = Make(EvenLevels, high=4.0, low=-4.5)

# The teaching notebook's own settings, to the letter: raw units, dropout, plain Adam, 100 epochs, no averaging.
ORIGINAL = Recipe(
    head=Make(Regression),
    backbone=Make(MLP, width=32, depth=2, activation="relu", dropout=0.1),
    normaliser=Make(Identity),
    optimiser=Make(Adam, lr=1e-3, fused=True),
    learning_rate=Make(Constant),
    ema=None,
    steps=8_000,
    batch=125,
)
ORIGINAL_DIFFUSION = Make(
    Diffusion,
    schedule=Make(LinearBetas, steps=49, first=1e-4, last=0.2),
    target=Make(Noise),
    times=Make(Steps, count=49),
    sampler=Make(Ancestral, steps=49, grid=Make(EvenTimes)),
)
ORIGINAL_FLOW = Make(Flow, times=Make(Uniform), sampler=Make(Ancestral, steps=49, grid=Make(EvenTimes)))


def head(base: Recipe, head: Make[Head]) -> Recipe:
    """The same recipe with another head."""
    return base.replace("head", head)


METHODS: Mapping[str, Method] = {
    "mse": Method(
        recipe=POINT,
        idea="squared error: the conditional mean",
        see="One line climbs from left to right straight through the obstacle: the mean of two right answers is wrong.",
    ),
    "mae": Method(
        recipe=head(POINT, Make(Regression, penalty=Make(Absolute))),
        idea="absolute error: the conditional median",
        see="The line follows the likelier side and jumps at s = 0; a smooth network must cross, and hits.",
    ),
    "welsch": Method(
        recipe=head(POINT, Make(Regression, penalty=Make(Welsch, scale=UNIT))),
        idea="1 - exp(-r²): errors beyond two units cost no more",
        see="It settles near the heap of one side instead of between the two, yet answers each state one way only.",
    ),
    "truncated": Method(
        recipe=head(POINT, Make(Regression, penalty=Make(Truncated, scale=UNIT))),
        idea="min(|r|, 2): a median of what lies within two units",
        see="Beyond two units nothing pulls: it takes one side's median, and crosses where the sides trade places.",
    ),
    "cauchy": Method(
        recipe=head(POINT, Make(Regression, penalty=Make(Cauchy, scale=UNIT))),
        idea="log(1 + r²): large errors pull ever less",
        see="Steeper than the mean, but the far side still pulls: around s = 0 it still leads through the obstacle.",
    ),
    "laplace-kernel": Method(
        recipe=head(POINT, Make(Regression, penalty=Make(LaplaceKernel, scale=UNIT))),
        idea="1 - exp(-|r|): the most forgiving of the six",
        see="It clings to the densest landings just past each edge, one side a state, with a steep crossing between.",
    ),
    "side": Method(
        recipe=head(POINT, Make(Codes, codebook=Make(Sides), temperature=0.0)),
        idea="two classes, the likelier one",
        see="Two flat lines, one a side: always safe, but only ever the likelier way, and every landing the same.",
    ),
    "side-sampled": Method(
        recipe=head(POINT, Make(Codes, codebook=Make(Sides))),
        idea="two classes, drawn",
        see="Both ways at the right rates; but all landings of a side sit on its mean, so the shape of a side is lost.",
    ),
    "bins": Method(
        recipe=head(POINT, Make(Codes, codebook=Make(KMeans, size=48), offset=10.0)),
        idea="48 k-means classes, drawn, with a learnt offset each",
        see="The tokens draw the whole law in stripes: both ways, the heap at each edge, the thin tails.",
    ),
    "diffusion": Method(
        recipe=head(SHORT, Make(Diffusion)),
        idea="denoising on a variance-preserving path, 10 DDIM steps",
        see="Both ways with their true shapes; a few draws still fall just inside the edges, where the density jumps.",
    ),
    "ddpm": Method(
        recipe=head(SHORT, Make(Diffusion, sampler=Make(Ancestral, steps=50, eta=1.0))),
        idea="the same training, 50 ancestral steps with fresh noise",
        see="Fresh noise at each step forgives earlier errors: a cleaner gap than DDIM's, at five times the price.",
    ),
    "flow": Method(
        recipe=head(SHORT, Make(Flow)),
        idea="velocity on straight paths, 10 Euler steps",
        see="Both ways with their true shapes after ten evaluations; what leaks into the gap hugs the edges.",
    ),
    "flow-heun": Method(
        recipe=head(SHORT, Make(Flow, sampler=Make(Heun, steps=10))),
        idea="the same training, 10 second-order steps",
        see="Two evaluations a step: a second order pays where the field is smooth, less so at a sharp edge.",
    ),
    "flow-long": Method(
        recipe=head(LONG, Make(Flow, sampler=Make(Ancestral, steps=50))),
        idea="flow with a longer training and 50 steps",
        see="The edges are sharp and the gap all but empty: hard to tell from the data.",
        group="long",
    ),
    "diffusion-long": Method(
        recipe=head(LONG, Make(Diffusion, sampler=Make(Ancestral, steps=50, grid=FINE))),
        idea="diffusion with a longer training and 50 steps",
        see="The edges are sharp and the gap all but empty: hard to tell from the data.",
        group="long",
    ),
    "original-mse": Method(
        recipe=ORIGINAL,
        idea="the notebook's squared error",
        see="The mean again, made flatter by dropout: fewer states are safe than the exact mean allows.",
        group="original",
    ),
    "original-mae": Method(
        recipe=head(ORIGINAL, Make(Regression, penalty=Make(Absolute))),
        idea="the notebook's absolute error",
        see="The median again; a small smooth network needs room to cross, and fails there.",
        group="original",
    ),
    "original-side": Method(
        recipe=head(ORIGINAL, Make(Codes, codebook=Make(Sides), temperature=0.0)),
        idea="the notebook's two classes, the likelier one",
        see="Two flat lines, always safe, never both ways.",
        group="original",
    ),
    "original-side-sampled": Method(
        recipe=head(ORIGINAL, Make(Codes, codebook=Make(Sides))),
        idea="the notebook's two classes, drawn",
        see="Both ways at the right rates, every landing on the mean of its side.",
        group="original",
    ),
    "original-diffusion": Method(
        recipe=head(ORIGINAL, ORIGINAL_DIFFUSION),
        idea="the notebook's diffusion: linear betas, 49 DDIM steps",
        see="Both ways, blurred: about seven draws in a hundred land in the obstacle.",
        group="original",
    ),
    "original-flow": Method(
        recipe=head(ORIGINAL, ORIGINAL_FLOW),
        idea="the notebook's flow matching: raw units, 49 Euler steps",
        see="Both ways, blurred: about seven draws in a hundred land in the obstacle.",
        group="original",
    ),
}
