"""Training: minimise each stage of a head's loss over shuffled demonstrations."""

import inspect
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn

from eitherway.data import Windows
from eitherway.heads.base import Loss
from eitherway.policy import Policy
from eitherway.randomness import GlobalStream, stream
from eitherway.recipe import Recipe, build
from eitherway.recording import Answers, recorded
from eitherway.shape import Chunk, Obs
from eitherway.tasks.base import Task

Batch: TypeAlias = tuple[Obs, Chunk]


@dataclass(frozen=True)
class Progress:
    """How far a training is, and the losses since the last report."""

    stage: int  # counted from 0
    step: int  # of this stage, counted from 1
    steps: int
    losses: Float[Tensor, " K"]


class Diverged(ArithmeticError):
    """The loss stopped being a number."""

    def __init__(self, step: int) -> None:
        super().__init__(f"the loss is not finite from step {step} on")
        self.step = step

    def __reduce__(self) -> tuple[type["Diverged"], tuple[int]]:
        return type(self), (self.step,)


def train(policy: Policy, demos: Windows, recipe: Recipe, *, seed: int, every: int = 50) -> Iterator[Progress]:
    """Trains the policy in place, and says every so many steps how far it is.

    Raises Diverged at the first step whose loss is not finite. The policy is ready to draw when the iterator ends.
    """
    device = policy.device
    demos = Windows({k: v.to(device) for k, v in demos.obs.items()}, demos.action.to(device))
    data = policy.fit(demos, stream(seed, "fit", device))
    noise, dropout = stream(seed, "noise", device), GlobalStream(seed, "dropout", device)
    policy.train()
    for stage, loss in enumerate(policy.head.stages()):
        weights = FlatWeights(policy)
        examples = islice(shuffled(data, recipe.batch, stream(seed, "examples")), 2)
        gradient = recorded_gradient(policy, loss, weights, noise, *examples)
        batches = shuffled(data, recipe.batch, stream(seed, f"batches {stage}"))
        losses_of = optimise(weights, gradient, recipe, batches)
        done = 0
        while done < recipe.steps:
            with dropout.borrowed():  # never across a yield: the caller's own randomness stays its own
                losses = torch.stack([next(losses_of) for _ in range(min(every, recipe.steps - done))])
            check(losses, done)
            done += len(losses)
            yield Progress(stage, done, recipe.steps, losses)
    policy.eval()


def demonstrations(task: Task, recipe: Recipe) -> Windows:
    """The training demonstrations, cut as the recipe wants them."""
    spec = task.spec.with_(recipe.history, recipe.horizon)
    return Windows.cut(task.demos("train"), spec.history, spec.horizon)


def fitted(
    recipe: Recipe,
    task: Task,
    *,
    seed: int,
    device: str | torch.device = "cpu",
    watch: Callable[[Progress], None] = lambda progress: None,
) -> tuple[Policy, float]:
    """A policy built and trained from start to end, and the seconds its training took; raises Diverged."""
    policy, demos = build(recipe, task, seed=seed, device=device), demonstrations(task, recipe)
    begun = time.perf_counter()
    for progress in train(policy, demos, recipe, seed=seed):
        watch(progress)
    return policy, time.perf_counter() - begun


def optimise(weights: "FlatWeights", gradient: Answers, recipe: Recipe, batches: Iterator[Batch]) -> Iterator[Tensor]:
    """One optimiser step for each loss taken; at the end, the weights become their running mean."""
    optimiser = recipe.optimiser([weights.vector])
    peak = optimiser.param_groups[0]["lr"]
    factor = recipe.learning_rate()
    mean = None if recipe.ema is None else weights.vector.detach().clone()
    step = inspect.unwrap(type(optimiser).step)  # without the profiler's hooks: they cost more than the step
    for i in range(recipe.steps):
        obs, a = next(batches)
        optimiser.param_groups[0]["lr"] = peak * factor(i / recipe.steps)
        value, weights.vector.grad = gradient(a, *obs.values())
        with torch.no_grad():
            step(optimiser)
        if mean is not None:
            mean.lerp_(weights.vector.detach(), 1 - min(recipe.ema or 0, (1 + i) / (10 + i)))  # the first weights fade
            if i == recipe.steps - 1:
                weights.vector.detach().copy_(mean)
        yield value


def recorded_gradient(
    policy: Policy, loss: Loss, weights: "FlatWeights", noise: Generator, first: Batch, other: Batch
) -> Answers:
    """The mean loss and its gradient as a function of a batch: the actions, then the observations by name.

    `first` and `other` are batches to record it on and to check the recording with.
    """
    names = list(first[0])

    def gradient(a: Chunk, *seen: Tensor) -> tuple[Tensor, Tensor]:
        with torch.enable_grad():
            value = loss(a, policy.encoder(dict(zip(names, seen, strict=True))), noise).mean()
            slopes = torch.autograd.grad(value, weights.parts, allow_unused=True, materialize_grads=True)
        return value.detach(), torch.cat([slope.flatten() for slope in slopes])

    return recorded(gradient, (first[1], *first[0].values()), (other[1], *other[0].values()), noise)


class FlatWeights:
    """All trainable weights of a module as one vector that they are views of: one tensor to optimise, not dozens."""

    def __init__(self, module: nn.Module) -> None:
        self.parts = [p for p in module.parameters() if p.requires_grad]
        self.vector = nn.Parameter(torch.cat([p.detach().flatten() for p in self.parts]))
        values = self.vector.detach().split([p.numel() for p in self.parts])
        for part, value in zip(self.parts, values, strict=True):
            part.data = value.view_as(part)


def shuffled(data: Windows, batch: int, generator: Generator) -> Iterator[Batch]:
    """Batches without end, every pass over the data in a new order; a last short batch is left out."""
    size = min(batch, len(data))
    while True:
        order = torch.randperm(len(data), generator=generator).to(data.action.device)
        action = data.action[order].split(size)
        obs = {k: v[order].split(size) for k, v in data.obs.items()}
        for i in range(len(data) // size):
            yield {k: v[i] for k, v in obs.items()}, action[i]


def check(losses: Float[Tensor, " K"], before: int) -> None:
    """Raises Diverged where a loss is not a number, with the step counted from 1."""
    wrong = (~losses.isfinite()).nonzero()
    if len(wrong):
        raise Diverged(before + int(wrong[0]) + 1)
