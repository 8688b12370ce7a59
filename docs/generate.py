"""Rewrites the generated parts of the pages: all that stands between `<!-- generated: ... -->` and `<!-- end -->`.

python docs/generate.py                          from the source and from docs/results
python docs/generate.py --run runs/benchmark     takes results and figures from a comparison first
python docs/generate.py --scaling runs/scaling   takes results and figures from a sweep first
"""

import argparse
import inspect
import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from pydoc import locate
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from eitherway.make import Make, hints, readable, schema
from eitherway.metrics import DISTANCES, METRICS
from eitherway.parts import PARTS
from eitherway.recipes import METHODS
from eitherway.report import four_panel
from eitherway.report.figures import SIZE, Landings, draw_scatter
from eitherway.report.look import STYLE
from eitherway.scaling import AXES, SCALING, breaks
from eitherway.scaling.pictures import picture
from eitherway.tasks import TASKS, Jumper

DOCS = Path(__file__).parent
PAGES = [DOCS.parent / "README.md", *sorted(DOCS.rglob("*.md"))]
RESULTS, FIGURES = DOCS / "results", DOCS / "figures"
ORIGINALS = DOCS / "results" / "original.json"
PART = re.compile(  # a fence of four is left alone: it shows a page, and is none
    r"^````.*?^````$|(<!-- generated: (\w+) ?([^\n]*?) ?-->\n).*?(<!-- end -->)", re.DOTALL | re.MULTILINE
)
OPTION = re.compile(r"^ +(\w+): .*=.*#\s*(.+)$", re.MULTILINE)  # an option of a signature with its trailing comment
FRONT = {"mse": "squared error", "mae": "absolute error", "flow": "flow matching"}  # on the front page
COLUMNS = ("success", *DISTANCES, "way_error", "coverage", "log_likelihood", "nfe", "ms_per_decision", "train_seconds")
AGAIN = "*It is not here yet: `benchmarks/{}.sh` makes it and puts it here.*"
WORDS = {"w1": "W₁", "energy": "Energy distance", "sliced_w1": "Sliced W₁"}


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
    parts = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return " or ".join("None" if part is NoneType else chosen(part) for part in parts)


def chosen(hint: object) -> str:
    """One of a type's parts."""
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
    return f"{shown or AGAIN.format('jumper')}\n\n`{name}`: {METHODS[name].see}"


def numbers(words: str) -> str:
    """Rows of a task's results, the jumper's unless it is named first: mean and 95 % interval over n trainings."""
    names = words.split()
    task = names.pop(0) if names[0] in TASKS else "jumper"
    file = RESULTS / f"{task}.json"
    if not file.is_file():
        return AGAIN.format(task)
    data = json.loads(file.read_text(encoding="utf-8"))
    floors = data.get("floors", {"w1": data["floor"]})
    columns = [c for c in COLUMNS if c not in DISTANCES or c in floors]
    rows = [row(n, data["summary"][n], columns) for n in names if n in data["summary"]]
    head = ["| recipe | seeds | " + " | ".join(f"`{c}`" for c in columns) + " |", "|---" * (len(columns) + 2) + "|"]
    own = "{} of the law's own draws: {mean:.3f}, sd {sd:.3f} over {n} sets."
    told = " ".join(own.format(WORDS[d], **floors[d]) for d in DISTANCES if d in floors)
    told = f"Mean and 95 % Student interval over training seeds. {told} Made by `benchmarks/{task}.sh`:"
    return "\n".join([*head, *rows, "", told, "", f"```sh\n{data['command']}\n```"])


def row(name: str, values: dict[str, Any], columns: Sequence[str]) -> str:
    """One recipe's cells; a dash where a metric does not apply."""
    seeds = max(v["n"] for v in values.values())
    return f"| `{name}` | {seeds} | {' | '.join(cell(values[c]) if c in values else '–' for c in columns)} |"


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


def drawing(kinds: str) -> str:
    """What drawing options do: means and 95 % Student intervals over training seeds."""
    file = DOCS / "results" / "drawing.json"
    if not file.is_file():
        return "*The table is not here yet: `benchmarks/drawing.py` makes it.*"
    data = json.loads(file.read_text(encoding="utf-8"))
    shown = [row for row in data["rows"] if row["option"].split()[0] in kinds.split()]
    keys = ["success", "w1", "way_error", "coverage"] + ["switches"] * (kinds == "nearest")
    head = ["| recipe | drawn with | " + " | ".join(f"`{k}`" for k in keys) + " |", "|---" * (len(keys) + 2) + "|"]
    rows = [f"| `{r['recipe']}` | {r['option']} | {' | '.join(cell(r[k]) for k in keys)} |" for r in shown]
    told = f"Mean and 95 % Student interval over {shown[0]['success']['n']} training seeds, 10,000 states each."
    return "\n".join([*head, *rows, "", told, "", f"```sh\n{data['command']}\n```"])


def solvers(training: str) -> str:
    """What evaluations are worth, solver by solver: W₁ at each budget with its 95 % Student interval."""
    file = RESULTS / "solvers.json"
    if not file.is_file():
        return "*The table is not here yet: `benchmarks/solvers.py` makes it.*"
    data = json.loads(file.read_text(encoding="utf-8"))
    rows = {(r["solver"], r["grid"], r["budget"]): r for r in data["rows"] if r["training"] == training}
    budgets = sorted({budget for _, _, budget in rows})
    head = [
        f"| solver | stops | {' | '.join(f'{n} evaluations' for n in budgets)} |",
        "|---" * (len(budgets) + 2) + "|",
    ]
    lines = [
        f"| {solver} | {grid} | {' | '.join(cell(found['w1']) if found else '–' for found in at)} |"
        for solver, grid in dict.fromkeys((s, g) for s, g, _ in rows)
        for at in [[rows.get((solver, grid, n)) for n in budgets]]
    ]
    seeds = data["rows"][0]["w1"]["n"]
    told = f"W₁ of `{training}`: mean and 95 % Student interval over {seeds} training seeds, 10,000 states each."
    return "\n".join([*head, *lines, "", told, "", f"```sh\n{data['command']}\n```"])


def scaling(name: str) -> str:
    """One axis of the sweep: the picture, and where each method breaks."""
    file = RESULTS / SCALING
    data = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {"axes": {}}
    if name not in data["axes"]:
        return AGAIN.format("scaling")
    values = [f"{value:,g}" for value, _ in data["axes"][name]]
    ends = {m: breaks(data, name, m) for m in data["recipes"]}
    broken = {value: [f"`{m}`" for m, end in ends.items() if end == value] for value, _ in data["axes"][name]}
    rows = [f"| {value:,g} | {', '.join(methods)} |" for value, methods in broken.items() if methods]
    rows.append(f"| none of {', '.join(values)} | {', '.join(f'`{m}`' for m, end in ends.items() if end is None)} |")
    shown = f"![{AXES[name].label}: every head](figures/scaling-{name}.png)"
    told = f"n = {len(data['seeds'])} training seed{'' if len(data['seeds']) == 1 else 's'}; made by:"
    head = [shown, "", f"| {name}, first broken at | methods |", "|---|---|"]
    return "\n".join([*head, *rows, "", told, "", f"```sh\n{data['command']}\n```"])


MAKERS = {f.__name__: f for f in (code, options, metrics, figure, numbers, originals, drawing, solvers, scaling)}


def generated(page: str) -> str:
    """The page with all its generated parts made anew."""
    return PART.sub(lambda m: f"{m[1]}{MAKERS[m[2]](m[3])}\n{m[4]}" if m[1] else m[0], page)


def take(run: Path) -> None:
    """Copies a comparison's results; of the jumper's, draws the picture of every recipe that a page shows."""
    for folder in (RESULTS, FIGURES):
        folder.mkdir(exist_ok=True)
    task = json.loads((run / "results.json").read_text(encoding="utf-8"))["task"]["name"]
    shutil.copyfile(run / "results.json", RESULTS / f"{task}.json")
    if task == "jumper":
        for name in sorted({m[3] for p in PAGES for m in PART.finditer(p.read_text()) if m[2] == "figure"}):
            drawn = np.load(run / name / "seed-0" / "draws.npz")
            four_panel(*Jumper().pairs("train"), (drawn["s"], drawn["x"]), title=name).savefig(FIGURES / f"{name}.png")
        overview(run).savefig(FIGURES / "overview.png", dpi=120)


def take_scaling(sweep: Path) -> None:
    """Copies a sweep's results, and draws the picture of every axis."""
    shutil.copyfile(sweep / SCALING, RESULTS / SCALING)
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
    parser.add_argument("--scaling", type=Path, help="take results and figures from this sweep first")
    given = parser.parse_args()
    if given.run:
        take(given.run)
    if given.scaling:
        take_scaling(given.scaling)
    for page in PAGES:
        page.write_text(generated(page.read_text(encoding="utf-8")), encoding="utf-8")
