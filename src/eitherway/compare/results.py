"""From recorded evidence to results.json: records, and a summary with intervals.

The schema (version 1) is described in docs/results.md.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import eitherway
from eitherway.compare.jobs import Plan, finished, record_folder
from eitherway.compare.record import CARD, load_evidence
from eitherway.compare.stats import student
from eitherway.compare.work import Failure, ready
from eitherway.files import read_json
from eitherway.metrics import METRICS, Floor, floor
from eitherway.parts import to_data
from eitherway.recipes import METHODS

SCHEMA = 1


def results(plan: Plan, folder: Path, failures: Sequence[Failure], command: str) -> dict[str, Any]:
    """Everything a reader may want to know, as plain data; the same evidence gives the same results."""
    done = [(name, seed) for name in plan.names() for seed in plan.seeds if finished(folder, plan, name, seed)]
    least: Floor | None = None
    records = []
    for name, seed in done:
        record, least = read_record(plan, folder, name, seed, least)
        records.append(record)
    return {
        "schema": SCHEMA,
        "eitherway": eitherway.__version__,
        "command": command,
        "task": {"name": plan.task_name, "options": {k: to_data(v) for k, v in plan.task.full().items()}},
        "seeds": list(plan.seeds),
        "floor": None if least is None else asdict(least),
        "metrics": [{k: getattr(m, k) for k in ("name", "better", "unit", "meaning")} for m in METRICS],
        "about": {n: {"label": n, "idea": METHODS[n].idea, "see": METHODS[n].see} for n in plan.recipes},
        "records": records,
        "failures": [asdict(f) for f in failures],
        "summary": summary(records),
    }


def read_record(
    plan: Plan, folder: Path, name: str, seed: int, least: Floor | None
) -> tuple[dict[str, Any], Floor | None]:
    """One record, and the floor at its states: all rows share these, so it is measured once and handed on."""
    place, task = record_folder(folder, name, seed), ready(plan.task)
    card, recipe = read_json(place / CARD), plan.recipes.get(name)
    spec = task.spec if recipe is None else task.spec.with_(recipe.history, recipe.horizon)
    seen = load_evidence(place, task, spec)
    least = least or floor(task, seen.obs)
    seen = replace(seen, floor=least)
    values = {m.name: m.read(seen) for m in METRICS}
    return {
        "recipe": name,
        "kind": "reference" if recipe is None else "recipe",
        "seed": seed,
        "hyper_parameters": card["recipe"],
        "versions": card["versions"],
        "metrics": {k: v for k, v in values.items() if v is not None and math.isfinite(v)},
    }, least


def summary(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """For each row and metric the mean over seeds, its 95 % Student interval and n."""
    values: dict[str, dict[str, list[float]]] = {}
    for record in records:
        row = values.setdefault(record["recipe"], {})
        for name, value in record["metrics"].items():
            row.setdefault(name, []).append(value)
    return {row: {m: student(v).to_data() for m, v in of.items()} for row, of in values.items()}
