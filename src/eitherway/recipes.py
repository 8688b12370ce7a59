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
    see: str  # one sentence on what to look for in its picture
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
    optimiser=Make(Adam, lr=1e-2, betas=(0.9, 0.99), fused=True),
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
        see="Look for a line that climbs through the obstacle: the mean of two correct answers need not be correct.",
    ),
    "mae": Method(
        recipe=head(POINT, Make(Regression, penalty=Make(Absolute))),
        idea="absolute error: the conditional median",
        see="The median follows the likelier side and jumps at s = 0: look at how a smooth network crosses there.",
    ),
    "welsch": Method(
        recipe=head(POINT, Make(Regression, penalty=Make(Welsch, scale=UNIT))),
        idea="1 - exp(-r²): errors beyond two units cost no more",
        see="Does it settle near the heap of one side instead of between the two? It answers each state one way only.",
    ),
    "truncated": Method(
        recipe=head(POINT, Make(Regression, penalty=Make(Truncated, scale=UNIT))),
        idea="min(|r|, 2): a median of what lies within two units",
        see="Beyond two units nothing pulls: compare it with one side's median, and look where the sides trade places.",
    ),
    "cauchy": Method(
        recipe=head(POINT, Make(Regression, penalty=Make(Cauchy, scale=UNIT))),
        idea="log(1 + r²): large errors pull ever less",
        see="Far landings pull less than for the mean, but never stop: look at how steeply it crosses around s = 0.",
    ),
    "laplace-kernel": Method(
        recipe=head(POINT, Make(Regression, penalty=Make(LaplaceKernel, scale=UNIT))),
        idea="1 - exp(-|r|): the further away, the weaker the pull",
        see="How closely does it follow the dense landings just past each edge, and how steep is the crossing between?",
    ),
    "side": Method(
        recipe=head(POINT, Make(Codes, codebook=Make(Sides), temperature=0.0)),
        idea="two classes, the likelier one",
        see="Look for two flat lines, each on the mean of one side, and never both of them at one state.",
    ),
    "side-sampled": Method(
        recipe=head(POINT, Make(Codes, codebook=Make(Sides))),
        idea="two classes, drawn",
        see="Compare how often each way is taken; every landing is on the mean of its side, whatever its true shape.",
    ),
    "bins": Method(
        recipe=head(POINT, Make(Codes, codebook=Make(KMeans, size=48), offset=10.0)),
        idea="48 k-means classes, drawn, with a learnt offset each",
        see="Look for stripes, one for each token: do they show both ways, the heap at each edge and the thin tails?",
    ),
    "diffusion": Method(
        recipe=head(SHORT, Make(Diffusion)),
        idea="denoising on a variance-preserving path, 10 DDIM steps",
        see="Do both ways have the shape of the data? Look for draws just inside the edges, where the density jumps.",
    ),
    "ddpm": Method(
        recipe=head(SHORT, Make(Diffusion, sampler=Make(Ancestral, steps=50, eta=1.0))),
        idea="the same training, 50 ancestral steps with fresh noise",
        see="Fresh noise at each step can undo earlier errors: compare the gap with DDIM's, and what a decision costs.",
    ),
    "flow": Method(
        recipe=head(SHORT, Make(Flow)),
        idea="velocity on straight paths, 10 Euler steps",
        see="Do both ways have the shape of the data after ten evaluations? Look for draws just inside the edges.",
    ),
    "flow-heun": Method(
        recipe=head(SHORT, Make(Flow, sampler=Make(Heun, steps=10))),
        idea="the same training, 10 second-order steps",
        see="A second-order step takes two evaluations: compare with Euler's steps whether that pays at a sharp edge.",
    ),
    "flow-long": Method(
        recipe=head(LONG, Make(Flow, sampler=Make(Heun, steps=25, grid=FINE))),
        idea="flow with a longer training and 25 second-order steps",
        see="Compare the edges and the gap with the data's, and with those of the short training.",
        group="long",
    ),
    "diffusion-long": Method(
        recipe=head(LONG, Make(Diffusion, sampler=Make(Heun, steps=25, grid=FINE))),
        idea="diffusion with a longer training and 25 second-order steps",
        see="Compare the edges and the gap with the data's, and with those of the short training.",
        group="long",
    ),
    "original-mse": Method(
        recipe=ORIGINAL,
        idea="the notebook's squared error",
        see="The mean again, with dropout: compare its slope with the exact mean's, and how many states are safe.",
        group="original",
    ),
    "original-mae": Method(
        recipe=head(ORIGINAL, Make(Regression, penalty=Make(Absolute))),
        idea="the notebook's absolute error",
        see="The median again: a small smooth network needs room to cross; look at how much lies in the obstacle.",
        group="original",
    ),
    "original-side": Method(
        recipe=head(ORIGINAL, Make(Codes, codebook=Make(Sides), temperature=0.0)),
        idea="the notebook's two classes, the likelier one",
        see="Look for two flat lines, and never both of them at one state.",
        group="original",
    ),
    "original-side-sampled": Method(
        recipe=head(ORIGINAL, Make(Codes, codebook=Make(Sides))),
        idea="the notebook's two classes, drawn",
        see="Compare how often each way is taken; every landing is on the mean of its side.",
        group="original",
    ),
    "original-diffusion": Method(
        recipe=head(ORIGINAL, ORIGINAL_DIFFUSION),
        idea="the notebook's diffusion: linear betas, 49 DDIM steps",
        see="Compare both ways with the data: how blurred are the edges, and how many draws lie between them?",
        group="original",
    ),
    "original-flow": Method(
        recipe=head(ORIGINAL, ORIGINAL_FLOW),
        idea="the notebook's flow matching: raw units, 49 Euler steps",
        see="Compare both ways with the data: how blurred are the edges, and how many draws lie between them?",
        group="original",
    ),
}
