"""The report: one self-contained page, made of a run folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from eitherway.compare.stats import CLAIM
from eitherway.files import whole_folder, write_text
from eitherway.metrics.base import Floor
from eitherway.report import numbers
from eitherway.report.figures import Landings, panels
from eitherway.report.refining import Way, histogram, lines, tally
from eitherway.report.rows import Row, Run
from eitherway.report.slice import SLICE, slice_of, slice_picture
from eitherway.report.svg import inline, side_by_side, to_svg
from eitherway.report.tradeoff import costed, tradeoff
from eitherway.report.whiskers import WIDTH, success_axis, w1_axis
from eitherway.tasks import Jumper
from eitherway.tasks.jumper.law import safe

PANELS = ("landings over starts", "density of all landings", "density given s < 0", "density given s > 0")

# Columns of the league table: metric, heading, what stands below it.
COLUMNS = (
    ("success", "success", "share, ↑"),
    ("invalid_mass", "invalid mass", "share in obstacle, ↓"),
    ("w1", "W₁", "to the law, ↓"),
    ("way_error", "way error", "probability, ↓"),
    ("coverage", "coverage", "share of ways, ↑"),
    ("log_likelihood", "log-lik.", "nats, ↑"),
    ("nfe", "NFE", "network calls, ↓"),
    ("ms_per_decision", "ms", "per decision, ↓"),
    ("train_seconds", "training", "seconds, ↓"),
    ("parameters", "parameters", "numbers"),
)


# Options of the task that disturb its demonstrations, and what they are.
NOISE: Mapping[str, str] = {
    "state_noise": "standard deviation of the error in the recorded start",
    "action_noise": "standard deviation of the error in the recorded landing",
    "wrong": "share of the landings that are anywhere in the obstacle instead",
}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A row with its pictures."""

    row: Row
    panels: list[Markup]
    stops: list[Markup]
    lines: Markup | None
    tally: dict[str, int]


def write_report(folder: Path) -> Path:
    """Writes figures/ and report.html into a run folder; the same run gives the same bytes. Returns the page's path."""
    run = Run.read(folder)
    data = demonstrations(run)
    with whole_folder(folder / "figures") as figures:
        page = environment().get_template("template.html").render(context(run, data, figures))
    place = folder / "report.html"
    write_text(place, page)
    return place


def environment() -> Environment:
    """Jinja with escaping on; a name that does not exist is an error."""
    loader = PackageLoader("eitherway", "report")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals.update(written=numbers.written, spread=numbers.spread, dash=numbers.DASH, columns=COLUMNS, width=WIDTH)
    return made


def demonstrations(run: Run) -> Landings:
    """The training data that lie behind every method."""
    if not isinstance(run.task, Jumper):
        raise ValueError(f"the report shows the jumper, not {run.results['task']['name']!r}")
    s, x = run.task.pairs("train")
    return Landings.of(s, x)


def context(run: Run, data: Landings, figures: Path) -> dict[str, Any]:
    """All that the template names."""
    places, known = costed(run.rows), run.results["floor"]
    least = Floor(**known) if known else None
    return {
        "run": run,
        "results": run.results,
        "least": least,
        "seeds": len(run.results["seeds"]),
        "claim": CLAIM,
        "axes": {"success": success_axis(run), "w1": w1_axis(run)},
        "noise": [(name, getattr(run.task, name), what) for name, what in NOISE.items() if getattr(run.task, name)],
        "hidden": run.results.get("hidden", []),
        "demos": len(data.x),
        "states": max((len(row.drawn.x) + row.drawn.missing for row in run.rows), default=0),
        "data_panels": draw_panels("data", data, None, figures),
        "slice": describe_slice(data),
        "slice_picture": keep(figures, "slice", to_svg(slice_picture(data)), "landings from nearly the same start")
        if len(slice_of(data).x)
        else None,
        "tradeoff": keep(figures, "tradeoff", to_svg(tradeoff(places, least)), "quality against milliseconds")
        if places
        else None,
        "shown": [show(row, data, figures) for row in run.rows],
    }


def describe_slice(data: Landings) -> dict[str, Any] | None:
    """What the page says of the landings from nearly the same start; None where there are none."""
    x = slice_of(data).x
    if len(x) == 0:
        return None
    middles = {"mean": float(x.mean()), "median": float(np.median(x))}
    verdicts = {f"{name}_safe": bool(safe(np.array([value]))[0]) for name, value in middles.items()}
    return {"bounds": SLICE, "n": len(x), "safe": int(safe(x).sum()), **middles, **verdicts}


def show(row: Row, data: Landings, figures: Path) -> Shown:
    """Draws all pictures of a row."""
    way = row.way
    return Shown(
        row=row,
        panels=draw_panels(row.name, data, row.drawn, figures),
        stops=[] if way is None else draw_stops(row, way, data, figures),
        lines=None
        if way is None
        else keep(figures, f"{row.name}-lines", to_svg(lines(way)), f"{row.label}: lines from noise to actions"),
        tally={} if way is None else tally(way),
    )


def draw_panels(name: str, data: Landings, drawn: Landings | None, figures: Path) -> list[Markup]:
    """The four panels for the page, and as one file in figures/."""
    svgs = [to_svg(figure) for figure in panels(data, drawn)]
    write_text(figures / f"{name}.svg", side_by_side(svgs))
    return [
        inline(svg, prefix=f"{name}-{i}", label=f"{name}: {what}")
        for i, (svg, what) in enumerate(zip(svgs, PANELS, strict=True))
    ]


def draw_stops(row: Row, way: Way, data: Landings, figures: Path) -> list[Markup]:
    """The histograms from noise to actions for the page, and as one file in figures/."""
    svgs = [to_svg(histogram(way, stop, data.x)) for stop in way.stops()]
    write_text(figures / f"{row.name}-stops.svg", side_by_side(svgs))
    return [
        inline(svg, prefix=f"{row.name}-stop{i}", label=f"{row.label}: draws at step {stop}")
        for i, (svg, stop) in enumerate(zip(svgs, way.stops(), strict=True))
    ]


def keep(figures: Path, name: str, svg: str, label: str) -> Markup:
    """A figure for the page, and as a file in figures/."""
    write_text(figures / f"{name}.svg", side_by_side([svg]))
    return inline(svg, prefix=name, label=label)
