"""Training: from a recipe and demonstrations to a trained policy, and its checkpoint on disk."""

from torch.optim import SGD, Adam, AdamW, Optimizer

from eitherway.registry import Classes, register
from eitherway.training.early_stopping import EarlyStopping
from eitherway.training.lr_schedules import Constant, CosineDecay, LearningRate, LinearDecay, OneCycle
from eitherway.training.recipe import Recipe, build
from eitherway.training.train import Diverged, Progress, demonstrations, fitted, train

__all__ = [
    "Constant",
    "CosineDecay",
    "Diverged",
    "EarlyStopping",
    "LearningRate",
    "LinearDecay",
    "OneCycle",
    "Progress",
    "Recipe",
    "build",
    "demonstrations",
    "fitted",
    "train",
]

OPTIMISERS = Classes("optimiser", Optimizer)

for optimiser in (Adam, AdamW, SGD):
    register(optimiser)
