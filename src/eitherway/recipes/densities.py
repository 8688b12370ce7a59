"""Recipes of densities in closed form: mixtures and a neural spline flow."""

from collections.abc import Mapping
from dataclasses import replace

from eitherway.backbones import MLP
from eitherway.heads import MDN, Full, Laplace, Spline
from eitherway.make import Make
from eitherway.recipes.base import PACED, POINT, Method, head
from eitherway.recipes.stroke import DOTTED, LONG_DOT, SPARSE, Stroke

# Kinks (relu) fit those of a distribution whose modes end at a state.
DENSE = replace(PACED, head=Make(MDN), backbone=Make(MLP, width=48, depth=2, activation="relu"), ema=0.99, steps=1_200)
MIXTURE = replace(DENSE, optimiser=DENSE.optimiser.replace("lr", 2e-2), steps=1_000, batch=400)
# Much of a flow's network is its own, so the one before it may be shallow; each step costs more, so batches are small.
BENT = replace(DENSE, head=Make(Spline, bins=12), backbone=Make(MLP, width=64, depth=1, activation="relu"), batch=150)

DENSITIES: Mapping[str, Method] = {
    "mdn": Method(
        recipe=head(MIXTURE, Make(MDN, components=20)),
        idea="a mixture of 20 Gaussians over whole chunks, drawn",
        see="Both modes with their heaps: look for the few draws that a Gaussian's inner tail lets over the edge.",
        stroke=Stroke("#4d555d", SPARSE, (5, 0, 36)),
        group="default",
    ),
    "mdn-full": Method(
        recipe=head(DENSE, Make(MDN, components=12, covariance=Make(Full))),
        idea="12 Gaussians with full covariances, drawn",
        see="One number cannot covary, so this is a diagonal mixture with fewer components: compare the edges.",
    ),
    "mdn-best": Method(
        recipe=head(MIXTURE, Make(MDN, components=20, temperature=0.0, noise=0.0)),
        idea="the same training, always the mean of the heaviest Gaussian",
        see="One answer for each state: the heaviest Gaussian need not stand on the likelier side.",
    ),
    "spline": Method(
        recipe=BENT,
        idea="a neural spline flow: noise bent by monotone splines",
        see="How empty is the gap? A flow stretches one heap of noise over both modes: a thread of draws joins them.",
        stroke=Stroke("#8891a8", LONG_DOT, (6, 1, 0)),
    ),
    "laplace": Method(
        recipe=head(POINT, Make(Laplace)),
        idea="a mixture of two Laplace distributions, drawn",
        see="Both modes, each a peak with two tails: look how far the inner tails reach into the obstacle.",
        stroke=Stroke("#6b7c8d", DOTTED, (3, 1, 0)),
    ),
}
