"""What was measured: tables of docs/results, each with the command that makes it again."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eitherway.compare.stats import caveat
from eitherway.report.league import DISTANCES, Entry, League
from eitherway.report.numbers import DASH
from eitherway.scaling import AXES, breaks

DOCS = Path(__file__).parents[1]
RESULTS = DOCS / "results"
ORIGINALS = RESULTS / "original.json"
PUSHED = ("max_reward", "final_coverage", "max_coverage")
GONE = ("mode_entropy", "mode_distance", "mode_distance_floor", "mode_switch_rate", "chunk_boundary_jump", "steps")
KNOWN = (*DISTANCES, "mode_error", "mode_coverage", "log_likelihood")
COLUMNS = ("success", *PUSHED, *GONE, *KNOWN, "nfe", "ms_per_decision", "train_seconds")  # those that a row measured
AGAIN = "*It is not here yet: `benchmarks/{}.sh` makes it and puts it here.*"


def numbers(words: str) -> str:
    """Rows of a benchmark's results, the jumper's unless it is named first: mean and 95 % interval over n trainings."""
    names = words.split()
    task = names.pop(0) if (DOCS.parent / "benchmarks" / f"{names[0]}.sh").is_file() else "jumper"
    file = RESULTS / f"{task}.json"
    if not file.is_file():
        return AGAIN.format(task)
    data = json.loads(file.read_text(encoding="utf-8"))
    league = League.of(data, COLUMNS)
    told = [intervals(data, league.seeds), league.agreement_told, *league.floors_told]
    told += [f"Made by `benchmarks/{task}.sh`{when(data)}:"]
    return "\n".join([*table(league, names), "", " ".join(filter(None, told)), "", f"```sh\n{league.command}\n```"])


def table(league: League, names: Sequence[str]) -> list[str]:
    """The lines of a table; of a recipe that was not measured yet none."""
    columns = [metric.name for metric in league.columns]
    head = ["| recipe | seeds | " + " | ".join(f"`{c}`" for c in columns) + " |", "|---" * (len(columns) + 2) + "|"]
    return [*head, *(row(league.entries[name], columns) for name in names if name in league.entries)]


def intervals(data: dict[str, Any], seeds: int) -> str:
    """What a table's intervals are over, and what so few trainings cannot say."""
    told = []
    if seeds == 1:
        told.append("Intervals of 95 % are over the starts of one training, and speak of it alone.")
    elif "summary" not in data or data.get("intervals") == "over trainings":  # a benchmark's own, or older code's
        told.append("Mean and 95 % Student interval over training seeds.")
    else:
        told.append("Mean and 95 % interval: over trainings and starts where starts have scores, else over trainings.")
    return " ".join([*told, f"{caveat(seeds)}."] if caveat(seeds) else told)


def when(data: dict[str, Any]) -> str:
    """The commit of a table that older code has made."""
    return f" at commit {data['commit']}" if "commit" in data else ""


def row(entry: Entry, columns: Sequence[str]) -> str:
    """One recipe's cells; a dash where a metric does not apply."""
    cells = [cell(entry.numbers[c].to_data()) if c in entry.numbers else DASH for c in columns]
    return f"| `{entry.name}` | {entry.n} | {' | '.join(cells)} |"


def cell(value: dict[str, float | None]) -> str:
    """A mean, and its interval where that is more than a point."""
    if value["low"] is None or value["low"] == value["high"]:
        return f"{value['mean']:,.0f}" if value["mean"] >= 1000 else f"{value['mean']:.3g}"  # type: ignore[operator]
    return f"{value['mean']:.3f} [{value['low']:.3f}, {value['high']:.3f}]"


def originals(_: str) -> str:
    """The notebook's mode against recipes of ours: mean and 95 % Student interval over seeds, and of the ratio."""
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
    keys = ["success", "w1", "mode_error", "mode_coverage"] + ["switches"] * (kinds == "nearest")
    head = ["| recipe | drawn with | " + " | ".join(f"`{k}`" for k in keys) + " |", "|---" * (len(keys) + 2) + "|"]
    rows = [f"| `{r['recipe']}` | {r['option']} | {' | '.join(cell(r[k]) for k in keys)} |" for r in shown]
    n = shown[0]["success"]["n"]
    told = f"Mean and 95 % Student interval over {n} training seeds, 10,000 states each{when(data)}."
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
        f"| {solver} | {grid} | {' | '.join(cell(found['w1']) if found else DASH for found in at)} |"
        for solver, grid in dict.fromkeys((s, g) for s, g, _ in rows)
        for at in [[rows.get((solver, grid, n)) for n in budgets]]
    ]
    seeds = data["rows"][0]["w1"]["n"]
    over = f"{seeds} training seeds, 10,000 states each{when(data)}"
    told = f"W₁ of `{training}`: mean and 95 % Student interval over {over}."
    return "\n".join([*head, *lines, "", told, "", f"```sh\n{data['command']}\n```"])


def scaling(name: str) -> str:
    """One axis of the sweep: the picture, and where each method breaks."""
    sweeps = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(RESULTS.glob("scaling*.json"))]
    data = next((sweep for sweep in sweeps if name in sweep["axes"]), None)
    if data is None:
        return AGAIN.format("scaling")
    values = [f"{value:,g}" for value, _ in data["axes"][name]]
    ends = {m: breaks(data, name, m) for m in data["recipes"]}
    broken = {value: [f"`{m}`" for m, end in ends.items() if end == value] for value, _ in data["axes"][name]}
    rows = [f"| {value:,g} | {', '.join(methods)} |" for value, methods in broken.items() if methods]
    rows.append(f"| none of {', '.join(values)} | {', '.join(f'`{m}`' for m, end in ends.items() if end is None)} |")
    shown = f"![{AXES[name].label}: every head](figures/scaling-{name}.png)"
    told = f"n = {len(data['seeds'])} training seed{'' if len(data['seeds']) == 1 else 's'}; made{when(data)} by:"
    head = [shown, "", f"| {name}, first broken at | methods |", "|---|---|"]
    return "\n".join([*head, *rows, "", told, "", f"```sh\n{data['command']}\n```"])


def ablations(effort: str) -> str:
    """The record recipe without each of its parts, trained for so much of its steps."""
    file = RESULTS / f"ablations-{effort}.json"
    if not file.is_file():
        return "*The table is not here yet: `benchmarks/ablations.py` makes it.*"
    data = json.loads(file.read_text(encoding="utf-8"))
    return held_against("variant", ("success", *PUSHED, "steps", "train_seconds"), data["rows"], data)


def execution(words: str) -> str:
    """What becomes of one training when its chunks are carried out, or drawn, otherwise; the run, then the recipe."""
    run, recipe = words.split()
    file = RESULTS / f"execution-{run}.json"
    if not file.is_file():
        return "*The table is not here yet: `benchmarks/execution.py` makes it.*"
    data = json.loads(file.read_text(encoding="utf-8"))
    rows = [r for r in data["rows"] if r["recipe"] == recipe]
    return held_against("execution", ("success", *PUSHED, *GONE), rows, data)


def held_against(title: str, keys: Sequence[str], rows: Sequence[dict[str, Any]], data: dict[str, Any]) -> str:
    """Rows that are held against the first of them, each named by its `title`."""
    keys = [k for k in keys if any(k in r for r in rows)]
    head = [f"| {title} | less success | " + " | ".join(f"`{k}`" for k in keys) + " |", "|---" * (len(keys) + 2) + "|"]
    lines = [
        f"| {r[title]} | {cell(r['behind'])} | {' | '.join(cell(r[k]) if k in r else DASH for k in keys)} |"
        for r in rows
    ]
    n = rows[0]["success"]["n"]
    trainings = "1 training" if n == 1 else f"{n} trainings"
    told = (
        f"{trainings} a row, {data['episodes']} episodes each; the second column is paired, on the same starts, with "
        f"the first row. {intervals(data, n)}"
    )
    told += f" Made{when(data)}:" if "commit" in data else ""
    return "\n".join([*head, *lines, "", told, "", f"```sh\n{data['command']}\n```"])


def latency(run: str) -> str:
    """How long one decision of each recipe of a run takes."""
    file = RESULTS / f"latency-{run}.json"
    if not file.is_file():
        return "*The table is not here yet: `benchmarks/latency.py` makes it.*"
    data = json.loads(file.read_text(encoding="utf-8"))
    head = ["| recipe | decisions | median, ms | 95th percentile, ms |", "|---|---|---|---|"]
    lines = [f"| `{r['recipe']}` | {r['calls']:,} | {cell(r['median'])} | {cell(r['p95'])} |" for r in data["rows"]]
    told = f"Means and 95 % Student intervals over {data['rounds']} rounds, in each of which every recipe has its turn."
    return "\n".join([*head, *lines, "", told, "", f"```sh\n{data['command']}\n```"])
