"""Going downhill: a recipe's optimiser on one vector of weights, their running mean, and when to stop.

References:
    Averaging Weights Leads to Wider Optima (Izmailov et al., 2018), https://arxiv.org/abs/1803.05407
"""

import inspect
import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_
from torch.optim.swa_utils import AveragedModel

from eitherway.recipe import Recipe
from eitherway.stopping import EarlyStopping
from eitherway.weights import FlatWeights


class Descent:
    """A recipe's optimiser, learning rate, clipping and running mean at work on a vector of weights."""

    def __init__(self, weights: FlatWeights, recipe: Recipe) -> None:
        self.weights, self.clip = weights, recipe.clip
        self.optimiser = recipe.optimiser([weights.vector])
        self.take = inspect.unwrap(type(self.optimiser).step)  # without the profiler's hooks: they cost more than it
        self.peak = self.optimiser.param_groups[0]["lr"]
        self.factor = recipe.learning_rate()
        self.only = nn.ParameterList([weights.vector])
        self.mean = None if recipe.ema is None else AveragedModel(self.only, avg_fn=fading_mean(recipe.ema))

    @torch.no_grad()
    def step(self, gradient: Tensor, done: float) -> None:
        """One step when a share `done` of the run lies behind."""
        self.weights.vector.grad = gradient
        if self.clip is not None:
            clip_grad_norm_(self.weights.vector, self.clip)
        self.optimiser.param_groups[0]["lr"] = self.peak * self.factor(done)
        self.take(self.optimiser)
        if self.mean is not None:
            self.mean.update_parameters(self.only)

    @property
    def answer(self) -> Tensor:
        """The weights that a policy is to draw with: the running mean where there is one."""
        return self.weights.vector.detach() if self.mean is None else next(self.mean.parameters()).detach()


def fading_mean(ema: float) -> Callable[[Tensor, Tensor, Tensor | int], Tensor]:
    """A running mean of decay `ema` whose memory is shorter at first, (1 + i) / (10 + i): the first weights fade."""

    def mean_of(mean: Tensor, now: Tensor, count: Tensor | int) -> Tensor:
        i = int(count)
        return mean.lerp(now, 1 - min(ema, (1 + i) / (10 + i)))

    return mean_of


class Watch:
    """The best policy so far by a held-out loss, and whether it is time to stop."""

    def __init__(self, rule: EarlyStopping, policy: nn.Module, loss: Callable[[], float]) -> None:
        self.rule, self.policy, self.loss = rule, policy, loss
        self.best, self.since = math.inf, 0
        self.state: dict[str, Tensor] | None = None

    def enough(self, step: int, weights: FlatWeights, answer: Tensor, *, last: bool) -> bool:
        """Looks at `answer`, what a policy would draw with after `step` steps, if it is time to; True when to stop."""
        if step % self.rule.every and not last:
            return False
        running = weights.vector.detach().clone()
        weights.put(answer)
        loss = self.loss()
        self.since += 1
        if loss < self.best:  # the whole state: what follows the weights, as codes do, is as good as at that step
            self.best, self.since = loss, 0
            self.state = {name: value.clone() for name, value in self.policy.state_dict().items()}
        weights.put(running)
        return self.since >= self.rule.patience

    def restore(self) -> None:
        """Puts the best policy back, if any was looked at."""
        if self.state is not None:
            self.policy.load_state_dict(self.state)
