"""Diffusion and flow paths from data (t = 0) to noise (t = 1): schedules, times, grids, samplers, likelihoods."""

from eitherway.paths.couplings import ConditionalTransport, Coupling, Transport
from eitherway.paths.grids import Grid, KarrasGrid, TrainingSteps, UniformLogSNR, UniformTimes
from eitherway.paths.likelihood import Divergence, Exact, Hutchinson, log_prob
from eitherway.paths.quantiles import LogNormalQuantiles
from eitherway.paths.samplers import (
    DDIM,
    Adaptive,
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
from eitherway.paths.schedules import CappedCosine, Cosine, LinearBetas, LinearPath, OffsetCosine, Schedule, Sigmoid
from eitherway.paths.sdes import VarianceExploding, VariancePreserving
from eitherway.paths.targets import Action, Noise, Preconditioned, Target, Velocity
from eitherway.paths.times import Beta, LogNormal, Steps, Times, Uniform
from eitherway.paths.weightings import Even, MinSNR, Weighting

__all__ = [
    "DDIM",
    "Action",
    "Adaptive",
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
    "Exact",
    "Grid",
    "Heun",
    "Hutchinson",
    "KarrasGrid",
    "LinearBetas",
    "LinearPath",
    "LogNormal",
    "LogNormalQuantiles",
    "MinSNR",
    "Noise",
    "OffsetCosine",
    "Preconditioned",
    "RungeKutta",
    "Sampler",
    "Schedule",
    "Sigmoid",
    "Steady",
    "Steps",
    "Stochastic",
    "Target",
    "Times",
    "TrainingSteps",
    "Transport",
    "UniPC",
    "Uniform",
    "UniformLogSNR",
    "UniformTimes",
    "VarianceExploding",
    "VariancePreserving",
    "Velocity",
    "Weighting",
    "log_prob",
]
