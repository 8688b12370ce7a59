"""Recipes of autoregressive heads: tokens in a row, each predicted given those before it."""

from collections.abc import Mapping
from dataclasses import replace

from eitherway.codebooks import GapBins, UniformBins
from eitherway.heads import FAST, Autoregressive
from eitherway.make import Make
from eitherway.recipes.base import Method, head
from eitherway.recipes.densities import DENSE
from eitherway.recipes.stroke import LONG_DASHED, UNEVEN, Stroke

SPELT = replace(DENSE, head=Make(Autoregressive, codebook=Make(GapBins)), batch=200)

SEQUENCES: Mapping[str, Method] = {
    "autoregressive": Method(
        recipe=SPELT,
        idea="64 bins a number, gaps apart, one token after the other; drawn evenly within a bin",
        see="Both modes with sharp inner edges: the gap is a bin of its own, which is hardly ever drawn.",
        stroke=Stroke("#c77694", UNEVEN, (5, 1, 36)),
    ),
    "autoregressive-uniform": Method(
        recipe=head(SPELT, Make(Autoregressive, codebook=Make(UniformBins))),
        idea="the same with bins of one width",
        see="Look at the inner edges: a bin that reaches over one lets draws into the obstacle.",
    ),
    "fast": Method(
        recipe=replace(SPELT, head=Make(FAST, scale=20.0), batch=100, steps=400),  # each word costs its 256 tokens
        idea="cosine frequencies, rounded, in byte pairs, one token after the other",
        see="A comb: draws lie on a lattice, and one tooth stands just inside the right edge of the obstacle.",
        stroke=Stroke("#99586b", LONG_DASHED, (7, 0, 0)),
    ),
}
