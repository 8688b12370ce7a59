"""`eitherway compare`: everything trained, scored and shown."""

import argparse
import os
import shlex
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn

from eitherway.cli import choose
from eitherway.cli.table import league
from eitherway.compare import Failure, Plan, claimed, compare, write_results
from eitherway.report import write_report


def run(options: argparse.Namespace) -> int:
    """Runs or resumes a comparison; status 1 where a row failed."""
    plan = planned(options)
    plan.check()
    folder = options.out or Path("runs") / options.task
    console = Console(width=None if Console().is_terminal else 120)  # a file has no width of its own
    with claimed(folder, plan):
        try:
            failures = progress(plan, folder, options.jobs or os.cpu_count() or 1, console)
        except OSError as error:
            error.filename = error.filename or str(folder)  # a full disk does not say which
            raise
        except KeyboardInterrupt:
            console.print(f"Stopped. What was finished is kept in {folder}; the same command goes on from there.")
            raise
        data = write_results(plan, folder, failures, command(options))
        console.print(league(data, console.width))
        for failure in failures:
            at = "" if failure.step is None else f" at step {failure.step}"
            console.print(f"failed: {failure.recipe}, seed {failure.seed}{at}: {failure.reason}", style="red")
        page = write_report(folder)
    console.print(f"Report: {page}", soft_wrap=True)
    return 1 if failures else 0


def planned(options: argparse.Namespace) -> Plan:
    """What the words ask for."""
    recipes, task = choose.change(choose.recipes(options.recipes), choose.task(options.task), options.set)
    return Plan(
        task_name=options.task,
        task=task,
        recipes=recipes,
        references=True,
        seeds=tuple(range(options.seeds)),
        device=choose.device(options.device),
    )


def progress(plan: Plan, folder: Path, workers: int, console: Console) -> list[Failure]:
    """Shows how far the work is and how long it will take; returns what failed."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    failures: list[Failure] = []
    with Progress(*columns, console=console) as bar:
        line = bar.add_task("starting")
        for stage in compare(plan, folder, workers):
            failures += stage.failures
            bar.update(line, description=stage.what, completed=stage.done, total=stage.total)
            if not console.is_terminal:
                console.print(f"{stage.done / max(stage.total, 1):4.0%}  {stage.what}")
    return failures


def command(options: argparse.Namespace) -> str:
    """The command that makes these results again, whatever folder they lie in."""
    words = [
        "eitherway",
        "compare",
        "--task",
        options.task,
        "--recipes",
        options.recipes,
        "--seeds",
        str(options.seeds),
    ]
    for setting in options.set:
        words += ["--set", setting]
    return shlex.join(words)
