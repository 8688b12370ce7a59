"""One optimiser step on flat parameters: learning-rate schedule, gradient clipping and an EMA of the weights.

References:
    Averaging Weights Leads to Wider Optima (Izmailov et al., 2018), https://arxiv.org/abs/1803.05407
"""

import inspect
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_
from torch.optim.swa_utils import AveragedModel

from eitherway.training.flat_parameters import FlatParameters
from eitherway.training.recipe import Recipe


class OptimizerStep:
    """Applies a recipe's optimiser, learning-rate schedule, gradient clipping and weight EMA to flat parameters."""

    def __init__(self, weights: FlatParameters, recipe: Recipe) -> None:
        self.weights, self.clip = weights, recipe.clip
        self.optimiser = recipe.optimiser([weights.vector])
        self.take = inspect.unwrap(type(self.optimiser).step)  # without the profiler's hooks: they cost more than it
        self.peak = self.optimiser.param_groups[0]["lr"]
        self.factor = recipe.learning_rate()
        self.only = nn.ParameterList([weights.vector])
        self.mean = None if recipe.ema is None else AveragedModel(self.only, avg_fn=fading_mean(recipe.ema))

    @torch.no_grad()
    def step(self, gradient: Tensor, done: float) -> None:
        """Takes one optimiser step, after a fraction `done` of the run."""
        self.weights.vector.grad = gradient
        if self.clip is not None:
            clip_grad_norm_(self.weights.vector, self.clip)
        self.optimiser.param_groups[0]["lr"] = self.peak * self.factor(done)
        self.take(self.optimiser)
        if self.mean is not None:
            self.mean.update_parameters(self.only)

    @property
    def answer(self) -> Tensor:
        """The weights for inference: the EMA where there is one, else the current weights."""
        return self.weights.vector.detach() if self.mean is None else next(self.mean.parameters()).detach()


def fading_mean(ema: float) -> Callable[[Tensor, Tensor, Tensor | int], Tensor]:
    """The EMA update of decay `ema`, warmed up as min(ema, (1 + i) / (10 + i)) so that the first weights fade."""

    def mean_of(mean: Tensor, now: Tensor, count: Tensor | int) -> Tensor:
        i = int(count)
        return mean.lerp(now, 1 - min(ema, (1 + i) / (10 + i)))

    return mean_of
