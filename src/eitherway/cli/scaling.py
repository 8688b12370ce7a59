"""`eitherway scaling`: measures every head's quality along what makes a task hard."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from joblib import cpu_count
from rich.console import Console
from rich.table import Table

from eitherway.cli import choose
from eitherway.cli.compare import progress
from eitherway.compare import Plan, claimed, write_results
from eitherway.files import write_json, write_text
from eitherway.recipes import METHODS
from eitherway.report.numbers import DASH
from eitherway.report.svg import side_by_side, to_svg
from eitherway.scaling import AXES, REPRESENTATIVES, SCALING, Axis, breaks, gathered, points
from eitherway.scaling.curves import FLOORS, QUANTITIES, SUCCESS, TIMES
from eitherway.scaling.figures import picture

TASK = "fork"


def run(options: argparse.Namespace) -> int:
    """Runs or resumes a sweep; status 1 where a row failed."""
    axes = [AXES[choose.known(name.strip(), AXES, "axis")] for name in options.axes.split(",")]
    plan, root = planned(options), options.out or Path("runs") / "scaling"
    todo = points(plan, axes)
    for one in todo.values():
        one.check()
    console = Console(markup=False, width=None if Console().is_terminal else 120)
    results: dict[str, Mapping[str, Any]] = {}
    for i, (name, one) in enumerate(todo.items(), 1):
        console.print(f"{name}, {i} of {len(todo)}", style="bold")
        with claimed(root / name, one):
            failures = progress(one, root / name, options.jobs or cpu_count(), console)
            results[name] = write_results(one, root / name, failures, command(options))
    data = gathered(plan, axes, results, command(options))
    write_json(root / SCALING, data)
    show(data, axes, root, console)
    return 1 if data["failures"] else 0


def planned(options: argparse.Namespace) -> Plan:
    """Returns the plan of the point that all axes share."""
    all_of_them = ",".join(name for name in REPRESENTATIVES if name in METHODS)
    names = all_of_them if options.recipes is None else options.recipes
    recipes, task = choose.plan(names, TASK, ["task.held_out=0", *options.set])
    seeds, device = tuple(range(options.seeds)), choose.device(options.device)
    return Plan(task_name=TASK, task=task, recipes=recipes, seeds=seeds, device=device)


def show(data: Mapping[str, Any], axes: list[Axis], root: Path, console: Console) -> None:
    """Prints tables in the terminal, and writes figures into the folder."""
    for axis in axes:
        console.print(table(data, axis))
        place = root / f"{axis.name}.svg"
        write_text(place, side_by_side([to_svg(picture(data, axis.name))]))
        console.print(f"Picture: {place}", soft_wrap=True)
    for failure in data["failures"]:
        told = "failed: {point}, {recipe}, seed {seed}: {reason}".format(**failure)
        console.print(told, style="red", markup=False, soft_wrap=True)


def table(data: Mapping[str, Any], axis: Axis) -> Table:
    """A row for each method: success and energy distance over its floor at each point, and where it breaks."""
    made = Table(title=f"{axis.label}: success, energy distance in floors", box=None)
    made.add_column("method", no_wrap=True)
    for value, _ in data["axes"][axis.name]:
        made.add_column(f"{value:g}", justify="right", no_wrap=True)
    made.add_column("breaks at", justify="right")
    for name in (*data["recipes"], "truth", "nearest-neighbour"):
        cells = [cell(data["points"][folder], name) for _, folder in data["axes"][axis.name]]
        end = breaks(data, axis.name, name)
        made.add_row(name, *cells, DASH if end is None else f"{end:g}", style="" if name in data["recipes"] else "dim")
    n = len(data["seeds"])
    broken = f"broken: success below {SUCCESS:g}, above {FLOORS:g} floors, or minor modes {TIMES:g} times off"
    made.caption = f"mean over {n} training seed{'' if n == 1 else 's'}; {broken}"
    return made


def cell(point: Mapping[str, Any], name: str) -> str:
    """Formats success and distance of a row at a point; a dash where it is missing."""
    success, far = (QUANTITIES[q].read(point, name) for q in ("success", "energy"))
    if success is None:
        return DASH
    return f"{success.mean:.3f} {DASH if far is None else format(far.mean, '.1f')}×"


def command(options: argparse.Namespace) -> str:
    """Returns the command that makes these results again."""
    recipes = ["--recipes", options.recipes] if options.recipes else []
    return choose.command(["scaling", "--axes", options.axes, "--seeds", str(options.seeds), *recipes], options)
