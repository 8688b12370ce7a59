"""The published results in the notebook: a table, a league by one metric, and quality against milliseconds."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
import numpy as np
from IPython.display import Markdown
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eitherway.compare.stats import Interval, caveat
from eitherway.evaluation.data import Floor
from eitherway.files import read_json
from eitherway.metrics import METRICS
from eitherway.notebook.display import WIDTH
from eitherway.notebook.packaged import published
from eitherway.report.numbers import DASH, margin, spread, written
from eitherway.report.style import DATA, INK, RULE, STYLE, Stroke, plain_numbers, stroke
from eitherway.report.tradeoff import COST, QUALITY, Place
from eitherway.report.tradeoff import tradeoff as draw_tradeoff

Results = Mapping[str, Any]

SHOWN = "success", "w1", "mode_error", "mode_coverage", "log_likelihood", "nfe", "ms_per_decision", "train_seconds"
COLUMNS: Mapping[str, str] = {name: f"{METRICS[name].heading} {METRICS[name].arrow}" for name in SHOWN}
CEILING = "truth"  # the row of the distribution's own draws
REFERENCE = Stroke(INK, marker="s")  # drawn empty, for it was not trained


def read_results() -> Results:
    """Reads the published results: every recipe, five trainings each, as `docs/results/jumper.json` has them."""
    return read_json(published("docs/results/jumper.json"))


def table(results: Results, methods: Sequence[str]) -> Markdown:
    """Returns a table with a row for each method: mean ± half the 95 % interval over seeds; floor and command below."""
    head = ["| method | " + " | ".join(COLUMNS.values()) + " |", "|:--|" + "--:|" * len(COLUMNS)]
    rows = [f"| {name} | " + " | ".join(cells(numbers(results, name))) + " |" for name in methods]
    return Markdown("\n".join([*head, *rows, "", caption(results)]))


def numbers(results: Results, name: str) -> dict[str, Interval]:
    """Returns a row's numbers with their intervals."""
    if name not in results["summary"]:
        raise ValueError(f"the results have no row {name!r}; they have: {', '.join(results['summary'])}")
    return {metric: Interval(**value) for metric, value in results["summary"][name].items()}


def cells(row: Mapping[str, Interval]) -> list[str]:
    """Returns a row's cells; a dash where a metric does not apply."""
    return [cell(metric, row[metric]) if metric in row else DASH for metric in COLUMNS]


def cell(metric: str, value: Interval) -> str:
    """Formats a mean, and how far its interval reaches where that is more than nothing.

    >>> cell("success", Interval(0.9731, 0.9701, 0.9761, 5)), cell("nfe", Interval(10.0, 10.0, 10.0, 5))
    ('0.973 ± 0.003', '10')
    """
    mean = written(metric, value.mean)
    return f"{mean} {spread(metric, value)}" if margin(value) else mean


def caption(results: Results) -> str:
    """Returns the table's caption: what the numbers are over, what to hold them against, and how to make them again."""
    n, least = len(results["seeds"]), results["floor"]
    said = [f"Mean ± the further end of its 95 % interval; n = {n} training seed{'' if n == 1 else 's'}."]
    if caveat(n):
        said.append(f"{caveat(n)}.")
    if least is not None:
        said.append(
            "W₁ of {n} sets of the distribution's own draws, the floor: {mean:.3f}, sd {sd:.3f}.".format(**least)
        )
    return " ".join([*said, f"Made by `{results['command']}`."])


def floor_of(results: Results) -> Floor | None:
    """Returns the sampling floor, where it is known."""
    return None if results["floor"] is None else Floor(**results["floor"])


def quality_against_cost(results: Results, methods: Sequence[str] | None = None) -> Figure:
    """Draws Wasserstein-1 over milliseconds per decision, each method in its colour."""
    rows = {name: numbers(results, name) for name in (results["summary"] if methods is None else methods)}
    places = [
        Place(name, False, row[COST], row[QUALITY], stroke(name))
        for name, row in rows.items()
        if COST in row and QUALITY in row
    ]
    return draw_tradeoff(places, floor_of(results))


def standings(results: Results, metric: str = "w1", methods: Sequence[str] | None = None) -> Figure:
    """Draws a league by one metric, best on top: seeds as dots, mean and 95 % whisker, and the best there can be."""
    known = [name for name in (methods or results["about"]) if metric in numbers(results, name)]
    if not known:
        raise ValueError(f"no method has the metric {metric!r}; there are: {', '.join(METRICS)}")
    sign = -1 if METRICS[metric].better == "higher" else 1
    order = sorted(known, key=lambda name: -sign * results["summary"][name][metric]["mean"])
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 0.9 + 0.26 * len(order)), layout="constrained")
        axes = figure.subplots()
        draw_best(axes, results, metric)
        for height, name in enumerate(order):
            how = stroke(name) if name in results["about"] else REFERENCE
            draw_row(axes, height, how, numbers(results, name)[metric], seeds(results, name, metric))
        written_down = [written(metric, results["summary"][name][metric]["mean"]) for name in order]
        axes.set_yticks(range(len(order)), [f"{name}   {mean}" for name, mean in zip(order, written_down, strict=True)])
        axes.set(ylim=(-0.7, len(order) - 0.3), xlabel=f"{metric}, {METRICS[metric].unit}")
        axes.set_title(f"{METRICS[metric].meaning}: {METRICS[metric].better} is better")
        axes.tick_params(axis="y", length=0)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(loc="upper left" if sign < 0 else "upper right", frameon=False)
    return figure


def seeds(results: Results, name: str, metric: str) -> list[float]:
    """Returns a method's value of a metric after each training."""
    found = (record["metrics"].get(metric) for record in results["records"] if record["recipe"] == name)
    return [value for value in found if value is not None]


def draw_row(axes: Axes, height: int, how: Stroke, value: Interval, each: Sequence[float]) -> None:
    """Draws whisker, mean and single seeds of one method."""
    axes.axhline(height, color=RULE, lw=0.5, zorder=0)
    if value.low is not None and value.high is not None:
        axes.plot((value.low, value.high), (height, height), color=how.colour, lw=2.2, solid_capstyle="butt")
    axes.plot(each, np.full(len(each), height + 0.27), "|", ms=5, color=how.colour, alpha=0.8, mew=1.0)
    face = how.colour if how != REFERENCE else "white"
    axes.plot(value.mean, height, marker=how.marker, ls="none", ms=7, mfc=face, mec=INK, mew=0.6, zorder=3)


def draw_best(axes: Axes, results: Results, metric: str) -> None:
    """Draws the floor of the distance, or what draws of the distribution score."""
    least = floor_of(results)
    if metric == QUALITY and least is not None:
        axes.axvspan(*least.band, color=DATA, alpha=0.25, lw=0, label="floor ± 2 sd")
        axes.set_xscale("log")
        plain_numbers(axes.xaxis)
    elif metric in results["summary"].get(CEILING, {}):
        axes.axvline(results["summary"][CEILING][metric]["mean"], color=INK, lw=1.0, ls=":", label="draws of the truth")
