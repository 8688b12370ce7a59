"""The league table in a terminal."""

from typing import Any

from rich.table import Table
from rich.text import Text

COLUMNS = {
    "success": ("success", ".3f"),
    "w1": ("W1", ".3f"),
    "way_error": ("way error", ".3f"),
    "coverage": ("coverage", ".2f"),
    "log_likelihood": ("log-lik.", ".2f"),
    "nfe": ("NFE", ".0f"),
    "ms_per_decision": ("ms", ".2f"),
    "train_seconds": ("train s", ".1f"),
}
CLAIM = 5


def league(data: dict[str, Any]) -> Table:
    """One row for each method, mean ± half the 95 % interval over seeds; reference rows below the line."""
    n = len(data["seeds"])
    table = Table(title=f"{data['task']['name']}: mean ± 95 % interval over {n} training seed{'s' * (n > 1)}", box=None)
    table.add_column("method", no_wrap=True)
    for title, _ in COLUMNS.values():
        table.add_column(title, justify="right", no_wrap=True)
    recipes = [name for name in data["summary"] if name in data["about"]]
    for name in recipes:
        table.add_row(*row(name, data))
    table.add_section()
    for name in data["summary"]:
        if name not in data["about"]:
            table.add_row(*row(name, data), style="dim")
    table.caption = caption(data, n)
    return table


def row(name: str, data: dict[str, Any]) -> list[str]:
    """A method's cells; a dash where a metric does not apply."""
    values = data["summary"][name]
    return [name, *(cell(values[m], form) if m in values else "–" for m, (_, form) in COLUMNS.items())]


def cell(value: dict[str, Any], form: str) -> str:
    """A mean and half its interval, where that is more than nothing."""
    mean = format(value["mean"], form)
    if value["low"] is None or value["high"] - value["low"] == 0:
        return mean
    return f"{mean} ±{format((value['high'] - value['low']) / 2, form).removeprefix('0')}"


def caption(data: dict[str, Any], n: int) -> Text:
    """What the numbers are to be held against, and what they cannot say."""
    lines = []
    if data["floor"] is not None:
        lines.append("W1 of {n} sets of the law's own draws: {mean:.3f}, sd {sd:.3f}".format(**data["floor"]))
    if n < CLAIM:
        lines.append(f"{n} seeds: no claim about differences below {CLAIM}")
    lines.append(f"again: {data['command']}")
    return Text("\n".join(lines))
