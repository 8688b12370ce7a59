"""Recipes with the teaching notebook's own settings, to the letter."""

from collections.abc import Mapping

from torch.optim import Adam

from eitherway.backbones import MLP
from eitherway.codebooks import Sides
from eitherway.data import Identity
from eitherway.heads import Absolute, Categorical, Diffusion, Flow, Regression
from eitherway.make import Make
from eitherway.paths import DDIM, LinearBetas, Noise, Steps, Uniform, UniformTimes
from eitherway.recipes.base import Method, head
from eitherway.training.lr_schedules import Constant
from eitherway.training.recipe import Recipe

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
    sampler=Make(DDIM, steps=49, grid=Make(UniformTimes)),
)
ORIGINAL_FLOW = Make(Flow, times=Make(Uniform), sampler=Make(DDIM, steps=49, grid=Make(UniformTimes)))

ORIGINALS: Mapping[str, Method] = {
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
        recipe=head(ORIGINAL, Make(Categorical, codebook=Make(Sides), temperature=0.0)),
        idea="the notebook's two classes, the likelier one",
        see="Look for two flat lines, and never both of them at one state.",
        group="original",
    ),
    "original-side-sampled": Method(
        recipe=head(ORIGINAL, Make(Categorical, codebook=Make(Sides))),
        idea="the notebook's two classes, drawn",
        see="Compare how often each mode is taken; every landing is on the mean of its side.",
        group="original",
    ),
    "original-diffusion": Method(
        recipe=head(ORIGINAL, ORIGINAL_DIFFUSION),
        idea="the notebook's diffusion: linear betas, 49 DDIM steps",
        see="Compare both modes with the data: how blurred are the edges, and how many draws lie between them?",
        group="original",
    ),
    "original-flow": Method(
        recipe=head(ORIGINAL, ORIGINAL_FLOW),
        idea="the notebook's flow matching: raw units, 49 Euler steps",
        see="Compare both modes with the data: how blurred are the edges, and how many draws lie between them?",
        group="original",
    ),
}
