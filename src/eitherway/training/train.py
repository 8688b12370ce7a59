"""The training loop: minimises each stage of a head's loss over shuffled demonstrations."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from eitherway.backbones import Backbone
from eitherway.checks import check_count, check_kind
from eitherway.codebooks import Codebook
from eitherway.data import Windows
from eitherway.heads.base import Loss
from eitherway.policies import inputs
from eitherway.policies.policy import Policy
from eitherway.randomness import GlobalStream, stream
from eitherway.stopwatch import stopwatch
from eitherway.tasks.base import Task
from eitherway.training.augmentations import demonstrated
from eitherway.training.batches import Batch, augmented, paired, shuffled
from eitherway.training.early_stopping import EarlyStopper, EarlyStopping
from eitherway.training.optimizer_step import OptimizerStep
from eitherway.training.precision import computing_in
from eitherway.training.recipe import Recipe, build

Looks = Callable[[Loss], EarlyStopper | None]


@dataclass(frozen=True)
class Progress:
    """Training progress: stage, step, and the losses since the last report."""

    stage: int  # counted from 0
    step: int  # of this stage, counted from 1
    steps: int
    losses: Float[Tensor, " K"]


class Diverged(ArithmeticError):
    """Raised when the training loss is NaN or infinite."""

    def __init__(self, step: int) -> None:
        super().__init__(f"the loss is not finite from step {step} on")
        self.step = step

    def __reduce__(self) -> tuple[type["Diverged"], tuple[int]]:
        return type(self), (self.step,)


class CannotCompile(RuntimeError):
    """Raised when torch.compile cannot compile the network."""


def train(
    policy: Policy,
    demos: Windows,
    recipe: Recipe,
    *,
    seed: int,
    every: int = 50,
    compiled: bool = False,
    refit: bool = False,
) -> Iterator[Progress]:
    """Trains the policy in place, and yields its progress every so many steps.

    A policy that was trained before goes on from there: normalisers and codebooks stay as they were fitted, for its
    weights mean nothing to others, unless `refit` asks for new ones. With `compiled` the network runs through PyTorch's
    compiler, which pays for large networks on a GPU.

    Raises ValueError at once where the demonstrations are not what the policy's spec says, and Diverged at the first
    step whose loss is not finite. The policy is ready to draw when the iterator ends.
    """
    check_kind("the policy", policy, Policy)
    check_kind("the demonstrations", demos, Windows)
    check_kind("the recipe", recipe, Recipe)
    check_count("a seed", seed, least=0)
    check_count("every, the steps between reports,", every)
    data = inputs.demonstrated(demos.to(policy.device), policy.spec, policy.action_norm.scale)
    early_stopping = None if recipe.early_stopping is None else recipe.early_stopping()
    kept, held = early_stopping.split(data, stream(seed, "early")) if early_stopping else (data, data[:0])
    if refit or not policy.fitted:
        policy.fit(kept, stream(seed, "fit", policy.device))
    else:
        policy.widen(kept)
    looks: Looks = (
        partial(watched, policy, early_stopping, held, recipe.batch, seed) if early_stopping else lambda loss: None
    )
    return minimised(policy, kept, recipe, looks, seed, every, compiled=compiled)


def minimised(
    policy: Policy, data: Windows, recipe: Recipe, looks: Looks, seed: int, every: int, *, compiled: bool
) -> Iterator[Progress]:
    """Minimises each stage of the head's loss over the data; `looks` gives a stage its early stopper."""
    noise, shake = (stream(seed, purpose, policy.device) for purpose in ("noise", "jitter"))
    dropout = GlobalStream(seed, "dropout", policy.device)
    policy.train()  # once: a head puts what it has finished with into evaluation mode
    with computing_in(recipe.precision, policy):
        for stage, loss in enumerate(policy.head.stages()):
            if compiled:
                compile_networks(policy, loss, next(shuffled(policy, data, recipe.batch, stream(seed, "examples"))))
            ordered = shuffled(policy, data, recipe.batch, stream(seed, f"batches {stage}"))
            batches = paired(policy, augmented(policy, ordered, recipe, shake), noise)
            losses_of, done = optimise(policy, loss, recipe, batches, noise, looks(loss)), 0
            while True:
                with dropout.borrowed():  # never across a yield: the caller's own randomness stays its own
                    losses = list(islice(losses_of, every))
                if not losses:
                    break
                check(torch.stack(losses), done)
                done += len(losses)
                yield Progress(stage, done, recipe.steps, torch.stack(losses))
    policy.eval()


def demonstrations(task: Task, recipe: Recipe) -> Windows:
    """The training demonstrations of a task, cut into windows as the recipe says."""
    spec = task.spec.with_(recipe.n_obs_steps, recipe.horizon)
    numbered = [x for some in demonstrated(task, [made() for made in recipe.augment]) for x in enumerate(some)]
    episodes, origin = [task.episode(e) for _, e in numbered], [number for number, _ in numbered]
    return Windows.cut(episodes, spec.n_obs_steps, spec.horizon, spec.every, after=spec.after, origin=origin)


def fitted(
    recipe: Recipe,
    task: Task,
    *,
    seed: int,
    device: str | torch.device = "cpu",
    compiled: bool = False,
    watch: Callable[[Progress], None] = lambda progress: None,
) -> tuple[Policy, float]:
    """A policy built and trained from start to end, and the seconds its training took; raises Diverged."""
    policy, demos = build(recipe, task, seed=seed, device=device), demonstrations(task, recipe)
    seconds = stopwatch(device)
    for progress in train(policy, demos, recipe, seed=seed, compiled=compiled):
        watch(progress)
    return policy, seconds()


def optimise(
    policy: Policy,
    loss: Loss,
    recipe: Recipe,
    batches: Iterator[Batch],
    noise: Generator,
    watch: EarlyStopper | None,
) -> Iterator[Tensor]:
    """Optimises one stage lazily, one step for each loss taken; the weights end as those for inference."""
    descent, codebooks = OptimizerStep(policy, recipe), [m for m in policy.modules() if isinstance(m, Codebook)]
    for i in range(recipe.steps):
        obs, a = next(batches)
        value = loss(a, policy.encoder(obs), noise).mean()
        descent.step(value, i / recipe.steps)
        for codebook in codebooks:
            codebook.follow(a, noise)
        last = i == recipe.steps - 1
        if watch is not None and (last or watch.due(i + 1)):
            with descent.averaged():
                last |= watch.enough()
        if last:
            descent.finish()
            if watch is not None:
                watch.restore()
        yield value.detach()
        if last:
            break


def compile_networks(policy: Policy, loss: Loss, batch: Batch) -> None:
    """Compiles a policy's networks by torch.compile, and tries them on a batch; raises CannotCompile."""
    for module in policy.modules():
        if isinstance(module, Backbone):
            module.compile()
    obs, a = batch
    with torch.random.fork_rng(devices=[a.device.index or 0] if a.is_cuda else []):
        try:
            loss(a, policy.encoder(obs), Generator(a.device)).mean().backward()
        except RuntimeError as error:
            raise CannotCompile(f"PyTorch could not compile the network: {str(error).splitlines()[0]}") from None


def watched(
    policy: Policy, early_stopping: EarlyStopping, held: Windows, batch: int, seed: int, loss: Loss
) -> EarlyStopper:
    """The early stopper of one stage, on the loss of the held-out demonstrations."""
    return EarlyStopper(early_stopping, policy, partial(held_out_loss, policy, loss, held, batch, seed))


@torch.no_grad()
def held_out_loss(policy: Policy, loss: Loss, held: Windows, batch: int, seed: int) -> float:
    """The mean loss on demonstrations held out, under the same noise at every look and without dropout."""
    modes = [(module, module.training) for module in policy.modules()]
    policy.eval()
    noise, total = stream(seed, "held out", policy.device), 0.0
    for some in held.split(batch):
        obs, a = policy.normalised(some)
        total += float(loss(a, policy.encoder(obs), noise).sum())
    for module, mode in modes:
        module.training = mode
    return total / len(held)


def check(losses: Float[Tensor, " K"], before: int) -> None:
    """Raises Diverged at the first loss that is not finite, with the step counted from 1."""
    wrong = (~losses.isfinite()).nonzero()
    if len(wrong):
        raise Diverged(before + int(wrong[0]) + 1)
