"""The axes of a scaling sweep: an option of the task, or the width of every network."""

import abc
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from eitherway.compare import Plan


@dataclass(frozen=True)
class Axis(abc.ABC):
    """An axis of a sweep: one thing that changes, from easy to hard, while all else stays as it is."""

    name: str
    label: str  # what stands below a picture
    values: tuple[float, ...]  # from easy to hard

    @abc.abstractmethod
    def at(self, plan: Plan, value: float) -> Plan:
        """Returns the plan with this one thing changed."""

    @abc.abstractmethod
    def place(self, value: float, row: Mapping[str, Any]) -> float | None:
        """Returns where a row of the summary stands on the axis; None where it has no place there."""


@dataclass(frozen=True)
class TaskAxis(Axis):
    """An axis along an option of the task, which has the axis's name."""

    def at(self, plan: Plan, value: float) -> Plan:
        """Returns the plan with the same recipes on the changed task."""
        return replace(plan, task=plan.task.replace(self.name, value))

    def place(self, value: float, row: Mapping[str, Any]) -> float:
        """Returns the option's value."""
        return value


@dataclass(frozen=True)
class WidthAxis(Axis):
    """An axis along every backbone's width, in multiples of its recipe's own; rows stand at their parameters' number.

    What a head has of its own, as the spline flow or the chain of tokens, stays as large as it is.
    """

    def at(self, plan: Plan, value: float) -> Plan:
        """Returns the plan with the changed recipes on the same task."""
        widths = {name: recipe.backbone.full()["width"] for name, recipe in plan.recipes.items()}
        changed = {
            name: recipe.replace("backbone.width", max(1, round(value * widths[name])))
            for name, recipe in plan.recipes.items()
        }
        return replace(plan, recipes=changed)

    def place(self, value: float, row: Mapping[str, Any]) -> float | None:
        """Returns the row's number of parameters; references have none."""
        return row["parameters"]["mean"] if "parameters" in row else None


AXES: Mapping[str, Axis] = {
    axis.name: axis
    for axis in (
        TaskAxis("dimensions", "dimensions, two modes in each", (1, 2, 4, 8)),
        TaskAxis("modes", "modes in each of two dimensions", (2, 4, 8)),
        TaskAxis("separation", "distance between modes, in standard deviations of a cluster", (12.0, 20.0, 60.0)),
        TaskAxis("rarity", "share of the rare lane of each dimension", (0.2, 0.1, 0.05, 0.02, 0.01)),
        TaskAxis("demonstrations", "demonstrations", (10_000, 1_000, 100)),
        WidthAxis("width", "trainable parameters", (2.0, 1.0, 0.25)),
    )
}
