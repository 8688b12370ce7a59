"""Letters in a row: each predicted given those before it."""

from collections.abc import Mapping

from torch.optim import Adam

from eitherway.backbones import MLP
from eitherway.codebooks import GapBins, UniformBins
from eitherway.heads import FAST, Autoregressive
from eitherway.make import Make
from eitherway.recipe import Recipe
from eitherway.recipes.base import Method, head

# A chunk of many numbers is many letters to learn from: small batches will do.
SPELT = Recipe(
    head=Make(Autoregressive, codebook=Make(GapBins, size=96)),
    backbone=Make(MLP, width=48, depth=2),
    optimiser=Make(Adam, lr=1e-2, fused=True),
    steps=1_200,
    batch=125,
)

SEQUENCES: Mapping[str, Method] = {
    "autoregressive": Method(
        recipe=SPELT,
        idea="96 bins a number, gaps apart, one letter after the other; drawn evenly within a bin",
        see="Both ways with sharp inner edges: the gap is a bin of its own, which is hardly ever drawn.",
    ),
    "autoregressive-uniform": Method(
        recipe=head(SPELT, Make(Autoregressive, codebook=Make(UniformBins, size=96))),
        idea="the same with bins of one width",
        see="Look at the inner edges: a bin that reaches over one lets draws into the obstacle.",
    ),
    "fast": Method(
        recipe=head(SPELT, Make(FAST)),
        idea="cosine frequencies, rounded, in byte pairs, one token after the other",
        see="A comb: draws lie on a lattice, and the tooth just inside each edge is in the obstacle.",
    ),
}
