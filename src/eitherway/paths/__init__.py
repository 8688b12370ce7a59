"""Between data (t = 0) and noise (t = 1): schedules, times, grids, samplers, likelihoods."""

from eitherway.paths.couplings import ConditionalTransport, Coupling, Transport
from eitherway.paths.grids import EvenLevels, EvenRoots, EvenTimes, Grid, TrainingSteps
from eitherway.paths.likelihood import Divergence, Exact, Hutchinson, log_prob
from eitherway.paths.quantiles import NormalLevels
from eitherway.paths.samplers import (
    Adaptive,
    Ancestral,
    ByLevel,
    Churn,
    DPMSolver,
    EulerMaruyama,
    Heun,
    RungeKutta,
    Sampler,
    Steady,
    Stochastic,
    UniPC,
)
from eitherway.paths.schedules import CappedCosine, Cosine, LinearBetas, OffsetCosine, Schedule, Sigmoid, Straight
from eitherway.paths.sdes import VarianceExploding, VariancePreserving
from eitherway.paths.targets import Action, Noise, Preconditioned, Target, Velocity
from eitherway.paths.times import Beta, Levels, Steps, Times, Uniform
from eitherway.paths.weightings import Even, MinSNR, Weighting

__all__ = [
    "Action",
    "Adaptive",
    "Ancestral",
    "Beta",
    "ByLevel",
    "CappedCosine",
    "Churn",
    "ConditionalTransport",
    "Cosine",
    "Coupling",
    "DPMSolver",
    "Divergence",
    "EulerMaruyama",
    "Even",
    "EvenLevels",
    "EvenRoots",
    "EvenTimes",
    "Exact",
    "Grid",
    "Heun",
    "Hutchinson",
    "Levels",
    "LinearBetas",
    "MinSNR",
    "Noise",
    "NormalLevels",
    "OffsetCosine",
    "Preconditioned",
    "RungeKutta",
    "Sampler",
    "Schedule",
    "Sigmoid",
    "Steady",
    "Steps",
    "Stochastic",
    "Straight",
    "Target",
    "Times",
    "TrainingSteps",
    "Transport",
    "UniPC",
    "Uniform",
    "VarianceExploding",
    "VariancePreserving",
    "Velocity",
    "Weighting",
    "log_prob",
]
