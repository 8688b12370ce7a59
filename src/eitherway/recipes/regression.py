"""Recipes of regression: one answer for each state, under eight penalties."""

from collections.abc import Mapping

from eitherway.heads import Absolute, Cauchy, Huber, LaplaceKernel, Quantile, Regression, Truncated, Welsch
from eitherway.make import Make
from eitherway.recipes.base import POINT, Method, head
from eitherway.recipes.stroke import DASHDOT, DASHED, DOTTED, SHORT_DASHED, SPARSE, TWO_DOTS, Stroke

# The penalties' unit is the robot's width: 1 in raw units, a third of the range that [-1, 1] stands for.
UNIT = 1 / 3

REGRESSION: Mapping[str, Method] = {
    "mse": Method(
        recipe=POINT,
        idea="squared error: the conditional mean",
        see="Look for a line that climbs through the obstacle: the mean of two correct answers need not be correct.",
        stroke=Stroke("#573417", "-", "s"),
        group="default",
    ),
    "mae": Method(
        recipe=head(POINT, Make(Regression, penalty=Make(Absolute))),
        idea="absolute error: the conditional median",
        see="The median follows the likelier side and jumps at s = 0: look at how a smooth network crosses there.",
        stroke=Stroke("#b07f00", DASHED, "D"),
        group="default",
    ),
    "welsch": Method(
        recipe=head(POINT, Make(Regression, penalty=Make(Welsch, scale=UNIT))),
        idea="1 - exp(-r²): errors beyond two units cost no more",
        see="Does it settle near the heap of one side instead of between the two? It knows one mode at each state.",
        stroke=Stroke("#5c6b00", DASHDOT, "^"),
        group="default",
    ),
    "truncated": Method(
        recipe=head(POINT, Make(Regression, penalty=Make(Truncated, scale=UNIT))),
        idea="min(|r|, 2): a median of what lies within two units",
        see="Beyond two units nothing pulls: compare it with one side's median, and look where the sides trade places.",
        stroke=Stroke("#8d9a10", DOTTED, "v"),
        group="default",
    ),
    "cauchy": Method(
        recipe=head(POINT, Make(Regression, penalty=Make(Cauchy, scale=UNIT))),
        idea="log(1 + r²): large errors pull ever less",
        see="Far landings pull less than for the mean, but never stop: look at how steeply it crosses around s = 0.",
        stroke=Stroke("#9a6a5c", TWO_DOTS, "<"),
        group="default",
    ),
    "laplace-kernel": Method(
        recipe=head(POINT, Make(Regression, penalty=Make(LaplaceKernel, scale=UNIT))),
        idea="1 - exp(-|r|): the further away, the weaker the pull",
        see="How closely does it follow the dense landings just past each edge, and how steep is the crossing between?",
        stroke=Stroke("#b3925c", TWO_DOTS, ">"),
        group="default",
    ),
    "huber": Method(
        recipe=head(POINT, Make(Regression, penalty=Make(Huber, scale=UNIT))),
        idea="r² up to one unit, linear beyond: between squared and absolute error",
        see="Is it the median's line or the mean's? Look at how much of the crossing lies in the obstacle.",
        stroke=Stroke("#614107", SHORT_DASHED, "H"),
    ),
    "quantile": Method(
        recipe=head(POINT, Make(Regression, penalty=Make(Quantile, level=0.9))),
        idea="the pinball at 0.9: nine landings in ten lie to the left",
        see="It keeps to the right long before right is likely: one landing in ten is enough. Look where it crosses.",
        stroke=Stroke("#c67e49", SPARSE, (3, 0, 30)),
    ),
}
