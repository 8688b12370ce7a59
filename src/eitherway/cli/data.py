"""`eitherway data`: inspects recordings, and downloads public ones."""

import argparse
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.text import Text

from eitherway.cli import choose, data_tables
from eitherway.data.data_dir import VARIABLE, find, folder
from eitherway.data.fetch import fetch
from eitherway.data.public import PUBLIC
from eitherway.data.readers import BadData, Reader, open_data
from eitherway.data.statistics import DatasetStatistics, facts
from eitherway.data.window_summary import WindowSummary, window_summary

ACTION = "action"  # what the array of actions is called, unless --action says otherwise
SLOWEST, FASTEST = 1e-4, 1e6  # Hz: a frame in three hours; an oscilloscope


def run(options: argparse.Namespace) -> int:
    """Runs `inspect` or `fetch`."""
    return {"inspect": inspected, "fetch": fetched}[options.data_command](options)


def inspected(options: argparse.Namespace) -> int:
    """Prints statistics of recordings; NaN and infinite numbers end it with an error, after all has been printed."""
    path = Path(options.path)
    reader = open_data(
        find(options.path) if options.path in PUBLIC and not path.exists() else path, sparse=options.sparse
    )
    asked(reader, options)
    console = Console(markup=False, highlight=False)
    found = {}
    for name in reader.keys:
        with console.status(Text(f"reading {name}")):
            found[name] = facts(reader, name)
    survey = DatasetStatistics(reader.lengths, found)
    data_tables.show(console, reader, survey, options.hz)
    seen = policy(survey, options)
    if seen:
        data_tables.show_view(console, seen)
    else:
        console.print(f"No array is called {ACTION!r}: name one with --action to see what a policy would see.")
    for name, each in found.items():
        if each.first_bad:
            raise BadData(f"{reader.path}: {name} has numbers that are none, the first at {each.first_bad}")
    return 0


def asked(reader: Reader, options: argparse.Namespace) -> None:
    """Checks the options before anything is read: refuses unknown or repeated arrays, and rates that nothing has."""
    observed = [] if options.observe is None else options.observe.split(",")
    for name in (*observed, *([] if options.action is None else [options.action])):
        choose.known(name, reader.keys, "array")
    for name in observed:
        if observed.count(name) > 1:
            raise ValueError(f"--observe names {name!r} twice: {options.observe}")
    if options.hz is not None and not SLOWEST <= options.hz <= FASTEST:
        raise ValueError(f"--hz must be from {SLOWEST:g} to {FASTEST:g} frames a second, got {options.hz:g}")


def policy(survey: DatasetStatistics, options: argparse.Namespace) -> WindowSummary | None:
    """Summarises the windows that a policy would see; None where nobody knows which array is the action."""
    action = ACTION if options.action is None else options.action
    if action not in survey.arrays:
        return None
    observed = options.observe.split(",") if options.observe is not None else [n for n in survey.arrays if n != action]
    return window_summary(survey, observed, action, n_obs_steps=options.n_obs_steps, horizon=options.horizon)


def fetched(options: argparse.Namespace) -> int:
    """Downloads, unpacks and checks a public data set."""
    choose.known(options.name, PUBLIC, "data set")
    data, into, console = PUBLIC[options.name], folder(), Console(markup=False, highlight=False)
    there = (into / data.place).exists()
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=console, transient=True) as bar, closing(fetch(data, into)) as steps:
        lines: dict[str, int] = {}
        for step in steps:
            if step.part not in lines:
                lines[step.part] = int(bar.add_task(step.part, total=step.total))
            bar.update(lines[step.part], completed=step.done, total=step.total)  # type: ignore[arg-type]
    told = "was there already, and is what was published" if there else "is there, checked array by array"
    console.print(f"{data.about}: {into / data.place} {told}", soft_wrap=True, markup=False)
    if options.data:
        console.print(f"To use it: --data {into}, or {VARIABLE}={into}", soft_wrap=True, markup=False)
    return 0
