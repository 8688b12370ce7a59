"""The report: one self-contained page, made of a run folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure

from eitherway.compare.stats import CLAIM
from eitherway.files import whole_folder, write_text
from eitherway.metrics import DISTANCES, Floor
from eitherway.report import numbers
from eitherway.report.rows import Row, Run
from eitherway.report.show import Show
from eitherway.report.svg import inline, side_by_side, to_svg
from eitherway.report.tradeoff import costed, tradeoff
from eitherway.report.whiskers import WIDTH, distance_axis, success_axis

# Columns of the league table: metric, heading, what stands below it.
COLUMNS = (
    ("success", "success", "share, ↑"),
    ("invalid_mass", "invalid mass", "share on no way, ↓"),
    ("w1", "W₁", "to the law, ↓"),
    ("energy", "energy dist.", "to the law, ↓"),
    ("sliced_w1", "sliced W₁", "to the law, ↓"),
    ("way_error", "way error", "probability, ↓"),
    ("coverage", "coverage", "share of ways, ↑"),
    ("log_likelihood", "log-lik.", "nats, ↑"),
    ("nfe", "NFE", "network calls, ↓"),
    ("ms_per_decision", "ms", "per decision, ↓"),
    ("train_seconds", "training", "seconds, ↓"),
    ("parameters", "parameters", "numbers"),
)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A row with its pictures."""

    row: Row
    panels: list[Markup]
    stops: list[Markup]
    lines: Markup | None
    tally: Mapping[str, int]


def write_report(folder: Path) -> Path:
    """Writes figures/ and report.html into a run folder; the same run gives the same bytes. Returns the page's path."""
    run = Run.read(folder)
    with whole_folder(folder / "figures") as figures:
        page = environment().get_template("template.html").render(context(run, figures))
    place = folder / "report.html"
    write_text(place, page)
    return place


def environment() -> Environment:
    """Jinja with escaping on; a name that does not exist is an error."""
    loader = PackageLoader("eitherway", "report")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals.update(written=numbers.written, spread=numbers.spread, dash=numbers.DASH, width=WIDTH)
    return made


def columns(run: Run) -> list[tuple[str, str, str]]:
    """The table's columns, without the distances that do not apply to the task."""
    measured = {metric for row in run.rows for metric in row.numbers}
    return [column for column in COLUMNS if column[0] not in DISTANCES or column[0] in measured]


def context(run: Run, figures: Path) -> dict[str, Any]:
    """All that the template names."""
    show, quality = run.show, run.show.quality
    places = costed(run.rows, quality)
    floors = {name: Floor(**floor) for name, floor in run.results["floors"].items()}
    picture = tradeoff(places, floors.get(quality), quality)
    return {
        "run": run,
        "results": run.results,
        "columns": columns(run),
        "floors": floors,
        "least": floors.get(quality),
        "quality": quality,
        "seeds": len(run.results["seeds"]),
        "claim": CLAIM,
        "axes": {"success": success_axis(run), quality: distance_axis(run, quality)},
        "hidden": run.results.get("hidden", []),
        "demos": show.demonstrations,
        "states": max((len(row.drawn.x) for row in run.rows), default=0),
        "data_panels": draw_panels("data", show.panels(None), figures),
        "facts": show.facts(),
        "pictures": {name: keep(figures, name, to_svg(made), what) for name, (what, made) in show.pictures().items()},
        "tradeoff": keep(figures, "tradeoff", to_svg(picture), "quality against milliseconds") if places else None,
        "shown": [shown(row, show, figures) for row in run.rows],
    }


def shown(row: Row, show: Show, figures: Path) -> Shown:
    """Draws all pictures of a row."""
    found = None if row.way is None else show.lines(row.way)
    return Shown(
        row=row,
        panels=draw_panels(row.name, show.panels(row.drawn), figures),
        stops=[] if row.way is None else draw_panels(f"{row.name}-stops", show.stops(row.way), figures),
        lines=None
        if found is None
        else keep(figures, f"{row.name}-lines", to_svg(found[0]), f"{row.label}: lines from noise to actions"),
        tally={} if found is None else found[1],
    )


def draw_panels(name: str, panels: Mapping[str, Figure], figures: Path) -> list[Markup]:
    """Small pictures for the page, and as one file in figures/; none where there are none."""
    svgs = [to_svg(figure) for figure in panels.values()]
    if svgs:
        write_text(figures / f"{name}.svg", side_by_side(svgs))
    return [
        inline(svg, prefix=f"{name}-{i}", label=f"{name}: {what}")
        for i, (svg, what) in enumerate(zip(svgs, panels, strict=True))
    ]


def keep(figures: Path, name: str, svg: str, label: str) -> Markup:
    """A figure for the page, and as a file in figures/."""
    write_text(figures / f"{name}.svg", side_by_side([svg]))
    return inline(svg, prefix=name, label=label)
