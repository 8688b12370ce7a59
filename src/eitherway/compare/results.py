"""From recorded evidence to results.json: records, and a summary with intervals.

The schema (version 1) is described in docs/results.md.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

import eitherway
from eitherway.compare.jobs import Plan, finished, ready, record_folder
from eitherway.compare.pairs import difference, ranks
from eitherway.compare.record import CARD, load_evidence
from eitherway.compare.stats import student
from eitherway.compare.work import Failure
from eitherway.files import read_json
from eitherway.metrics import METRICS, Evidence, Floor, floors
from eitherway.parts import leaves, to_data
from eitherway.recipe import Recipe
from eitherway.recipes import METHODS

SCHEMA = 1


def results(plan: Plan, folder: Path, failures: Sequence[Failure], command: str) -> dict[str, Any]:
    """Everything a reader may want to know, as plain data; the same evidence gives the same results."""
    done = [(name, seed) for name in plan.names() for seed in plan.seeds if finished(folder, plan, name, seed)]
    least: dict[str, Floor] = {}
    records, more = [], list(failures)
    scores: dict[str, dict[str, list[np.ndarray]]] = {}  # by metric and row, one array of episodes a seed
    for name, seed in done:
        seen = read_evidence(plan, folder, name, seed)
        least = least or floors(seen.task, seen.obs)  # all rows share these states
        record = read_record(plan, folder, name, seed, replace(seen, floors=least))
        for metric, each in episodes(seen).items():
            scores.setdefault(metric, {}).setdefault(name, []).append(each)
        records.append(record)
        wrong = [k for k, v in record["metrics"].items() if not math.isfinite(v)]
        more += [Failure(recipe=name, seed=seed, step=None, reason=f"its {k} is not a finite number") for k in wrong]
        record["metrics"] = {k: v for k, v in record["metrics"].items() if k not in wrong}
    return {
        "schema": SCHEMA,
        "eitherway": eitherway.__version__,
        "command": command,
        "task": {"name": plan.task_name, "options": {k: to_data(v) for k, v in plan.task.full().items()}},
        "seeds": list(plan.seeds),
        "floor": asdict(least["w1"]) if "w1" in least else None,
        "floors": {name: asdict(floor) for name, floor in least.items()},
        "metrics": [{k: getattr(m, k) for k in ("name", "better", "unit", "meaning")} for m in METRICS],
        "about": {name: about(name, recipe) for name, recipe in plan.recipes.items()},
        "records": records,
        "failures": [asdict(f) for f in more],
        "summary": summary(records),
        "standings": standings(scores),
        "hidden": sorted({p.parent.parent.name for p in folder.glob(f"*/seed-*/{CARD}")} - set(plan.names())),
    }


def about(name: str, recipe: Recipe) -> dict[str, str]:
    """What a reader should know of a row; of a changed recipe only the changes, for the rest may no longer hold."""
    method = METHODS[name]
    if recipe == method.recipe:
        return {"label": name, "idea": method.idea, "see": method.see}
    before, now = dict(leaves(method.recipe.to_data())), dict(leaves(recipe.to_data()))
    changed = {path: value for path, value in now.items() if before.get(path) != value}
    told = f"changed: {', '.join(f'{path} = {value}' for path, value in changed.items())}"
    if set(changed) == {"steps"}:  # a shorter or longer training is still what it was
        return {"label": name, "idea": f"{method.idea}; {told}", "see": method.see}
    return {"label": name, "idea": told, "see": ""}


def read_evidence(plan: Plan, folder: Path, name: str, seed: int) -> Evidence:
    """What one row showed with one seed."""
    task, recipe = ready(plan.task), plan.recipes.get(name)
    spec = task.spec if recipe is None else task.spec.with_(recipe.history, recipe.horizon)
    return load_evidence(record_folder(folder, name, seed), task, spec)


def read_record(plan: Plan, folder: Path, name: str, seed: int, seen: Evidence) -> dict[str, Any]:
    """One record: what made the evidence, and all that can be read off it."""
    card, values = read_json(record_folder(folder, name, seed) / CARD), {m.name: m.read(seen) for m in METRICS}
    return {
        "recipe": name,
        "kind": "recipe" if name in plan.recipes else "reference",
        "seed": seed,
        "hyper_parameters": card["recipe"],
        "versions": card["versions"],
        "metrics": {k: v for k, v in values.items() if v is not None},
    }


def episodes(seen: Evidence) -> dict[str, np.ndarray]:
    """By metric, what each episode scored, where the metric is a mean over episodes."""
    each = {m.name: m.each(seen) for m in METRICS if m.each is not None}
    return {name: values for name, values in each.items() if values is not None}


def standings(scores: Mapping[str, Mapping[str, list[np.ndarray]]]) -> dict[str, Any]:
    """By metric, each row's rank on the shared starts, and its paired difference to the best; of one start, nothing."""
    found: dict[str, Any] = {}
    for metric, rows in scores.items():
        table = {name: np.stack(seeds) for name, seeds in rows.items()}
        if min(each.shape[1] for each in table.values()) < 2:
            continue
        best = max(table, key=lambda name: float(table[name].mean()))
        found[metric] = {
            name: {"rank": rank, "behind": difference(table[best], table[name]).to_data()}
            for name, rank in ranks(table).items()
        }
    return found


def summary(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """For each row and metric the mean over seeds, its 95 % Student interval and n."""
    values: dict[str, dict[str, list[float]]] = {}
    for record in records:
        row = values.setdefault(record["recipe"], {})
        for name, value in record["metrics"].items():
            row.setdefault(name, []).append(value)
    return {row: {m: student(v).to_data() for m, v in of.items()} for row, of in values.items()}
