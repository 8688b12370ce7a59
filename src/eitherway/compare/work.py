"""One job of a comparison, on one thread: train, or load a training, and record its evaluation."""

import functools
import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from eitherway.compare.jobs import TRAININGS, Job, Plan, finished, ready, record_folder, training_folder
from eitherway.compare.storage import CARD, Card, read_card, save_evaluation
from eitherway.evaluation.evaluate import evaluate
from eitherway.policies.policy import Policy
from eitherway.randomness import stream
from eitherway.recipes import METHODS
from eitherway.shape import Obs
from eitherway.stopwatch import single_thread
from eitherway.tasks import Jumper, Task
from eitherway.training.checkpoint import BadCheckpoint, Trained, load_trained, save_trained, versions
from eitherway.training.loss_curves import Losses
from eitherway.training.recipe import Recipe, build
from eitherway.training.tensorboard import board
from eitherway.training.train import Diverged, Progress, fitted

DIGEST = r"[0-9a-f]{10}"
SHOWN = 2_000  # states whose trajectory from noise to action is kept for the figures


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A row that failed, and why."""

    recipe: str
    seed: int
    step: int | None  # of training; None where it was drawing that failed
    reason: str


def work(job: Job, plan: Plan, folder: Path) -> list[Failure]:
    """Runs what is left of a job; failures are returned, not raised, so that others go on."""
    with single_thread(), threadpool_limits(1):
        try:
            if job.training is None:
                return record_references(job, plan, folder)
            trained = training(job, plan, folder)
        except (ArithmeticError, ValueError, RuntimeError) as error:
            step = error.step if isinstance(error, Diverged) else None
            return [Failure(recipe=n, seed=job.seed, step=step, reason=str(error)) for n in job.rows]
        return [f for name in job.rows if (f := record_policy(name, trained, plan, folder)) is not None]


def training(job: Job, plan: Plan, folder: Path) -> Trained:
    """Returns the job's trained policy: the one on disk, or a new one that is then kept."""
    place = training_folder(folder, job)
    if place.exists():
        return load_trained(place, plan.device)
    recipe, task = plan.recipes[job.rows[0]], ready(plan.task)
    warm_up(plan.device)
    log = None if plan.board is None else plan.board / job.rows[0] / f"seed-{job.seed}"
    losses = Losses()
    with board(log) as watch:

        def both(progress: Progress) -> None:
            losses.add(progress)
            watch(progress)

        policy, seconds = fitted(recipe, task, seed=job.seed, device=plan.device, watch=both)
    trained = Trained(policy=policy, recipe=recipe, task=plan.task, seed=job.seed, train_seconds=seconds)
    save_trained(place, trained, losses=losses.curves())
    return trained


@functools.cache
def warm_up(device: str) -> None:
    """Trains a few steps for nothing: what PyTorch does only once a process is no part of anybody's training time."""
    fitted(METHODS["flow"].recipe.replace("steps", 5), Jumper(), seed=0, device=device)


def drawing(recipe: Recipe, trained: Trained) -> Policy:
    """Returns the policy with the trained weights, which draws as the recipe says."""
    policy = build(recipe, ready(trained.task), seed=0, device=trained.policy.device)
    policy.load_state_dict(trained.policy.state_dict())
    return policy.eval()


def load_row(folder: Path, device: str) -> Trained:
    """Loads the policy of a checkpoint folder, or the one that a row of a run draws from, drawing as that row does."""
    folder = folder.resolve()
    card = read_card(folder)
    if card is None or card["recipe"] is None:
        return load_trained(folder, device)
    recipe, trained = Recipe.from_data(card["recipe"]), load_trained(training_of(folder, card), device)
    return replace(trained, recipe=recipe, policy=drawing(recipe, trained))


def training_of(folder: Path, card: Card) -> Path:
    """Returns the checkpoint folder that a row's record draws from; raises BadCheckpoint where it names none."""
    training = card.get("training", "")
    if not re.fullmatch(DIGEST, training):
        raise BadCheckpoint(f"{folder / CARD} names no training: it must be ten hexadecimal digits")
    return folder.parents[1] / TRAININGS / training / folder.name


def record_policy(name: str, trained: Trained, plan: Plan, folder: Path) -> Failure | None:
    """Evaluates and records one row; None when that went well."""
    if finished(folder, plan, name, trained.seed):
        return None
    recipe, task = plan.recipes[name], ready(plan.task)
    policy = drawing(recipe, trained)
    try:
        shown = evaluate(
            policy,
            task,
            execution=recipe.execution,
            seed=trained.seed,
            device=plan.device,
            train_seconds=trained.train_seconds,
        )
        path = path_from_noise(policy, task, shown.obs, trained.seed) if shown.obs else None
    except (ArithmeticError, ValueError, RuntimeError) as error:
        return Failure(recipe=name, seed=trained.seed, step=None, reason=str(error))
    card = {
        "digest": plan.digest(name),
        "seed": trained.seed,
        "recipe": recipe.to_data(),
        "training": plan.training(name),
        "device": plan.device,
        "versions": versions(),
    }
    save_evaluation(record_folder(folder, name, trained.seed), shown, card, path)
    return None


def record_references(job: Job, plan: Plan, folder: Path) -> list[Failure]:
    """Evaluates and records the rows that need no training."""
    task = ready(plan.task)
    for name, actor in task.actors().items():
        if not finished(folder, plan, name, job.seed):
            card = {"digest": plan.digest(name), "seed": job.seed, "recipe": None, "versions": versions()}
            save_evaluation(record_folder(folder, name, job.seed), evaluate(actor, task, seed=job.seed), card)
    return []


def path_from_noise(policy: Policy, task: Task, obs: Obs, seed: int) -> dict[str, np.ndarray] | None:
    """Returns an iterative sampler's trajectories in some states, raw units: t, s and x, of a chunk the last step.

    Of several numbers s and x are the first; None for other heads.
    """
    some = {k: v[:SHOWN].to(policy.device) for k, v in obs.items()}
    walked = policy.path(some, 1, stream(seed, "path", policy.device))
    if walked is None:
        return None
    times, stops = walked
    return {
        "t": times.numpy(),
        "s": some[next(iter(some))][:, -1, 0].cpu().numpy(),
        "x": stops[:, 0, :, min(stops.shape[3], task.spec.horizon) - 1, 0].cpu().numpy(),
    }
