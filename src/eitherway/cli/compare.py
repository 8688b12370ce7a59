"""`eitherway compare`: trains, scores and reports recipes."""

import argparse
from pathlib import Path

from joblib import cpu_count
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn

from eitherway.cli import choose
from eitherway.cli.table import table
from eitherway.compare import Failure, Plan, claimed, compare, write_results
from eitherway.report import can_film, write_report, write_videos
from eitherway.report.league import League
from eitherway.training.tensorboard import check_board


def run(options: argparse.Namespace) -> int:
    """Runs or resumes a comparison; status 1 where a row failed."""
    plan = planned(options)
    if plan.board:
        check_board()
    plan.check()
    folder = options.out or Path("runs") / options.task
    console = Console(markup=False, width=None if Console().is_terminal else 120)  # a file has no width of its own
    with claimed(folder, plan):
        try:
            failed = whole(plan, folder, options, console)
        except OSError as error:
            error.filename = error.filename or str(folder)  # a full disk does not say which
            raise
        except KeyboardInterrupt:
            console.print(f"Stopped. What was finished is kept in {folder}; the same command goes on from there.")
            raise
    return 1 if failed else 0


def whole(plan: Plan, folder: Path, options: argparse.Namespace, console: Console) -> bool:
    """Trains, scores and reports; returns whether a row failed."""
    failures = progress(plan, folder, options.jobs or cpu_count(), console)
    data = write_results(plan, folder, failures, command(options))
    console.print(table(League.of(data), console.width))
    for failure in data["failures"]:
        console.print(f"failed: {failure['recipe']}, seed {failure['seed']}: {failure['reason']}", style="red")
    if data["hidden"]:
        console.print(f"Also in {folder}, not part of this command: {', '.join(data['hidden'])}", soft_wrap=True)
    if can_film():
        films(folder, console)
    console.print(f"Report: {write_report(folder)}", soft_wrap=True)
    return bool(data["failures"])


def films(folder: Path, console: Console) -> None:
    """Writes videos; where that fails, the report is still to come."""
    try:
        for place in write_videos(folder):
            console.print(f"Video: {place}", soft_wrap=True)
    except (OSError, RuntimeError) as error:
        console.print(f"No more videos: {error}", style="red", markup=False, soft_wrap=True)


def planned(options: argparse.Namespace) -> Plan:
    """Returns the plan that the options ask for."""
    recipes, task = choose.plan(options.recipes, options.task, options.set, options.effort)
    choose.check_data(options.data, task)
    return Plan(
        task_name=options.task,
        task=choose.judged(task, options.starts),
        recipes=recipes,
        seeds=tuple(range(options.seeds)),
        device=choose.device(options.device),
        board=options.tensorboard,
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
    """Returns the command that makes these results again."""
    words = ["compare", "--task", options.task, "--recipes", options.recipes, "--seeds", str(options.seeds)]
    if options.effort != 1:
        words += ["--effort", f"{options.effort:g}"]
    if options.starts:
        words += ["--starts", options.starts]
    return choose.command(words, options)
