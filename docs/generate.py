"""Rewrites the generated parts of the pages: all that stands between `<!-- generated: ... -->` and `<!-- end -->`.

python docs/generate.py                          from the source and from docs/results
python docs/generate.py --run runs/benchmark     takes results and figures from a comparison first
python docs/generate.py --scaling runs/scaling   takes results and figures from a sweep first
"""

import argparse
import json
import re
import shutil
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from eitherway.recipes import METHODS
from eitherway.report import four_panel
from eitherway.report.figures import SIZE, Landings, draw_scatter
from eitherway.report.style import STYLE
from eitherway.scaling import SCALING
from eitherway.scaling.figures import picture
from eitherway.tasks import Jumper
from makers.coverage import covered
from makers.source import code, file, kinds, metrics, options
from makers.tables import (
    AGAIN,
    DOCS,
    RESULTS,
    ablations,
    drawing,
    execution,
    latency,
    numbers,
    originals,
    scaling,
    solvers,
)

PAGES = [DOCS.parent / "README.md", *sorted(DOCS.rglob("*.md"))]
FIGURES = DOCS / "figures"
PART = re.compile(  # a fence of four is left alone: it shows a page, and is none
    r"^````.*?^````$|(<!-- generated: (\w+) ?([^\n]*?) ?-->\n).*?(<!-- end -->)", re.DOTALL | re.MULTILINE
)
FRONT = {"mse": "squared error", "mae": "absolute error", "flow": "flow matching"}  # on the front page


def figure(name: str) -> str:
    """A recipe's picture with the sentence on what to see."""
    shown = f"![{name}: four panels](../figures/{name}.png)" if (FIGURES / f"{name}.png").is_file() else ""
    return f"{shown or AGAIN.format('jumper')}\n\n`{name}`: {METHODS[name].see}"


MADE = (
    *(
        code,
        file,
        options,
        metrics,
        kinds,
        figure,
        numbers,
        originals,
        drawing,
        solvers,
        scaling,
        ablations,
        execution,
        latency,
    ),
    covered,
)
MAKERS = {f.__name__: f for f in MADE}


def generated(page: str) -> str:
    """The page with all its generated parts made anew."""
    return PART.sub(lambda m: f"{m[1]}{MAKERS[m[2]](m[3])}\n{m[4]}" if m[1] else m[0], page)


def take(run: Path, name: str | None) -> None:
    """Copies a comparison's results; of the jumper's, draws the picture of every recipe that a page shows."""
    for folder in (RESULTS, FIGURES):
        folder.mkdir(exist_ok=True)
    task = json.loads((run / "results.json").read_text(encoding="utf-8"))["task"]["name"]
    shutil.copyfile(run / "results.json", RESULTS / f"{name or task}.json")
    if task == "jumper":
        for name in sorted({m[3] for p in PAGES for m in PART.finditer(p.read_text()) if m[2] == "figure"}):
            drawn = np.load(run / name / "seed-0" / "draws.npz")
            four_panel(*Jumper().pairs("train"), (drawn["s"], drawn["x"]), title=name).savefig(FIGURES / f"{name}.png")
        overview(run).savefig(FIGURES / "overview.png", dpi=120)


def take_scaling(sweep: Path) -> None:
    """Copies a sweep's results under its folder's name, and draws the picture of every axis."""
    shutil.copyfile(sweep / SCALING, RESULTS / f"{sweep.name}.json")
    data = json.loads((sweep / SCALING).read_text(encoding="utf-8"))
    for axis in data["axes"]:
        picture(data, axis).savefig(FIGURES / f"scaling-{axis}.png", dpi=100)


def overview(run: Path) -> Figure:
    """Three methods over the demonstrations: the picture of the front page."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(3 * SIZE[0], SIZE[1] + 0.3), layout="constrained")
        for axes, (name, title) in zip(figure.subplots(1, 3), FRONT.items(), strict=True):
            drawn = np.load(run / name / "seed-0" / "draws.npz")
            draw_scatter(axes, Landings.of(*Jumper().pairs("train")), Landings.of(drawn["s"], drawn["x"]))
            axes.set(title=f"{title} ({name})", ylabel="landing x")
    return figure


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Rewrites the generated parts of the pages.")
    parser.add_argument("--run", type=Path, help="take results and figures from this run folder first")
    parser.add_argument("--name", help="what to call the results of --run (default: the task's name)")
    parser.add_argument("--scaling", type=Path, help="take results and figures from this sweep first")
    given = parser.parse_args()
    if given.run:
        take(given.run, given.name)
    if given.scaling:
        take_scaling(given.scaling)
    for page in PAGES:
        page.write_text(generated(page.read_text(encoding="utf-8")), encoding="utf-8")
