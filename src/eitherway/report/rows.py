"""A run folder, read: one row for each method, its numbers with their intervals, its draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from eitherway.compare.results import SCHEMA
from eitherway.files import read_json
from eitherway.report.figures import Landings
from eitherway.report.refining import Way
from eitherway.tasks import TASKS, Task


@dataclass(frozen=True)
class Number:
    """A mean over n training seeds with its 95 % interval; no interval where n = 1."""

    mean: float
    low: float | None
    high: float | None
    n: int

    @property
    def half(self) -> float | None:
        """Half the interval's width: Student's t is symmetric."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


@dataclass(frozen=True, kw_only=True)
class Row:
    """One method or reference, as the league table and its own section show it."""

    name: str
    label: str
    idea: str
    see: str
    reference: bool
    numbers: Mapping[str, Number]
    seeds: tuple[int, ...]  # with a record
    hyper_parameters: Mapping[str, Any] | None
    folder: Path  # of the first seed, whose draws are shown

    @cached_property
    def drawn(self) -> Landings:
        """The first seed's landings."""
        with np.load(self.folder / "draws.npz") as held:
            return Landings.of(held["s"], held["x"])

    @cached_property
    def way(self) -> Way | None:
        """The first seed's way from noise to actions; None where the method does not refine noise."""
        place = self.folder / "path.npz"
        if not place.is_file():
            return None
        with np.load(place) as held:
            return Way(held["t"], held["x"])


@dataclass(frozen=True, kw_only=True)
class Run:
    """All that a report shows."""

    results: Mapping[str, Any]
    rows: tuple[Row, ...]

    @classmethod
    def read(cls, folder: Path) -> "Run":
        """From a run folder; a ValueError where its results are of another version."""
        results = read_json(folder / "results.json")
        if results.get("schema") != SCHEMA:
            raise ValueError(f"{folder / 'results.json'} has schema {results.get('schema')!r}, this reads {SCHEMA}")
        return cls(results=results, rows=tuple(read_row(name, results, folder) for name in results["summary"]))

    @cached_property
    def task(self) -> Task:
        """The task, as it was."""
        return TASKS[self.results["task"]["name"]].cls(**self.results["task"]["options"])

    @property
    def methods(self) -> list[Row]:
        """The rows that were trained."""
        return [row for row in self.rows if not row.reference]

    @property
    def references(self) -> list[Row]:
        """The rows that were not."""
        return [row for row in self.rows if row.reference]

    @property
    def versions(self) -> list[str]:
        """The versions that any record was made with, as 'name version'."""
        found = {f"{k} {v}" for record in self.results["records"] for k, v in record["versions"].items()}
        return sorted(found)


# What the rows without training are: they have no recipe that says it.
REFERENCES: Mapping[str, tuple[str, str]] = {
    "truth": ("draws from the exact law", "What perfect looks like: fresh draws from the law the data came from."),
    "nearest-neighbour": (
        "copies the most similar demonstration",
        "Nearly the truth here, where 10,000 demonstrations cover one dimension of state; nothing is learnt.",
    ),
    "constant-0": ("always lands at 0", "Always in the obstacle: the worst there is, and the mean of all the data."),
    "constant-1.2": (
        "always lands at 1.2",
        "Always safe, and wrong half of the time about the way: success is not all.",
    ),
    "exact-mean": (
        "the law's conditional mean",
        "What a perfectly trained squared error would do: still in the obstacle wherever both ways are likely.",
    ),
    "exact-median": (
        "the law's conditional median",
        "What a perfectly trained absolute error would do: always safe, never both ways.",
    ),
}


def read_row(name: str, results: Mapping[str, Any], folder: Path) -> Row:
    """One row of the summary, with what the records say of it."""
    records: Sequence[Mapping[str, Any]] = [r for r in results["records"] if r["recipe"] == name]
    seeds = tuple(sorted(r["seed"] for r in records))
    idea, see = REFERENCES.get(name, ("", ""))
    about = {"label": name, "idea": idea, "see": see, **results["about"].get(name, {})}
    return Row(
        name=name,
        label=about["label"],
        idea=about["idea"],
        see=about["see"],
        reference=records[0]["kind"] == "reference",
        numbers={metric: Number(**value) for metric, value in results["summary"][name].items()},
        seeds=seeds,
        hyper_parameters=records[0]["hyper_parameters"],
        folder=folder / name / f"seed-{seeds[0]}",
    )
