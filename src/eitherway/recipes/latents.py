"""Recipes of CVAEs and implicit policies: latent variables that tell modes apart, energies that score actions."""

from collections.abc import Mapping
from dataclasses import replace

from eitherway.backbones import MLP
from eitherway.heads import CVAE, IBC, MDN, Absolute, Clusters, Gaussian, Langevin, Regression, Resampling
from eitherway.make import Make
from eitherway.recipes.base import PACED, Method, head
from eitherway.recipes.stroke import DASHDOT, LONG_DOT, SHORT_DASHED, Stroke

MEDIAN = Make(Regression, penalty=Make(Absolute))

# The decoder has to jump where z passes from one mode to the other: deep, fast, and held back where it would run away.
HIDDEN = replace(
    PACED,
    head=Make(CVAE, decoder=MEDIAN, latent=4, beta=0.08, free=0.2),  # without free nats rare modes are never encoded
    backbone=Make(MLP, width=64, depth=3, fourier_octaves=2),
    optimiser=PACED.optimiser.replace("lr", 2e-2),
    clip=1.0,
    ema=0.998,
    steps=2_400,
)

# Every demonstration is scored beside 64 others: few demonstrations a step, a small network.
SCORED = replace(PACED, head=Make(IBC), backbone=Make(MLP, width=48, depth=2, fourier_octaves=4), ema=0.99, batch=50)

LATENTS: Mapping[str, Method] = {
    "cvae": Method(
        recipe=HIDDEN,
        idea="four latent variables, drawn from the prior, tell the decoder which mode",
        see="Both modes at the right rates; look for the draws in the gap, where z passes from one mode to the other.",
        stroke=Stroke("#1f8e8f", DASHDOT, (3, 0, -15)),
    ),
    "cvae-zero": Method(
        recipe=HIDDEN.replace("head.noise", 0.0),
        idea="the same training, drawn with z = 0 as ACT does",
        see="One answer for each state: with z fixed the second mode is gone, though the decoder knows it.",
    ),
    "cvae-mdn": Method(
        recipe=head(HIDDEN, Make(CVAE, decoder=Make(MDN), latent=4, beta=1.0)).replace("steps", 1_500),
        idea="a mixture as decoder: it needs no latent variables, and ignores them",
        see="The mixture's picture, not the CVAE's: z tells nothing here, and nothing is missing.",
    ),
    "act": Method(
        recipe=head(HIDDEN, Make(CVAE, decoder=MEDIAN, latent=32, beta=10.0, noise=0.0)),
        idea="ACT's objective: absolute error, 32 latent variables, a nat costs 10, z = 0",
        see="Compare it with the median's line: at that price z says nothing, and one answer is left for each state.",
        stroke=Stroke("#0d6f7d", LONG_DOT, (8, 1, 0)),
    ),
    "ibc": Method(
        recipe=SCORED,
        idea="an energy learnt against uniform actions; one of 256 candidates drawn",
        see="The gap is almost empty: an energy may jump at an edge. Compare the shares of the modes with the data's.",
        stroke=Stroke("#298e9e", SHORT_DASHED, (4, 1, 45)),
    ),
    "ibc-gaussian": Method(
        recipe=head(SCORED, Make(IBC, proposal=Make(Gaussian))),
        idea="the same against a normal distribution of the demonstrated chunks instead of a box",
        see="One number makes little difference; chunks of many do, where a box is nearly everywhere empty.",
    ),
    "ibc-clusters": Method(
        recipe=head(SCORED, Make(IBC, proposal=Make(Clusters))),
        idea="the same against normal distributions around 16 clusters of the demonstrated chunks",
        see="Candidates lie where demonstrations do, rare modes included: compare with the box where modes are narrow.",
    ),
    "ibc-rounds": Method(
        recipe=head(SCORED, Make(IBC, search=Make(Resampling, rounds=3))),
        idea="the training of ibc, drawn in three rounds with shrinking noise",
        see="Every further round favours what the last one found: the likelier mode wins too often.",
    ),
    "ibc-langevin": Method(
        recipe=head(SCORED, Make(IBC, search=Make(Langevin, first=1e-3, last=1e-5, reach=0.05))),
        idea="the training of ibc, drawn by 50 Langevin steps from anywhere in the box",
        see="Chains settle in the nearest low place, most of them far from any demonstration: see the stripes.",
    ),
}
