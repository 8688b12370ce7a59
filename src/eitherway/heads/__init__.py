"""Laws of action chunks given context."""

from eitherway.heads.base import Density, Head
from eitherway.heads.codes import Codes
from eitherway.heads.diffusion import Diffusion
from eitherway.heads.flow import Flow
from eitherway.heads.penalties import Absolute, Cauchy, LaplaceKernel, Penalty, Squared, Truncated, Welsch
from eitherway.heads.refiner import Refiner
from eitherway.heads.regression import Regression

__all__ = [
    "Absolute",
    "Cauchy",
    "Codes",
    "Density",
    "Diffusion",
    "Flow",
    "Head",
    "LaplaceKernel",
    "Penalty",
    "Refiner",
    "Regression",
    "Squared",
    "Truncated",
    "Welsch",
]
