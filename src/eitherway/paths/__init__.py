"""Between data (t = 0) and noise (t = 1): schedules, times, grids, samplers, likelihoods."""

from eitherway.paths.grids import EvenLevels, EvenTimes, Grid
from eitherway.paths.likelihood import log_prob
from eitherway.paths.samplers import Ancestral, Heun, Sampler
from eitherway.paths.schedules import Cosine, LinearBetas, Schedule, Straight
from eitherway.paths.targets import Noise, Target, Velocity
from eitherway.paths.times import Levels, Steps, Times, Uniform

__all__ = [
    "Ancestral",
    "Cosine",
    "EvenLevels",
    "EvenTimes",
    "Grid",
    "Heun",
    "Levels",
    "LinearBetas",
    "Noise",
    "Sampler",
    "Schedule",
    "Steps",
    "Straight",
    "Target",
    "Times",
    "Uniform",
    "Velocity",
    "log_prob",
]
