"""One optimiser step: learning-rate schedule, gradient clipping and an EMA of the weights.

References:
    Averaging Weights Leads to Wider Optima (Izmailov et al., 2018), https://arxiv.org/abs/1803.05407
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_

from eitherway.training.parameter_groups import grouped
from eitherway.training.recipe import Recipe


class OptimizerStep:
    """Applies a recipe's optimiser, learning-rate schedule, gradient clipping and weight EMA to a module's parameters.

    Raises ValueError where a parameter group of the recipe selects nothing.
    """

    def __init__(self, module: nn.Module, recipe: Recipe) -> None:
        self.optimiser = recipe.optimiser(grouped(module, [made() for made in recipe.parameter_groups]))
        self.parameters = [p for group in self.optimiser.param_groups for p in group["params"]]
        self.peaks = [group["lr"] * group["lr_scale"] for group in self.optimiser.param_groups]
        self.factor, self.clip, self.ema = recipe.learning_rate(), recipe.clip, recipe.ema
        self.mean: list[Tensor] = []  # once a step is done, if there is an EMA
        self.taken = 0

    def step(self, loss: Tensor, done: float) -> None:
        """Takes one step down the gradient of a loss, after a fraction `done` of the run."""
        self.forget()
        loss.backward()
        if self.clip is not None:
            clip_grad_norm_(self.parameters, self.clip)
        for group, peak in zip(self.optimiser.param_groups, self.peaks, strict=True):
            group["lr"] = peak * self.factor(done)
        self.optimiser.step()
        if self.ema is not None:
            self.average(self.ema)

    @torch.no_grad()
    def average(self, ema: float) -> None:
        """Updates the EMA of decay `ema`, warmed up as min(ema, (1 + i) / (10 + i)) so that the first weights fade."""
        if not self.mean:
            self.mean = [p.detach().clone() for p in self.parameters]
        else:
            fade = 1 - min(ema, (1 + self.taken) / (10 + self.taken))
            for mean, parameter in zip(self.mean, self.parameters, strict=True):
                mean.lerp_(parameter, fade)
        self.taken += 1

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Context in which the module has the weights for inference: the EMA where there is one."""
        running = [p.detach().clone() for p in self.parameters]
        self.put(self.mean)
        try:
            yield
        finally:
            self.put(running)

    def finish(self) -> None:
        """Leaves the module with the weights for inference, and without gradients."""
        self.put(self.mean)
        self.forget()

    def forget(self) -> None:
        """Drops the gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def put(self, values: list[Tensor]) -> None:
        """Copies values into the parameters; an empty list leaves them as they are."""
        for parameter, value in zip(self.parameters, values, strict=bool(values)):
            parameter.copy_(value)
