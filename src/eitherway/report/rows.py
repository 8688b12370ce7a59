"""A run folder, read: one row for each method, its numbers with their intervals, its draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eitherway.compare import RESULTS
from eitherway.compare.jobs import record_folder
from eitherway.compare.record import DRAWS, PATH
from eitherway.compare.stats import Interval
from eitherway.heads import Refiner
from eitherway.parts import PARTS
from eitherway.report.damage import damaged, read_arrays, read_results
from eitherway.report.refining import Way
from eitherway.report.show import Drawn, Show
from eitherway.report.shows import show_of
from eitherway.tasks import TASKS, Task


@dataclass(frozen=True, kw_only=True)
class Row:
    """One method or reference, as the league table and its own section show it."""

    name: str
    label: str
    idea: str
    see: str
    reference: bool
    numbers: Mapping[str, Interval]
    seeds: tuple[int, ...]  # with a record
    hyper_parameters: Mapping[str, Any] | None
    drawn: Drawn  # of the first seed
    way: Way | None  # of the first seed, from noise to actions; None where the method does not refine noise


@dataclass(frozen=True, kw_only=True)
class Run:
    """All that a report shows."""

    results: Mapping[str, Any]
    show: Show
    rows: tuple[Row, ...]

    @classmethod
    def read(cls, folder: Path) -> "Run":
        """From a run folder; a ValueError where it is damaged, or its results are of another version."""
        results = read_results(folder / RESULTS)
        show = show_of(read_task(results["task"], folder / RESULTS))
        rows = tuple(read_row(name, results, folder, show) for name in results["summary"])
        return cls(results=results, show=show, rows=rows)

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


def read_task(given: Mapping[str, Any], place: Path) -> Task:
    """The task, as it was; a ValueError where there is no such task or option."""
    if given["name"] not in TASKS:
        raise damaged(place, f"it names the task {given['name']!r}, known are {', '.join(TASKS)}")
    try:
        return TASKS[given["name"]].cls(**given["options"])
    except (TypeError, ValueError) as error:
        raise damaged(place, f"the task's options: {error}") from None


def read_row(name: str, results: Mapping[str, Any], folder: Path, show: Show) -> Row:
    """One row of the summary, with what the records say of it."""
    records: Sequence[Mapping[str, Any]] = [r for r in results["records"] if r["recipe"] == name]
    seeds = tuple(sorted(r["seed"] for r in records))
    idea, see = show.references.get(name, ("", show.see or ""))
    about = {"label": name, "idea": idea, "see": see, **results["about"].get(name, {})}
    place = record_folder(folder, name, seeds[0])
    return Row(
        name=name,
        label=about["label"],
        idea=about["idea"],
        see=show.see if show.see and name not in show.references else about["see"],
        reference=records[0]["kind"] == "reference",
        numbers={metric: Interval(**value) for metric, value in results["summary"][name].items()},
        seeds=seeds,
        hyper_parameters=records[0]["hyper_parameters"],
        drawn=read_draws(place),
        way=read_way(place, refines(records[0]["hyper_parameters"])),
    )


def read_draws(place: Path) -> Drawn:
    """A record's states and draws, a row of numbers for each."""
    s, x = read_arrays(place / DRAWS, "s", "x")
    if not (s.ndim in (1, 2) and x.ndim in (1, 2) and len(s) == len(x) and s.size and x.size):
        raise damaged(place, f"{DRAWS} has starts of shape {s.shape} and landings of shape {x.shape}")
    return Drawn(s.reshape(len(s), -1), x.reshape(len(x), -1))


def read_way(place: Path, expected: bool) -> Way | None:
    """A record's way from noise to actions; None where it has none, and none is expected."""
    if not expected and not (place / PATH).is_file():
        return None
    t, x = read_arrays(place / PATH, "t", "x")
    if t.ndim != 1 or x.ndim != 2 or len(t) != len(x):
        raise damaged(place, f"{PATH} has times of shape {t.shape} and stops of shape {x.shape}")
    return Way(t, x)


def refines(hyper_parameters: Mapping[str, Any] | None) -> bool:
    """Whether a recipe's head refines noise."""
    head = (hyper_parameters or {}).get("head")
    cls = PARTS.get(head.get("class", "")) if isinstance(head, dict) else None
    return isinstance(cls, type) and issubclass(cls, Refiner)
