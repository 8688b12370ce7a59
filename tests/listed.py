"""The heads and backbones that the contract is asked of: whatever the package offers enters by being offered."""

import inspect

from eitherway import backbones, heads
from eitherway.backbones import MLP, Backbone
from eitherway.codebooks import KMeans, QuantileBins, Sides, UniformBins
from eitherway.heads import Codes, Diffusion, Flow, Head, Penalty, Regression
from eitherway.make import Make
from eitherway.paths import Ancestral, Cosine, EvenLevels, Heun, Levels, LinearBetas, Noise, Steps, Uniform, Velocity


def concrete(module, base):
    """The classes of a kind that a package offers."""
    found = [getattr(module, name) for name in module.__all__]
    return [c for c in found if isinstance(c, type) and issubclass(c, base) and not inspect.isabstract(c)]


BOOKS = [Make(Sides), Make(UniformBins, size=5), Make(QuantileBins, size=5), Make(KMeans, size=5)]
REPRESENTATIVE = {
    Regression: [{"penalty": Make(penalty)} for penalty in concrete(heads, Penalty)],
    Codes: [{"codebook": book, **more} for book in BOOKS for more in ({}, {"offset": 10.0})],
    Diffusion: [
        {},
        {"schedule": Make(Cosine), "target": Make(Noise), "times": Make(Uniform)},
        {"schedule": Make(Cosine), "target": Make(Velocity), "times": Make(Steps, count=10)},
        {"schedule": Make(LinearBetas), "target": Make(Noise), "times": Make(Steps)},
        {"schedule": Make(LinearBetas), "target": Make(Velocity), "times": Make(Levels)},
        {"sampler": Make(Ancestral, steps=5, eta=1.0, grid=Make(EvenLevels))},
    ],
    Flow: [
        {},
        {"times": Make(Uniform), "sampler": Make(Ancestral, steps=5)},
        {"sampler": Make(Heun, steps=5, grid=Make(EvenLevels))},
    ],
}
HEADS = [Make(cls, **options) for cls in concrete(heads, Head) for options in REPRESENTATIVE.get(cls, [{}])]
NETS = [Make(cls) for cls in concrete(backbones, Backbone)]
VARIANTS = [Make(MLP, width=8, depth=3, activation="relu", waves=3, time_waves=2), Make(MLP, activation="gelu")]
