"""A scaling sweep: one comparison for every point of every axis, each in a folder of its own, and their summary."""

from collections.abc import Iterable, Mapping
from typing import Any

import eitherway
from eitherway.compare import Plan
from eitherway.registry import to_data
from eitherway.scaling.axes import Axis

SCALING = "scaling.json"
SCHEMA = 1
BASE = "base"  # the folder of the unchanged plan, which most axes go through

# One recipe for each family of heads.
REPRESENTATIVES = (
    "mse",
    "mdn",
    "spline",
    "autoregressive",
    "bet",
    "vq-bet",
    "cvae",
    "ibc",
    "diffusion-fast",
    "score-vp",
    "flow-fast",
    "meanflow",
    "shortcut",
    "consistency",
    "distilled",
    "mip",
)


def points(plan: Plan, axes: Iterable[Axis]) -> dict[str, Plan]:
    """Returns the comparisons of a sweep, by folder: every point of the axes, those that axes share once."""
    return {folder(plan, axis, value): axis.at(plan, value) for axis in axes for value in axis.values}


def folder(plan: Plan, axis: Axis, value: float) -> str:
    """Returns the folder of a point: its axis and value, unless nothing is changed there."""
    return BASE if axis.at(plan, value) == plan else f"{axis.name}-{value:g}"


def gathered(
    plan: Plan, axes: Iterable[Axis], results: Mapping[str, Mapping[str, Any]], command: str
) -> dict[str, Any]:
    """Returns the contents of scaling.json: the comparisons' summaries and floors by folder, and the axes' points."""
    versions = sorted({f"{k} {v}" for x in results.values() for r in x["records"] for k, v in r["versions"].items()})
    return {
        "schema": SCHEMA,
        "eitherway": eitherway.__version__,
        "command": command,
        "task": {"name": plan.task_name, "options": {k: to_data(v) for k, v in plan.task.full().items()}},
        "seeds": list(plan.seeds),
        "recipes": list(plan.recipes),
        "versions": versions,
        "axes": {axis.name: [[value, folder(plan, axis, value)] for value in axis.values] for axis in axes},
        "points": {name: {k: found[k] for k in ("task", "floors", "summary")} for name, found in results.items()},
        "failures": [{"point": name, **failure} for name, found in results.items() for failure in found["failures"]],
    }
