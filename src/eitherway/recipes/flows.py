"""Recipes of flow matching: a velocity followed from noise to action."""

from collections.abc import Mapping

from eitherway.heads import Flow
from eitherway.make import Make
from eitherway.paths import (
    DDIM,
    Adaptive,
    ConditionalTransport,
    Cosine,
    Heun,
    LogNormalQuantiles,
    RungeKutta,
    Steady,
    Stochastic,
    Transport,
    UniformLogSNR,
)
from eitherway.recipes.base import FINE, LONG, SHORT, Method, head
from eitherway.recipes.stroke import DASHDOT, Stroke

FLOWS: Mapping[str, Method] = {
    "flow": Method(
        recipe=head(SHORT, Make(Flow)),
        idea="velocity on straight paths, 10 Euler steps",
        see="Do both modes have the shape of the data after ten evaluations? Look for draws just inside the edges.",
        stroke=Stroke("#c8500f", "-", "o"),
        group="default",
    ),
    "flow-heun": Method(
        recipe=head(SHORT, Make(Flow, sampler=Make(Heun, steps=10))),
        idea="the same training, 10 second-order steps",
        see="A second-order step takes two evaluations: compare with Euler's steps whether that pays at a sharp edge.",
        stroke=Stroke("#ec8a33", DASHDOT, "8"),
        group="default",
    ),
    "flow-rk4": Method(
        recipe=head(SHORT, Make(Flow, sampler=Make(RungeKutta, steps=12, method="rk4"))),
        idea="the same training, 12 fourth-order steps",
        see="Four evaluations a step: is there anything left to see of the solver's error, or only of the network's?",
    ),
    "flow-adaptive": Method(
        recipe=head(SHORT, Make(Flow, sampler=Make(Adaptive))),
        idea="the same training, steps as long as a tolerance allows",
        see="Each state chooses its own steps: compare what a decision costs with what fixed steps need.",
    ),
    "flow-sde": Method(
        recipe=head(SHORT, Make(Flow, sampler=Make(Stochastic, steps=50, churn=Make(Steady, amount=0.25)))),
        idea="the same training, 50 steps with fresh noise",
        see="With the exact velocity fresh noise would change nothing; here it mends edges: compare the gap.",
    ),
    "flow-vp": Method(
        recipe=head(SHORT, Make(Flow, path=Make(Cosine), sampler=Make(DDIM, grid=Make(UniformLogSNR)))),
        idea="velocity on a variance-preserving path",
        see="The path of diffusion, followed as a flow: is there more than noise between this picture and the others?",
    ),
    "flow-ot": Method(
        recipe=head(SHORT, Make(Flow, coupling=Make(Transport))),
        idea="each batch's noise paired with near actions, whatever was seen",
        see="How often each mode is taken hardly depends on the state any more: compare the shares at both ends of s.",
    ),
    "flow-c2ot": Method(
        recipe=head(SHORT, Make(Flow, coupling=Make(ConditionalTransport))),
        idea="noise paired with near actions of like states",
        see="The shares of the two modes should follow the state again; compare the edges with those of plain flow.",
    ),
    "flow-long": Method(
        recipe=head(LONG, Make(Flow, sampler=Make(Heun, steps=25, grid=FINE))),
        idea="flow with a longer training and 25 second-order steps",
        see="Compare the edges and the gap with the data's, and with those of the short training.",
        group="long",
    ),
    "flow-fast": Method(
        recipe=head(
            LONG,
            Make(
                Flow,
                sampler=Make(RungeKutta, steps=5, method="midpoint", grid=Make(LogNormalQuantiles, mean=-0.5, sd=2.0)),
            ),
        ),
        idea="the long training, 10 evaluations: 5 midpoint steps, dense where training was",
        see="A fifth of the evaluations of the 25 steps, from the same weights: can you tell the two pictures apart?",
        group="long",
    ),
}
