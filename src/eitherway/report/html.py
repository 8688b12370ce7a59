"""The report: one self-contained page, made of a run folder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from eitherway.evaluation.data import Floor
from eitherway.files import whole_folder, write_text
from eitherway.report import numbers
from eitherway.report.figure_files import FigureFiles
from eitherway.report.intervals import WIDTH, quality_axis, success_axis
from eitherway.report.learning_curves import learning_curves
from eitherway.report.row import Row
from eitherway.report.rows import Run
from eitherway.report.tradeoff import Place, costed, tradeoff
from eitherway.report.view import View


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A row with its panels, and the further variables of its kind's template."""

    row: Row
    panels: list[Markup]
    more: Mapping[str, Any]


def write_report(folder: Path) -> Path:
    """Writes figures/ and report.html into a run folder; the same run gives the same bytes. Returns the page's path."""
    run = Run.read(folder)
    with whole_folder(folder / "figures") as figures:
        page = environment().get_template("template.html").render(context(run, FigureFiles(figures)))
    place = folder / "report.html"
    write_text(place, page)
    return place


def environment() -> Environment:
    """Returns the Jinja environment, with escaping on; a name that does not exist is an error."""
    loader = PackageLoader("eitherway", "report")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals.update(written=numbers.written, spread=numbers.spread, dash=numbers.DASH, width=WIDTH)
    return made


def context(run: Run, files: FigureFiles) -> dict[str, Any]:
    """Returns all variables of the template."""
    view, metric = run.view, run.view.quality.metric
    places, least = costed(run.rows, metric), run.league.floors.get(metric)
    return {
        "run": run,
        "results": run.results,
        "league": run.league,
        "least": least,
        "quality": metric,
        "axes": {"success": success_axis(run), metric: quality_axis(run)},
        "hidden": run.results.get("hidden", []),
        "demos": view.demonstrations,
        "trials": max((view.trials(row.seen) for row in run.rows), default=0),
        "data_panels": files.panels("data", view.panels(None)),
        "facts": view.facts(),
        "pictures": {name: files.keep(name, made, what) for name, (what, made) in view.pictures().items()},
        "tradeoff": draw_tradeoff(run, places, least, files) if places else None,
        "shown": [shown(row, view, files) for row in run.rows],
        "together": view.together(run.rows),
        "learning": learning_curves(run.methods, files),
    }


def draw_tradeoff(run: Run, places: Sequence[Place], least: Floor | None, files: FigureFiles) -> Markup:
    """Draws the figure of quality against milliseconds."""
    return files.keep("tradeoff", tradeoff(places, least, run.view.quality), "quality against milliseconds")


def shown(row: Row, view: View[Any], files: FigureFiles) -> Shown:
    """Draws all figures of a row."""
    return Shown(row=row, panels=files.panels(row.name, view.panels(row.seen)), more=view.more(row, files))
