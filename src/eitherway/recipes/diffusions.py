"""Recipes of diffusion and score models: noise taken out step by step."""

from collections.abc import Mapping

from eitherway.heads import Diffusion, Head, Score
from eitherway.make import Make
from eitherway.paths import (
    DDIM,
    DPMSolver,
    EulerMaruyama,
    Heun,
    KarrasGrid,
    LogNormal,
    LogNormalQuantiles,
    Preconditioned,
    Sampler,
    UniPC,
    VarianceExploding,
)
from eitherway.recipes.base import FINE, LONG, SHORT, Method, head
from eitherway.recipes.stroke import DASHDOT, LONG_DASHED, UNEVEN, Stroke
from eitherway.training.recipe import Recipe

TEN = Make(LogNormalQuantiles)  # few stops: dense where training was, from pure noise to the data


def drawn(made: Make[Head], sampler: Make[Sampler]) -> Recipe:
    """Returns the longer training of a head, drawn from by a sampler."""
    return head(LONG, made.replace("sampler", sampler))


EDM = Make(
    Diffusion,
    schedule=Make(VarianceExploding, low=0.002, high=80.0),
    target=Make(Preconditioned),
    times=Make(LogNormal, mean=-1.2, sd=1.2),
)
VP = Make(Score, target=Make(Preconditioned), times=Make(LogNormal))
VE = Make(Score, schedule=Make(VarianceExploding), target=Make(Preconditioned), times=Make(LogNormal))
SCORE = Stroke("#274e28", UNEVEN, (3, 1, 180))

DIFFUSIONS: Mapping[str, Method] = {
    "diffusion": Method(
        recipe=head(SHORT, Make(Diffusion)),
        idea="denoising on a variance-preserving path, 10 DDIM steps",
        see="Do both modes have the shape of the data? Look for draws just inside the edges, where the density jumps.",
        stroke=Stroke("#14693f", "-", "p"),
        group="default",
    ),
    "ddpm": Method(
        recipe=head(SHORT, Make(Diffusion, sampler=Make(DDIM, steps=50, eta=1.0))),
        idea="the same training, 50 ancestral steps with fresh noise",
        see="Fresh noise at each step can undo earlier errors: compare the gap with DDIM's, and what a decision costs.",
        stroke=Stroke("#3d9f66", LONG_DASHED, "d"),
        group="default",
    ),
    "diffusion-long": Method(
        recipe=head(LONG, Make(Diffusion, sampler=Make(Heun, steps=25, grid=FINE))),
        idea="diffusion with a longer training and 25 second-order steps",
        see="Compare the edges and the gap with the data's, and with those of the short training.",
        group="long",
    ),
    "diffusion-fast": Method(
        recipe=drawn(Make(Diffusion), Make(UniPC, grid=TEN)),
        idea="diffusion in ten evaluations: each step is corrected by what is seen at its end",
        see="Compare with the 49 evaluations of `diffusion-long`: what is lost at the edges and in the gap?",
        group="long",
    ),
    "diffusion-dpm": Method(
        recipe=drawn(Make(Diffusion), Make(DPMSolver, grid=TEN)),
        idea="the same training, ten second-order steps with memory",
        see="Second order for one evaluation a step: compare the heaps at the edges with those of DDIM.",
        group="long",
    ),
    "diffusion-dpm-sde": Method(
        recipe=drawn(Make(Diffusion), Make(DPMSolver, eta=1.0, grid=TEN)),
        idea="the same training, ten second-order steps with fresh noise",
        see="Fresh noise mends the gap: is the shape of both modes still that of the data after ten steps?",
        group="long",
    ),
    "diffusion-ddim": Method(
        recipe=drawn(Make(Diffusion), Make(DDIM, grid=TEN)),
        idea="the same training, ten first-order steps",
        see="The same network, the same ten evaluations: look at what a first-order step leaves in the gap.",
        group="long",
    ),
    "edm": Method(
        recipe=drawn(EDM, Make(Heun, steps=18, follow="noise", grid=Make(KarrasGrid))),
        idea="preconditioned denoising of growing noise, 18 second-order steps as published",
        see="Published for images: look at the edges after 35 evaluations with stops spread by the seventh root.",
        stroke=Stroke("#004d36", DASHDOT, (5, 0, 18)),
        group="long",
    ),
    "edm-fast": Method(
        recipe=drawn(EDM, Make(UniPC, grid=TEN)),
        idea="the same training in ten evaluations",
        see="Do fewer stops, evenly spread over the levels, draw the edges as well?",
        group="long",
    ),
    "score-vp": Method(
        recipe=drawn(VP, Make(UniPC, grid=TEN)),
        idea="score of a variance-preserving noising, its ordinary equation in ten evaluations",
        see="The distribution without fresh noise: compare both modes and the gap with the stochastic equation's.",
        stroke=SCORE,
        group="long",
    ),
    "score-vp-sde": Method(
        recipe=drawn(VP, Make(EulerMaruyama, steps=200)),
        idea="the same training, the reverse stochastic equation in 200 steps",
        see="Many small steps with fresh noise: is the gap empty, and what of the heaps just past each edge?",
        group="long",
    ),
    "score-vp-noise": Method(
        recipe=drawn(Make(Score), Make(UniPC, grid=TEN)),
        idea="the same drawing, trained as published: the noise is predicted, at even times",
        see="Even times seldom show the little noise that edges are made of: look for draws just inside the obstacle.",
        group="long",
    ),
    "score-ve": Method(
        recipe=drawn(VE, Make(UniPC, grid=TEN)),
        idea="score of a noising that only adds, its ordinary equation in ten evaluations",
        see="Noise fifty times as wide as the actions: do both modes come out with the right shares?",
        stroke=SCORE,
        group="long",
    ),
    "score-ve-sde": Method(
        recipe=drawn(VE, Make(EulerMaruyama, steps=200)),
        idea="the same training, the reverse stochastic equation in 200 steps",
        see="Look at the gap and at the spread of each heap: here fresh noise is large until late.",
        group="long",
    ),
}
