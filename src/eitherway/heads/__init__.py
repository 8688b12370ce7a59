"""Policy heads: conditional distributions of action chunks given context."""

from eitherway.heads.autoregressive import Autoregressive
from eitherway.heads.base import Density, Head
from eitherway.heads.categorical import Categorical
from eitherway.heads.consistency import Consistency
from eitherway.heads.covariances import Covariance, Diagonal, Full
from eitherway.heads.cvae import CVAE
from eitherway.heads.diffusion import Diffusion
from eitherway.heads.distilled import Distilled
from eitherway.heads.fast import FAST
from eitherway.heads.flow import Flow
from eitherway.heads.ibc import IBC
from eitherway.heads.iterative import IterativeSampler
from eitherway.heads.laplace import Laplace
from eitherway.heads.mdn import MDN
from eitherway.heads.meanflow import MeanFlow
from eitherway.heads.mip import MIP
from eitherway.heads.penalties import (
    Absolute,
    Cauchy,
    Huber,
    LaplaceKernel,
    Penalty,
    Quantile,
    Squared,
    Truncated,
    Welsch,
)
from eitherway.heads.proposals import Box, Clusters, Gaussian, Proposal
from eitherway.heads.push_forward import PushForward
from eitherway.heads.reflow import Reflow
from eitherway.heads.regression import Regression
from eitherway.heads.score import Score
from eitherway.heads.searches import Langevin, Resampling, Search
from eitherway.heads.shortcut import Shortcut
from eitherway.heads.spline import Spline

__all__ = [
    "CVAE",
    "FAST",
    "IBC",
    "MDN",
    "MIP",
    "Absolute",
    "Autoregressive",
    "Box",
    "Categorical",
    "Cauchy",
    "Clusters",
    "Consistency",
    "Covariance",
    "Density",
    "Diagonal",
    "Diffusion",
    "Distilled",
    "Flow",
    "Full",
    "Gaussian",
    "Head",
    "Huber",
    "IterativeSampler",
    "Langevin",
    "Laplace",
    "LaplaceKernel",
    "MeanFlow",
    "Penalty",
    "Proposal",
    "PushForward",
    "Quantile",
    "Reflow",
    "Regression",
    "Resampling",
    "Score",
    "Search",
    "Shortcut",
    "Spline",
    "Squared",
    "Truncated",
    "Welsch",
]
