"""Reads a run folder: one row for each method, its numbers with their intervals, and what its record shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eitherway.compare import RESULTS
from eitherway.compare.jobs import record_folder
from eitherway.compare.schema import About, Results, TaskData
from eitherway.make import Make
from eitherway.registry import BY_PLUGIN, from_data
from eitherway.report.league import Entry, League
from eitherway.report.row import Row
from eitherway.report.validation import damaged, read_results
from eitherway.report.view import View
from eitherway.report.views import view_of
from eitherway.tasks import TASKS, Task


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run as a report shows it: its results, the task's view, and its rows."""

    results: Results
    league: League
    view: View[Any]
    rows: tuple[Row, ...]

    @classmethod
    def read(cls, folder: Path) -> "Run":
        """Reads a run folder; a ValueError where it is damaged, or its results are of another version."""
        results = read_results(folder / RESULTS)
        view = view_of(read_task(results["task"], folder / RESULTS))
        league = League.of(results)
        rows = tuple(read_row(entry, results, folder, view) for entry in league.entries.values())
        return cls(results=results, league=league, view=view, rows=rows)

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


def read_task(given: TaskData, place: Path) -> Task:
    """Makes the task of a run again; a ValueError where there is no such task or option."""
    if given["name"] not in TASKS:
        raise ValueError(
            f"{place} is of the task {given['name']!r}, which is not known here; {BY_PLUGIN}; known: {', '.join(TASKS)}"
        )
    try:
        return Make(TASKS[given["name"]].cls, **{k: from_data(v) for k, v in given["options"].items()})()
    except (TypeError, ValueError) as error:
        raise damaged(place, f"the task's options: {error}") from None


def read_row(entry: Entry, results: Results, folder: Path, view: View[Any]) -> Row:
    """Reads what the records say of one row of the table."""
    name = entry.name
    records = [r for r in results["records"] if r["recipe"] == name]
    seeds = tuple(sorted(r["seed"] for r in records))
    label, idea, see = words_of(name, results["about"], view)
    place = record_folder(folder, name, seeds[0])
    return Row(
        name=name,
        label=label,
        idea=idea,
        see=see,
        reference=entry.reference,
        n=entry.n,
        numbers=entry.numbers,
        ranks=entry.ranks,
        seeds=seeds,
        hyper_parameters=records[0]["hyper_parameters"],
        place=place,
        seen=view.read(place, records[0]["hyper_parameters"]),
    )


def words_of(name: str, about: Mapping[str, About], view: View[Any]) -> tuple[str, str, str]:
    """Returns a row's label, idea and what to see: the view says so of references, and may advise for all."""
    if name in view.references:
        return name, *view.references[name]
    told = about.get(name, About(label=name, idea="", see=""))
    return told["label"], told["idea"], told["see"] if view.see is None else view.see
