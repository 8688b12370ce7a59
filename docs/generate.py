"""Rewrites the generated parts of the pages: all that stands between `<!-- generated: ... -->` and `<!-- end -->`.

python docs/generate.py                      from the source and from docs/results/jumper.json
python docs/generate.py --run runs/benchmark    takes results and figures from a run first
"""

import argparse
import inspect
import json
import re
import shutil
from pathlib import Path
from pydoc import locate
from typing import Any, get_args, get_origin

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from eitherway.make import Make, hints, readable, schema
from eitherway.metrics import METRICS
from eitherway.parts import PARTS
from eitherway.recipes import METHODS
from eitherway.report import four_panel
from eitherway.report.figures import SIZE, Landings, draw_scatter
from eitherway.report.look import STYLE
from eitherway.tasks import Jumper

DOCS = Path(__file__).parent
PAGES = [DOCS.parent / "README.md", *sorted(DOCS.rglob("*.md"))]
RESULTS, FIGURES = DOCS / "results" / "jumper.json", DOCS / "figures"
ORIGINALS = DOCS / "results" / "original.json"
PART = re.compile(  # a fence of four is left alone: it shows a page, and is none
    r"^````.*?^````$|(<!-- generated: (\w+) ?([^\n]*?) ?-->\n).*?(<!-- end -->)", re.DOTALL | re.MULTILINE
)
OPTION = re.compile(r"^ +(\w+): .*=.*#\s*(.+)$", re.MULTILINE)  # an option of a signature with its trailing comment
FRONT = {"mse": "squared error", "mae": "absolute error", "flow": "flow matching"}  # on the front page
COLUMNS = ("success", "w1", "way_error", "coverage", "log_likelihood", "nfe", "ms_per_decision", "train_seconds")
AGAIN = "`benchmarks/jumper.sh` makes it, and `python docs/generate.py --run runs/benchmark` puts it here."


def code(name: str) -> str:
    """The source of a class, function or module, and a link to its file."""
    found: Any = locate(f"eitherway.{name}")
    place = "src/eitherway/" + Path(inspect.getfile(found)).as_posix().split("/eitherway/")[-1]
    return f"[{place}](../../{place}):\n\n```python no-run\n{inspect.getsource(found).strip()}\n```"


def options(name: str) -> str:
    """A class's options as a table: the signature with the remarks that stand beside it."""
    cls: Any = locate(f"eitherway.{name}")
    remarks = dict(OPTION.findall(inspect.getsource(cls)))
    kinds = {option: kind(hints(cls).get(option, object)) for option in schema(cls)}
    rows = [f"| `{o}` | {kinds[o]} | `{default!r}` | {remarks.get(o, '')} |" for o, default in schema(cls).items()]
    return "\n".join([f"| `{cls.__name__}` | kind | default | remark |", "|---|---|---|---|", *rows])


def kind(hint: object) -> str:
    """A type for a table; for a `Make`, the classes that may be chosen."""
    if get_origin(hint) is not Make:
        return readable(hint).replace("|", "or")
    (base,) = get_args(hint)
    concrete = [n for n, c in PARTS.items() if inspect.isclass(c) and issubclass(c, base) and not inspect.isabstract(c)]
    return " or ".join(f"`{n}`" for n in sorted(concrete))


def metrics(_: str) -> str:
    """All metrics as a table."""
    rows = [f"| `{m.name}` | {m.better} | {m.unit} | {m.meaning.replace('|', chr(92) + '|')} |" for m in METRICS]
    return "\n".join(["| key | better | unit | meaning |", "|---|---|---|---|", *rows])


def figure(name: str) -> str:
    """A recipe's picture with the sentence on what to see."""
    shown = f"![{name}: four panels](../figures/{name}.png)" if (FIGURES / f"{name}.png").is_file() else ""
    return f"{shown or f'*The picture is not here yet: {AGAIN}*'}\n\n`{name}`: {METHODS[name].see}"


def numbers(names: str) -> str:
    """Rows of the results: mean and 95 % Student interval over n training seeds."""
    if not RESULTS.is_file():
        return f"*The table is not here yet: {AGAIN}*"
    data = json.loads(RESULTS.read_text(encoding="utf-8"))
    rows = [row(n, data["summary"][n]) for n in names.split() if n in data["summary"]]
    head = ["| recipe | seeds | " + " | ".join(f"`{c}`" for c in COLUMNS) + " |", "|---" * (len(COLUMNS) + 2) + "|"]
    floor = "W₁ of the law's own draws: {mean:.3f}, sd {sd:.3f} over {n} sets.".format(**data["floor"])
    told = f"Mean and 95 % Student interval over training seeds. {floor} Made by `benchmarks/jumper.sh`:"
    return "\n".join([*head, *rows, "", told, "", f"```sh\n{data['command']}\n```"])


def row(name: str, values: dict[str, Any]) -> str:
    """One recipe's cells; a dash where a metric does not apply."""
    seeds = max(v["n"] for v in values.values())
    return f"| `{name}` | {seeds} | {' | '.join(cell(values[c]) if c in values else '–' for c in COLUMNS)} |"


def cell(value: dict[str, float | None]) -> str:
    """A mean, and its interval where that is more than a point."""
    if value["low"] is None or value["low"] == value["high"]:
        return f"{value['mean']:.3g}"
    return f"{value['mean']:.3f} [{value['low']:.3f}, {value['high']:.3f}]"


def originals(_: str) -> str:
    """The notebook's way against recipes of ours: mean and 95 % Student interval over seeds, and of the ratio."""
    if not ORIGINALS.is_file():
        return "*The table is not here yet: `benchmarks/original.py` makes it.*"
    data = json.loads(ORIGINALS.read_text(encoding="utf-8"))
    keys = [f"{who}_{key}" for key in ("success", "w1", "train_seconds") for who in ("notebook", "ours")] + ["ratio"]
    head = "| recipe | seeds | " + " | ".join(k.replace("_", " ") for k in keys) + " |"
    rows = [
        f"| `{name}` | {row['ratio']['n']} | {' | '.join(cell(row[k]) for k in keys)} |"
        for name, row in data["rows"].items()
    ]
    return "\n".join([head, "|---" * (len(keys) + 2) + "|", *rows, "", f"```sh\n{data['command']}\n```"])


MAKERS = {f.__name__: f for f in (code, options, metrics, figure, numbers, originals)}


def generated(page: str) -> str:
    """The page with all its generated parts made anew."""
    return PART.sub(lambda m: f"{m[1]}{MAKERS[m[2]](m[3])}\n{m[4]}" if m[1] else m[0], page)


def take(run: Path) -> None:
    """Copies a run's results, and draws the picture of every recipe that a page shows."""
    for folder in (RESULTS.parent, FIGURES):
        folder.mkdir(exist_ok=True)
    shutil.copyfile(run / "results.json", RESULTS)
    for name in sorted({m[3] for p in PAGES for m in PART.finditer(p.read_text()) if m[2] == "figure"}):
        drawn = np.load(run / name / "seed-0" / "draws.npz")
        four_panel(*Jumper().pairs("train"), (drawn["s"], drawn["x"]), title=name).savefig(FIGURES / f"{name}.png")
    overview(run).savefig(FIGURES / "overview.png", dpi=120)


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
    if run := parser.parse_args().run:
        take(run)
    for page in PAGES:
        page.write_text(generated(page.read_text(encoding="utf-8")), encoding="utf-8")
