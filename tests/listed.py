"""The heads and backbones that the contract is asked of: whatever the package offers enters by being offered."""

from eitherway import heads
from eitherway.backbones import MLP, Residual, Transformer, UNet
from eitherway.backbones.base import BACKBONES
from eitherway.codebooks import GapBins, KMeans, QuantileBins, ResidualVQ, Sides, UniformBins
from eitherway.heads import (
    CVAE,
    IBC,
    MDN,
    Autoregressive,
    Categorical,
    Clusters,
    Consistency,
    Diffusion,
    Distilled,
    Flow,
    Full,
    Gaussian,
    Langevin,
    MeanFlow,
    Reflow,
    Regression,
    Resampling,
    Score,
    Shortcut,
    Spline,
)
from eitherway.heads.penalties import PENALTIES
from eitherway.make import Make
from eitherway.paths import (
    DDIM,
    Action,
    Adaptive,
    Beta,
    ConditionalTransport,
    Cosine,
    DPMSolver,
    EulerMaruyama,
    Heun,
    Hutchinson,
    KarrasGrid,
    LinearBetas,
    LogNormal,
    LogNormalQuantiles,
    MinSNR,
    Noise,
    Preconditioned,
    RungeKutta,
    Sigmoid,
    Steps,
    Stochastic,
    Uniform,
    UniformLogSNR,
    UniPC,
    VarianceExploding,
    Velocity,
)

BOOKS = [Make(Sides), Make(UniformBins, size=5), Make(QuantileBins, size=5), Make(KMeans, size=5)]
REPRESENTATIVE = {
    Autoregressive: [
        {"codebook": Make(UniformBins, size=5), "memory": 2, "width": 8},
        {"codebook": Make(GapBins, size=9)},
    ],
    Regression: [{"penalty": Make(penalty)} for penalty in PENALTIES.values()],
    Categorical: [
        *[{"codebook": book, **more} for book in BOOKS for more in ({}, {"offset": 10.0})],
        {"codebook": Make(ResidualVQ, size=5), "focus": 2.0, "secondary": 0.1, "memory": 1, "offset": 10.0},
    ],
    MDN: [{"components": 3}, {"components": 3, "covariance": Make(Full)}],
    Spline: [{"bins": 4, "width": 8}],
    Diffusion: [
        {},
        {"schedule": Make(Cosine), "target": Make(Noise), "times": Make(Uniform)},
        {"schedule": Make(Cosine), "target": Make(Velocity), "times": Make(Steps, count=10)},
        {"schedule": Make(LinearBetas), "target": Make(Noise), "times": Make(Steps)},
        {"schedule": Make(LinearBetas), "target": Make(Velocity), "times": Make(LogNormal)},
        {"sampler": Make(DDIM, steps=5, eta=1.0, grid=Make(UniformLogSNR))},
        {
            "schedule": Make(VarianceExploding),
            "target": Make(Preconditioned),
            "sampler": Make(Heun, steps=5, follow="noise", grid=Make(KarrasGrid)),
        },
        {"target": Make(Action), "weighting": Make(MinSNR), "sampler": Make(DPMSolver, steps=5, eta=0.5)},
        {"schedule": Make(Sigmoid), "sampler": Make(UniPC, steps=5, grid=Make(LogNormalQuantiles))},
    ],
    Score: [
        {},
        {
            "schedule": Make(VarianceExploding),
            "divergence": Make(Hutchinson),
            "sampler": Make(EulerMaruyama, steps=5, corrections=1),
        },
    ],
    Flow: [
        {},
        {"times": Make(Uniform), "sampler": Make(DDIM, steps=5)},
        {"sampler": Make(Heun, steps=5, grid=Make(UniformLogSNR))},
        {"path": Make(Cosine), "times": Make(Beta), "sampler": Make(RungeKutta, steps=2)},
        {"coupling": Make(ConditionalTransport), "sampler": Make(Stochastic, steps=5, grid=Make(LogNormalQuantiles))},
        {"sampler": Make(Adaptive, rtol=0.1, atol=0.1)},
    ],
    CVAE: [
        {},
        {"decoder": Make(MDN, components=2), "latent": 7, "free": 0.1},
        {"decoder": Make(Categorical, codebook=Make(KMeans, size=5)), "noise": 0.0},
    ],
    IBC: [
        {"negatives": 4, "search": Make(Resampling, candidates=8)},
        {
            "proposal": Make(Gaussian),
            "negatives": 4,
            "steepest": 0.1,
            "search": Make(Resampling, candidates=8, rounds=3, temperature=0.0),
        },
        {"negatives": 4, "search": Make(Langevin, candidates=8, steps=3)},
        {"proposal": Make(Clusters, size=3), "negatives": 4, "search": Make(Resampling, candidates=8)},
    ],
    MeanFlow: [{"power": 0.5, "steps": 2}],
    Shortcut: [{"finest": 8, "steps": 2}],
    Consistency: [{"counts": (20,)}],
    Reflow: [{"teacher": Make(Flow, sampler=Make(DDIM, steps=3))}],
    Distilled: [{"teacher": Make(Diffusion, sampler=Make(DDIM, steps=3, grid=Make(UniformLogSNR))), "repeats": 2}],
}
HEADS = [Make(cls, **options) for cls in heads.base.HEADS.values() for options in REPRESENTATIVE.get(cls, [{}])]
PLAIN = [next(head for head in HEADS if head.cls is cls) for cls in dict.fromkeys(head.cls for head in HEADS)]
SMALL = {
    Residual: {"width": 8, "depth": 2},
    Transformer: {"width": 8, "depth": 1, "heads": 2, "expand": 1.0},
    UNet: {"widths": (8, 12), "kernel": 3, "groups": 2, "embed": 8},
}
NETS = [Make(cls, **SMALL.get(cls, {})) for cls in BACKBONES.values()]
VARIANTS = [
    Make(MLP, width=8, depth=3, activation="relu", fourier_octaves=3, time_fourier_octaves=2),
    Make(MLP, activation="gelu"),
    Make(Residual, width=8, depth=1, expand=2.0),
    Make(Transformer, width=8, depth=2, heads=1, causal=True),
    Make(UNet, widths=(4,), kernel=1, groups=1),
    Make(UNet, widths=(8, 8, 8), groups=2),
]
