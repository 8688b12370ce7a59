"""Recorded evaluations on disk: one folder for each method and seed, from which every metric can be read again."""

import hashlib
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Annotated, Any, NotRequired, TypedDict

import numpy as np
import torch
from msgspec import Meta
from torch import Tensor

from eitherway.data.spec import Spec
from eitherway.evaluation.data import EvaluationData, Latency
from eitherway.evaluation.rollouts import Rollouts
from eitherway.files import read_as, whole_folder, write_json
from eitherway.shape import Draws, Obs
from eitherway.tasks.base import Task

CARD, DRAWS, PATH, LATENCY = "record.json", "draws.npz", "path.npz", "latency.json"
DENSITIES = ("log_prob", "log_prob_error")
SHARES = ("outside", "limited")
SCALARS = ("evaluations", "parameters", "train_seconds")
LARGEST = sys.float_info.max  # a bound that neither infinity nor NaN keeps


class Card(TypedDict):
    """What record.json says of an evaluation."""

    digest: str  # of recipe, task and device
    sha256: str  # of the draws
    seed: int
    recipe: dict[str, Any] | None  # None: a reference row
    training: NotRequired[str]  # the folder of its checkpoint
    versions: dict[str, str]
    evaluations: int | None
    parameters: int | None
    train_seconds: Annotated[float, Meta(ge=0, le=LARGEST)] | None


Milliseconds = Annotated[list[Annotated[float, Meta(gt=0, le=LARGEST)]], Meta(min_length=1)]


class LatencyData(TypedDict):
    """The contents of latency.json."""

    each: Milliseconds
    thousand: Milliseconds


def save_evaluation(
    folder: Path, e: EvaluationData, card: dict[str, Any], path: dict[str, np.ndarray] | None = None
) -> None:
    """Writes an evaluation atomically: card, draws (s, x) and, for iterative samplers, trajectories from noise."""
    arrays: dict[str, Any] = {"success": e.success}
    if e.obs:
        arrays |= {"s": flat(torch.cat([e.obs[k] for k in sorted(e.obs)], dim=-1)), "x": flat(e.draws[0])}
    if e.rollouts is not None:
        arrays |= e.rollouts.to_arrays()
    arrays |= {name: x.numpy() for name in DENSITIES if (x := getattr(e, name)) is not None}
    arrays |= {name: x for name in SHARES if (x := getattr(e, name)) is not None}
    with whole_folder(folder) as draft:
        np.savez(draft / DRAWS, **arrays)
        card = {**card, "sha256": sha256(draft / DRAWS)}
        if path is not None:
            np.savez(draft / PATH, **path)  # type: ignore[arg-type]
        write_json(draft / CARD, {**card, **{name: getattr(e, name) for name in SCALARS}})


def read_card(folder: Path) -> Card | None:
    """Reads the card of a record that is whole; None where there is none, or where it or the draws are damaged."""
    try:
        card = read_as(folder / CARD, Card)
        return card if card["sha256"] == sha256(folder / DRAWS) else None
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def sha256(file: Path) -> str:
    """Returns a file's SHA-256 digest."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def load_latency(folder: Path) -> Latency | None:
    """Reads a record's latency; None where it has not been measured, or is damaged."""
    try:
        taken = read_as(folder / LATENCY, LatencyData)
    except (FileNotFoundError, ValueError):
        return None
    return Latency(each=np.array(taken["each"]), thousand=np.array(taken["thousand"]))


def load_evaluation(folder: Path, task: Task, spec: Spec) -> EvaluationData:
    """Reads an evaluation back, with its latency where that was measured; a ValueError where it is damaged."""
    card = read_as(folder / CARD, Card)
    try:
        return evaluation_of(card, read_draws(folder), folder, task, spec)
    except (ValueError, KeyError, TypeError, RuntimeError, EOFError, OSError, zipfile.BadZipFile, zlib.error) as error:
        said = " ".join(str(error).split())
        raise ValueError(f"{folder} is damaged: {said}; delete it and run compare again") from None


def read_draws(folder: Path) -> dict[str, np.ndarray]:
    """Reads the arrays of a record."""
    with np.load(folder / DRAWS) as arrays:
        return {name: arrays[name] for name in arrays.files}


def evaluation_of(card: Card, held: dict[str, np.ndarray], folder: Path, task: Task, spec: Spec) -> EvaluationData:
    """Builds an evaluation from its card and arrays."""
    seen: dict[str, Any] = {"rollouts": Rollouts.from_arrays(held)}
    seen |= {name: torch.as_tensor(held[name]) for name in DENSITIES if name in held}
    seen |= {name: held[name] for name in SHARES if name in held}
    if "s" in held:
        s, x = (torch.as_tensor(held[name]) for name in "sx")
        seen |= {"obs": unflat_obs(s, spec), "draws": unflat_draws(x, spec)}
    return EvaluationData(
        task=task,
        success=held["success"],
        latency=load_latency(folder),
        evaluations=card["evaluations"],
        parameters=card["parameters"],
        train_seconds=card["train_seconds"],
        **seen,
    )


def save_latency(folder: Path, latency: Latency) -> None:
    """Writes the latency, which is measured last."""
    write_json(
        folder / LATENCY, {"each": latency.each.round(5).tolist(), "thousand": latency.thousand.round(5).tolist()}
    )


def flat(x: Tensor) -> np.ndarray:
    """Flattens a tensor to B rows of numbers; to a plain vector where each row is one number."""
    rows = x.flatten(1).numpy()
    return rows[:, 0] if rows.shape[1] == 1 else rows


def unflat_obs(s: Tensor, spec: Spec) -> Obs:
    """Splits rows of numbers into observations by name."""
    sizes = list(spec.numbers.values())
    parts = s.reshape(len(s), spec.n_obs_steps, sum(sizes)).split(sizes, dim=-1)
    return dict(zip(spec.numbers, parts, strict=True))


def unflat_draws(x: Tensor, spec: Spec) -> Draws:
    """Reshapes rows of numbers into draws, one chunk for each row."""
    return x.reshape(1, len(x), spec.horizon, spec.action)
