"""The league table in a terminal."""

from collections.abc import Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from eitherway.compare.stats import Interval, caveat
from eitherway.metrics import DISTANCES, METRICS, titled
from eitherway.report.numbers import DASH, margin, written


def league(data: dict[str, Any], width: int) -> Table:
    """The league table: for each method mean ± margin of its 95 % interval, and as many columns as fit into `width`."""
    n = len(data["seeds"])
    table = Table(
        title=f"{data['task']['name']}: mean ± margin of its 95 % interval, {seeds(n, 'training ')}", box=None
    )
    shown = columns_of(data)
    grid = {name: row(name, data, list(shown)) for name in data["summary"]}
    used, columns = max(map(len, grid)), 0
    for i, title in enumerate(shown.values()):
        used += 2 + max(len(title), *(len(cells[i]) for cells in grid.values()))
        columns += used <= width
    table.add_column("method", no_wrap=True)
    for title in list(shown.values())[:columns]:
        table.add_column(title, justify="right", no_wrap=True)
    for name in sorted(grid, key=lambda name: name not in data["about"]):  # recipes, then references
        table.add_row(name, *grid[name][:columns], style="" if name in data["about"] else "dim")
    table.caption = caption(data, n, list(shown)[columns:])
    return table


def columns_of(data: dict[str, Any]) -> dict[str, str]:
    """The columns and their headings, of what was measured of any row; a narrow terminal shows the first of them."""
    measured = {metric for values in data["summary"].values() for metric in values}
    return {m.name: m.heading for m in titled(measured)}


def row(name: str, data: dict[str, Any], columns: Sequence[str]) -> list[str]:
    """Returns a method's cells; a dash where a metric does not apply."""
    values, standings = data["summary"][name], data.get("standings", {})
    ranks = {m: f" #{standings[m][name]['rank']}" for m in standings if name in standings[m]}
    return [cell(m, Interval(**values[m])) + ranks.get(m, "") if m in values else DASH for m in columns]


def cell(metric: str, value: Interval) -> str:
    """Formats a mean and how far its interval reaches, where that is more than nothing."""
    mean, far = written(metric, value.mean), margin(value)
    return f"{mean} ±{written(metric, far).removeprefix('0')}" if far else mean


def seeds(n: int, kind: str = "") -> str:
    """Formats a number of seeds in words."""
    return f"{n} {kind}seed{'' if n == 1 else 's'}"


def caption(data: dict[str, Any], n: int, hidden: list[str]) -> Text:
    """Returns the caption of the table: what its numbers are to be held against, and what they cannot say."""
    lines = []
    for name in (name for name in DISTANCES if name in data["floors"]):
        told = "{mean:.3f}, sd {sd:.3f}, n = {n} sets".format(**data["floors"][name])
        lines.append(f"floor of {METRICS[name].title}, what draws of the distribution score: {told}")
    lines.append("#: rank on the same starts; rows that cannot be told apart share one")
    if caveat(n):
        lines.append(caveat(n))
    if hidden:
        lines.append(f"not shown for want of width: {', '.join(hidden)}")
    lines.append(f"again: {data['command']}")
    return Text("\n".join(lines), justify="left")
