"""Recipes of classification: an action as one of finitely many classes, or as several tokens."""

from collections.abc import Mapping

from eitherway.codebooks import KMeans, ResidualVQ, Sides
from eitherway.heads import Categorical
from eitherway.make import Make
from eitherway.recipes.base import POINT, Method, head
from eitherway.recipes.stroke import DASHED, DOTTED, LONG_DOT, SHORT_DASHED, Stroke

VQ = Make(Categorical, codebook=Make(ResidualVQ, size=16, n_tokens=2), focus=2.0, secondary=0.1, offset=10.0)

TOKENS: Mapping[str, Method] = {
    "side": Method(
        recipe=head(POINT, Make(Categorical, codebook=Make(Sides), temperature=0.0)),
        idea="two classes, the likelier one",
        see="Look for two flat lines, each on the mean of one side, and never both of them at one state.",
        stroke=Stroke("#de6a9f", "-", "P"),
        group="default",
    ),
    "side-sampled": Method(
        recipe=head(POINT, Make(Categorical, codebook=Make(Sides))),
        idea="two classes, drawn",
        see="Compare how often each mode is taken; every landing is on the mean of its side, whatever its true shape.",
        stroke=Stroke("#a83279", DASHED, "X"),
        group="default",
    ),
    "bins": Method(
        recipe=head(POINT, Make(Categorical, codebook=Make(KMeans, size=48), offset=10.0)),
        idea="48 k-means classes, drawn, with a learnt offset each",
        see="Look for stripes, one for each token: do they show both modes, the heap at each edge and the thin tails?",
        stroke=Stroke("#6b1048", DOTTED, "h"),
        group="default",
    ),
    "bet": Method(
        recipe=head(POINT, Make(Categorical, codebook=Make(KMeans, size=48), focus=2.0, offset=10.0)),
        idea="48 k-means classes under focal loss, with a learnt offset each (BeT)",
        see="Compare with `bins`, from which it differs in its loss alone: does a rare mode get more than its share?",
        stroke=Stroke("#7d3650", LONG_DOT, (4, 0, 20)),
    ),
    "vq-bet": Method(
        recipe=head(POINT, VQ),
        idea="two tokens of a learnt code, 16 classes each, under focal loss, with offsets (VQ-BeT)",
        see="Tokens are drawn independently of each other: look for landings in the gap, where no demonstration is.",
        stroke=Stroke("#ae426e", SHORT_DASHED, (7, 1, 0)),
    ),
    "vq-bet-linked": Method(
        recipe=head(POINT, VQ.replace("memory", 1)),
        idea="the same, with the second token drawn after the first is known",
        see="What has become of the landings in the gap, now that the second token knows the first?",
    ),
}
