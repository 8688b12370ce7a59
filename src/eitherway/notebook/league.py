"""The published results in the notebook: a table, a league by one metric, and quality against milliseconds."""

from collections.abc import Sequence

import matplotlib
import numpy as np
from IPython.display import Markdown
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eitherway.compare.schema import Results
from eitherway.compare.stats import Interval
from eitherway.files import read_as
from eitherway.metrics import METRICS
from eitherway.notebook.display import WIDTH
from eitherway.notebook.packaged import published
from eitherway.recipes import Stroke
from eitherway.report.league import Entry, League
from eitherway.report.numbers import DASH, estimate, written
from eitherway.report.style import DATA, INK, RULE, STYLE, plain_numbers, stroke
from eitherway.report.tradeoff import COST, QUALITY, Place
from eitherway.report.tradeoff import tradeoff as draw_tradeoff

SHOWN = "success", "w1", "mode_error", "mode_coverage", "log_likelihood", "nfe", "ms_per_decision", "train_seconds"
CEILING = "truth"  # the row of the distribution's own draws
REFERENCE = Stroke(INK, marker="s")  # drawn empty, for it was not trained


def read_results() -> Results:
    """Reads the published results: every recipe, five trainings each, as `docs/results/jumper.json` has them."""
    return read_as(published("docs/results/jumper.json"), Results)


def table(results: Results, methods: Sequence[str]) -> Markdown:
    """Returns a table with a row for each method: mean ± margin of its 95 % interval; floor and command below."""
    league = League.of(results, SHOWN)
    head = "| method | " + " | ".join(f"{m.heading} {m.arrow}" for m in league.columns) + " |"
    rows = [
        f"| {e.name} | " + " | ".join(cell(e, m.name) for m in league.columns) + " |" for e in rows_of(league, methods)
    ]
    return Markdown("\n".join([head, "|:--|" + "--:|" * len(league.columns), *rows, "", caption(league)]))


def rows_of(league: League, methods: Sequence[str] | None) -> list[Entry]:
    """Returns the rows of these methods, or all."""
    for name in methods or ():
        if name not in league.entries:
            raise ValueError(f"the results have no row {name!r}; they have: {', '.join(league.entries)}")
    return [league.entries[name] for name in (league.entries if methods is None else methods)]


def cell(entry: Entry, metric: str) -> str:
    """Formats a mean and its margin; a dash where the metric does not apply."""
    return estimate(metric, entry.numbers[metric]) if metric in entry.numbers else DASH


def caption(league: League) -> str:
    """Returns the table's caption: what the numbers are over, what to hold them against, and how to make them again."""
    told = [f"Mean ± margin of its 95 % interval, {league.over}."]
    told += [f"{league.caveat}."] if league.caveat else []
    told += [league.agreement_told] if league.agreement_told else []
    return " ".join([*told, *league.floors_told, f"Made by `{league.command}`."])


def quality_against_cost(results: Results, methods: Sequence[str] | None = None) -> Figure:
    """Draws Wasserstein-1 over milliseconds per decision, each method in its colour."""
    league = League.of(results)
    places = [
        Place(entry.name, False, entry.numbers[COST], entry.numbers[QUALITY], stroke(entry.name))
        for entry in rows_of(league, methods)
        if COST in entry.numbers and QUALITY in entry.numbers
    ]
    return draw_tradeoff(places, league.floors.get(QUALITY))


def standings(results: Results, metric: str = "w1", methods: Sequence[str] | None = None) -> Figure:
    """Draws a league by one metric, best on top: seeds as dots, mean and 95 % whisker, and the best there can be."""
    league = League.of(results)
    known = [e for e in rows_of(league, methods) if metric in e.numbers and (methods or not e.reference)]
    if not known:
        raise ValueError(f"no method has the metric {metric!r}; there are: {', '.join(METRICS)}")
    sign = -1 if METRICS[metric].better == "higher" else 1
    order = sorted(known, key=lambda entry: -sign * entry.numbers[metric].mean)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 0.9 + 0.26 * len(order)), layout="constrained")
        axes = figure.subplots()
        draw_best(axes, league, metric)
        for height, entry in enumerate(order):
            how = REFERENCE if entry.reference else stroke(entry.name)
            draw_row(axes, height, how, entry.numbers[metric], seeds(results, entry.name, metric))
        labels = [f"{entry.name}   {written(metric, entry.numbers[metric].mean)}" for entry in order]
        axes.set_yticks(range(len(order)), labels)
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


def draw_best(axes: Axes, league: League, metric: str) -> None:
    """Draws the floor of the distance, or what draws of the distribution score."""
    truth = league.entries.get(CEILING)
    if metric == QUALITY and QUALITY in league.floors:
        axes.axvspan(*league.floors[QUALITY].band, color=DATA, alpha=0.25, lw=0, label="floor ± 2 sd")
        axes.set_xscale("log")
        plain_numbers(axes.xaxis)
    elif truth is not None and metric in truth.numbers:
        axes.axvline(truth.numbers[metric].mean, color=INK, lw=1.0, ls=":", label="draws of the truth")
