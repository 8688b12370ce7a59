"""Recipes of one-step methods: heads that cross from noise to action in one evaluation or two."""

from collections.abc import Mapping

from eitherway.heads import MIP, Consistency, Distilled, Flow, Head, Huber, MeanFlow, Reflow, Shortcut
from eitherway.make import Make
from eitherway.paths import DDIM, DPMSolver, LogNormal, Steps, UniformLogSNR
from eitherway.recipes.base import WAVY, Method, head
from eitherway.recipes.stroke import DASHED, DOTTED, LONG_DASHED, SPARSE, TWO_DOTS, UNEVEN, Stroke
from eitherway.training.recipe import Recipe

# The map from noise to action jumps at the obstacle: a third layer draws the edge, a wider or wavier network does not.
DEEP = WAVY.replace("backbone.depth", 3).replace("backbone.fourier_octaves", 5)
CALM = DEEP.replace("optimiser.lr", 1e-2)  # where a network's own answers are its targets
SMOOTH = CALM.replace("backbone.fourier_octaves", 2).replace(
    "backbone.time_fourier_octaves", 2
)  # derivatives of high frequencies are noise

# A step of the second stage evaluates the teacher ten times, so it sees few examples; the first sees them four times.
LESSON = DEEP.replace("batch", 128).replace("ema", 0.99).replace("steps", 1_300)
TEACHER = Make(
    Flow,
    times=Make(LogNormal, mean=-0.25, sd=1.8),  # more of the noisy end, where the modes part
    sampler=Make(DPMSolver, steps=10, grid=Make(UniformLogSNR, high=3.5, low=-3.0)),
)


def trained(base: Recipe, steps: int, made: Make[Head]) -> Recipe:
    """Returns the recipe of a head, trained for so many steps a stage."""
    return head(base, made).replace("steps", steps)


SHORTCUT = trained(CALM, 5_000, Make(Shortcut, steps=2))
MEANFLOW = trained(SMOOTH, 3_500, Make(MeanFlow, steps=2))
CONSISTENCY = trained(CALM, 2_000, Make(Consistency))
FORGIVING = Make(Huber, scale=0.1)  # a cliff between the modes is no reason to bend what lies beside it
REFLOW = head(LESSON, Make(Reflow, teacher=TEACHER, repeats=4, times=Make(Steps, count=2), penalty=FORGIVING))

ONE_STEP: Mapping[str, Method] = {
    "distilled": Method(
        recipe=head(LESSON, Make(Distilled, teacher=TEACHER, repeats=4)),
        idea="one evaluation that has learnt what a flow draws in ten",
        see="Compare with `flow`: what ten evaluations found out is here in one, but for a thin line across the gap.",
        stroke=Stroke("#6460cf", UNEVEN, (9, 1, 0)),
    ),
    "reflow": Method(
        recipe=REFLOW,
        idea="a second flow along the lines from noise to what the first made of it, two steps",
        see="Two steps along nearly straight paths: the gap is emptier than after one, at twice the price.",
        stroke=Stroke("#4e3e94", LONG_DASHED, (9, 0, 0)),
    ),
    "reflow-1": Method(
        recipe=REFLOW.replace("head.sampler", Make(DDIM, steps=1)),
        idea="the same training, one step",
        see="One step along the same lines: what is new in the gap is what the second step had mended.",
    ),
    "shortcut": Method(
        recipe=SHORTCUT,
        idea="a velocity conditioned on its step's length, two steps",
        see="Half-way steps that were learnt from shorter ones: look for draws between the modes.",
        stroke=Stroke("#6a3793", DOTTED, (4, 0, 65)),
    ),
    "shortcut-1": Method(
        recipe=SHORTCUT.replace("head.steps", 1),
        idea="the same training, one step",
        see="The longest step is the last to be learnt: the jump across the gap is still a slope.",
    ),
    "shortcut-4": Method(
        recipe=SHORTCUT.replace("head.steps", 4),
        idea="the same training, four steps",
        see="Each doubling of the steps empties more of the gap: compare one, two and four.",
    ),
    "meanflow": Method(
        recipe=MEANFLOW,
        idea="average velocity from one identity, two jumps",
        see="Nothing was learnt from a teacher or from shorter steps: how clean is the gap after two jumps?",
        stroke=Stroke("#52367a", DASHED, (6, 1, 30)),
    ),
    "meanflow-1": Method(
        recipe=MEANFLOW.replace("head.steps", 1),
        idea="the same training, one jump",
        see="The derivative of a jump is a spike that training hardly sees: one jump smears the edge.",
    ),
    "consistency": Method(
        recipe=CONSISTENCY,
        idea="the end of the path through a noisy action, predicted twice",
        see="The second answer starts from a little noise again: it mends the gap, and blurs the shares of the modes.",
        stroke=Stroke("#8f58b2", SPARSE, (3, 0, 75)),
    ),
    "consistency-1": Method(
        recipe=CONSISTENCY.replace("head.again", ()),
        idea="the same training, predicted once",
        see="The first answer alone: neighbours have agreed on a slope where the truth has a jump.",
    ),
    "mip": Method(
        recipe=trained(CALM, 1_000, Make(MIP)),
        idea="a guess, then a second look at it: two evaluations, no randomness",
        see="One landing for each start, and between the modes a cliff: where does it fall into the obstacle?",
        stroke=Stroke("#855227", TWO_DOTS, (4, 1, 0)),
    ),
}
