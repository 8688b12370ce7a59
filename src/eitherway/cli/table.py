"""The league table in a terminal."""

import re

from rich.table import Table
from rich.text import Text

from eitherway.report.league import Entry, League
from eitherway.report.numbers import DASH, estimate


def table(league: League, width: int) -> Table:
    """The league table: for each method mean ± margin of its 95 % interval, and as many columns as fit into `width`."""
    made = Table(title=f"{league.task}: mean ± margin of its 95 % interval, {league.over}", box=None)
    grid = {name: [cell(entry, m.name) for m in league.columns] for name, entry in league.entries.items()}
    used, columns = max(map(len, grid), default=0), 0
    for i, metric in enumerate(league.columns):
        used += 2 + max(len(metric.heading), *(len(cells[i]) for cells in grid.values()))
        columns += used <= width
    made.add_column("method", no_wrap=True)
    for metric in league.columns[:columns]:
        made.add_column(metric.heading, justify="right", no_wrap=True)
    for name, entry in league.entries.items():
        made.add_row(name, *grid[name][:columns], style="dim" if entry.reference else "")
    made.caption = caption(league, columns)
    return made


def cell(entry: Entry, metric: str) -> str:
    """Formats a mean, its margin in as few letters as can be, and the rank; a dash where the metric does not apply."""
    if metric not in entry.numbers:
        return DASH
    text = re.sub(r"± (<?)(0(?=\.))?", r"±\1", estimate(metric, entry.numbers[metric]))
    return f"{text} #{entry.ranks[metric]}" if metric in entry.ranks else text


def caption(league: League, columns: int) -> Text:
    """Returns the caption of the table: what its numbers are to be held against, and what they cannot say."""
    hidden = ", ".join(metric.name for metric in league.columns[columns:])
    lines = [*league.floors_told, league.ranks_told, league.agreement_told, league.caveat]
    lines += [f"not shown for want of width: {hidden}" if hidden else "", f"again: {league.command}"]
    return Text("\n".join(filter(None, lines)), justify="left")
