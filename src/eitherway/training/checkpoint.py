"""Checkpoints of trained policies: weights as safetensors, everything else as JSON. Nothing is ever unpickled."""

import hashlib
import platform
from dataclasses import asdict, dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypedDict

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from eitherway.checks import check_kind, said
from eitherway.files import read_as, whole_folder, write_json
from eitherway.make import Make
from eitherway.policies.inputs import check_device
from eitherway.policies.policy import Policy
from eitherway.registry import check_registered, from_data, to_data
from eitherway.tasks import Task
from eitherway.training.loss_curves import LossCurves
from eitherway.training.recipe import Recipe, build

FORMAT = 2
WEIGHTS, CARD, LOSSES = "policy.safetensors", "policy.json", "losses.json"


class Versioned(TypedDict):
    """What any version of policy.json has."""

    format: Any


class Card(TypedDict):
    """What is read of policy.json."""

    sha256: str  # of the weights
    recipe: dict[str, Any]
    task: dict[str, Any]
    seed: int
    train_seconds: float


class BadCheckpoint(ValueError):
    """Raised for a checkpoint that is missing, damaged or of another version."""


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A trained policy with its recipe, task, seed and training time."""

    policy: Policy
    recipe: Recipe
    task: Make[Task]
    seed: int
    train_seconds: float


def check_place(folder: Path) -> None:
    """Raises ValueError where a checkpoint would overwrite something else; makes the folder's parents."""
    if folder.resolve() == Path.cwd():
        raise ValueError(
            f"a checkpoint is a folder of its own, not the one you are in ({folder}): give another with --out"
        )
    empty = folder.is_dir() and not any(folder.iterdir())
    if folder.exists() and not empty and not (folder / CARD).is_file():
        raise ValueError(f"{folder} is there already and is no checkpoint: give another place with --out")
    folder.parent.mkdir(parents=True, exist_ok=True)


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that a result depends on."""
    names = ("eitherway", "torch", "numpy", "scikit-learn")
    return {"python": platform.python_version(), **{name: version(name) for name in names}}


def check_savable(recipe: Recipe, task: Make[Task]) -> None:
    """Raises ValueError where a checkpoint of this recipe and task could not be loaded again: ask before training."""
    check_kind("the recipe", recipe, Recipe)
    check_kind("the task of a checkpoint", task, Make)
    check_registered("the task", task)
    for field in fields(recipe):
        value = getattr(recipe, field.name)
        for made in value if isinstance(value, tuple) else (value,):
            if isinstance(made, Make):
                check_registered(f"the {field.name}", made)


def save_trained(folder: str | Path, trained: Trained, *, losses: LossCurves | None = None) -> None:
    """Writes a checkpoint atomically, whole or not at all, with the learning curves of its training where given."""
    folder = checked_folder(folder)
    check_kind("what is saved", trained, Trained)
    check_kind("the policy", trained.policy, Policy)
    check_savable(trained.recipe, trained.task)
    weights = save({k: v.contiguous().cpu().clone() for k, v in trained.policy.state_dict().items()})
    card = {
        "format": FORMAT,
        "sha256": hashlib.sha256(weights).hexdigest(),
        "recipe": trained.recipe.to_data(),
        "task": to_data(trained.task),
        "seed": trained.seed,
        "train_seconds": trained.train_seconds,
        "versions": versions(),
    }
    with whole_folder(folder) as draft:
        (draft / WEIGHTS).write_bytes(weights)
        write_json(draft / CARD, card)
        if losses:
            write_json(draft / LOSSES, asdict(losses))


def load_trained(folder: str | Path, device: str | torch.device = "cpu") -> Trained:
    """Reads a checkpoint; raises BadCheckpoint, in one line, where it is missing, damaged or of another version."""
    folder = checked_folder(folder)
    check_device(device)
    if not (folder / CARD).is_file() or not (folder / WEIGHTS).is_file():
        raise BadCheckpoint(f"no checkpoint in {' '.join(str(folder).splitlines())}: it needs {CARD} and {WEIGHTS}")
    try:
        if (found := read_as(folder / CARD, Versioned)["format"]) != FORMAT:
            raise BadCheckpoint(f"{folder} has checkpoint format {found!r}; this version reads {FORMAT}")
        return restore(read_as(folder / CARD, Card), (folder / WEIGHTS).read_bytes(), device)
    except BadCheckpoint:
        raise
    except (SafetensorError, KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise BadCheckpoint(f"the checkpoint in {folder} cannot be read: {' '.join(str(error).split())}") from None


def checked_folder(folder: str | Path) -> Path:
    """The folder as a path; raises TypeError or ValueError where it cannot be one."""
    if not isinstance(folder, str | Path):
        raise TypeError(f"a folder must be a path, got {said(folder)}")
    if "\0" in str(folder):
        raise ValueError(f"a folder has no letter 0 in its name, got {said(folder)}")
    return Path(folder)


def restore(card: Card, weights: bytes, device: str | torch.device) -> Trained:
    """Rebuilds the trained policy that a card and its weights describe."""
    if hashlib.sha256(weights).hexdigest() != card["sha256"]:
        raise ValueError(f"{WEIGHTS} is not what {CARD} says was saved")
    recipe, task = Recipe.from_data(card["recipe"]), from_data(card["task"])
    policy = build(recipe, task(), seed=0, device=device)
    held = load(weights)
    for name, own in policy.state_dict().items():
        if name in held and held[name].dtype != own.dtype:
            raise ValueError(f"{name} holds {held[name].dtype}, and {own.dtype} was saved")
    policy.load_state_dict(held)
    policy.eval()
    return Trained(policy=policy, recipe=recipe, task=task, seed=card["seed"], train_seconds=card["train_seconds"])
