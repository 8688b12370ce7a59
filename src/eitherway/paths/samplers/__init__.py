"""Samplers: ODE and SDE solvers that integrate a path from noise to an action."""

from eitherway.paths.samplers.adaptive import Adaptive
from eitherway.paths.samplers.base import Denoise, Sampler, SingleStep
from eitherway.paths.samplers.churn import ByLevel, Churn, Steady, Stochastic
from eitherway.paths.samplers.ddim import DDIM
from eitherway.paths.samplers.dpm_solver import DPMSolver
from eitherway.paths.samplers.euler_maruyama import EulerMaruyama
from eitherway.paths.samplers.heun import Heun
from eitherway.paths.samplers.runge_kutta import RungeKutta
from eitherway.paths.samplers.unipc import UniPC

__all__ = [
    "DDIM",
    "Adaptive",
    "ByLevel",
    "Churn",
    "DPMSolver",
    "Denoise",
    "EulerMaruyama",
    "Heun",
    "RungeKutta",
    "Sampler",
    "SingleStep",
    "Steady",
    "Stochastic",
    "UniPC",
]
