"""From recorded evaluations to results.json: records, and a summary with intervals.

The types are in `eitherway.compare.schema`, and docs/results.md says what each field means.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import eitherway
from eitherway.compare.jobs import Plan, finished, ready, record_folder
from eitherway.compare.pairs import difference, ranks
from eitherway.compare.schema import SCHEMA, About, FailureData, FloorData, MetricData, Record, Results
from eitherway.compare.scores import Scores, share
from eitherway.compare.stats import Interval, student
from eitherway.compare.storage import CARD, Card, load_evaluation, read_card
from eitherway.compare.work import Failure
from eitherway.evaluation.data import EvaluationData, Floor
from eitherway.files import read_as
from eitherway.metrics import METRICS, floors
from eitherway.recipes import METHODS
from eitherway.registry import leaves, to_data
from eitherway.training.recipe import Recipe

Tables = Mapping[str, Mapping[str, Scores]]  # by metric and row


def results(plan: Plan, folder: Path, failures: Sequence[Failure], command: str) -> Results:
    """Returns the contents of results.json as plain data; the same evaluations give the same results."""
    done = [(name, seed) for name in plan.names() for seed in plan.seeds if finished(folder, plan, name, seed)]
    least: dict[str, Floor] = {}
    records, more = [], list(failures)
    scores: dict[str, dict[str, dict[int, np.ndarray]]] = {}  # by metric, row and seed
    for name, seed in done:
        seen = read_evaluation(plan, folder, name, seed)
        least = least or floors(seen.task, seen.obs)  # all rows share these states
        record = read_record(plan, folder, name, seed, replace(seen, floors=least))
        for metric, each in episodes(seen).items():
            scores.setdefault(metric, {}).setdefault(name, {})[seed] = each
        records.append(record)
        wrong = [k for k, v in record["metrics"].items() if not math.isfinite(v)]
        more += [Failure(recipe=name, seed=seed, step=None, reason=f"its {k} is not a finite number") for k in wrong]
        record["metrics"] = {k: v for k, v in record["metrics"].items() if k not in wrong}
    certain = {name for name in dict(done) if chanceless(plan, folder, name)}
    tables = {
        m: {name: table(plan, name, of, name in certain) for name, of in rows.items()} for m, rows in scores.items()
    }
    return {
        "schema": SCHEMA,
        "eitherway": eitherway.__version__,
        "command": command,
        "task": {"name": plan.task_name, "options": {k: to_data(v) for k, v in plan.task.full().items()}},
        "seeds": list(plan.seeds),
        "floors": {name: FloorData(mean=f.mean, sd=f.sd, n=f.n) for name, f in least.items()},
        "metrics": [MetricData(name=m.name, better=m.better, unit=m.unit, meaning=m.meaning) for m in METRICS.values()],
        "about": {name: about(name, recipe) for name, recipe in plan.recipes.items()},
        "records": records,
        "failures": [FailureData(recipe=f.recipe, seed=f.seed, step=f.step, reason=f.reason) for f in more],
        "summary": summary(records, tables, certain),
        "standings": standings(tables),
        "hidden": sorted({p.parent.parent.name for p in folder.glob(f"*/seed-*/{CARD}")} - set(plan.names())),
    }


def about(name: str, recipe: Recipe) -> About:
    """Returns a row's label, idea and what to see; of a changed recipe only the changes, for the rest may not hold."""
    method = METHODS[name]
    if recipe == method.recipe:
        return {"label": name, "idea": method.idea, "see": method.see}
    before, now = dict(leaves(method.recipe.to_data())), dict(leaves(recipe.to_data()))
    changed = {path: value for path, value in now.items() if before.get(path) != value}
    told = f"changed: {', '.join(f'{path} = {value}' for path, value in changed.items())}"
    if set(changed) == {"steps"}:  # a shorter or longer training is still what it was
        return {"label": name, "idea": f"{method.idea}; {told}", "see": method.see}
    return {"label": name, "idea": told, "see": ""}


def read_evaluation(plan: Plan, folder: Path, name: str, seed: int) -> EvaluationData:
    """Reads the recorded evaluation of one row with one seed."""
    task, recipe = ready(plan.task), plan.recipes.get(name)
    spec = task.spec if recipe is None else task.spec.with_(recipe.n_obs_steps, recipe.horizon)
    return load_evaluation(record_folder(folder, name, seed), task, spec)


def read_record(plan: Plan, folder: Path, name: str, seed: int, seen: EvaluationData) -> Record:
    """Returns one record: a row's recipe and versions with one seed, and its metrics."""
    card = read_as(record_folder(folder, name, seed) / CARD, Card)
    values = {m.name: m.read(seen) for m in METRICS.values()}
    return {
        "recipe": name,
        "kind": "recipe" if name in plan.recipes else "reference",
        "seed": seed,
        "hyper_parameters": card["recipe"],
        "versions": card["versions"],
        "metrics": {k: v for k, v in values.items() if v is not None},
    }


def episodes(seen: EvaluationData) -> dict[str, np.ndarray]:
    """Returns by metric the score from each start, where the metric is a mean over starts."""
    each = {m.name: m.each(seen) for m in METRICS.values() if m.each is not None}
    return {name: values for name, values in each.items() if values is not None and np.isfinite(values).all()}


def chanceless(plan: Plan, folder: Path, name: str) -> bool:
    """Whether a row is deterministic given the starts: nothing was trained, and all seeds drew the very same."""
    cards = [read_card(record_folder(folder, name, seed)) for seed in plan.seeds if name not in plan.recipes]
    return len({card["sha256"] for card in cards if card is not None}) == 1 < len(cards)


def table(plan: Plan, name: str, of: Mapping[int, np.ndarray], certain: bool) -> Scores:
    """Returns a row's scores by seed, with the names of its trainings; of a deterministic row one seed."""
    training = plan.training(name) if name in plan.recipes else name
    seeds = list(of)[: 1 if certain else None]
    return Scores(np.stack([of[seed] for seed in seeds]), tuple(f"{training} {seed}" for seed in seeds))


def standings(tables: Tables) -> dict[str, Any]:
    """Returns by metric each row's rank on the shared starts and how far behind the best it is; of one start nothing.

    Differences count what is better; their intervals are 95 % for all pairs of rows at once.
    """
    found: dict[str, Any] = {}
    for metric in (m for m in METRICS.values() if m.name in tables and m.better != "neither"):
        rows = dict(tables[metric.name])
        if metric.better == "lower":
            rows = {name: replace(row, each=1 - row.each) for name, row in rows.items()}
        if min(row.each.shape[1] for row in rows.values()) < 2:
            continue
        best = max(rows, key=lambda name: float(rows[name].each.mean()))
        pairs = max(1, math.comb(len(rows), 2))
        found[metric.name] = {
            name: {"rank": rank, "behind": difference(rows[best], rows[name], pairs).to_data()}
            for name, rank in ranks(rows).items()
        }
    return found


def summary(records: Sequence[Record], tables: Tables, certain: Collection[str]) -> dict[str, Any]:
    """Returns the mean and its 95 % interval for each row and metric: over trainings and starts where each start has a
    value, over trainings alone where not; a deterministic row is one, not several."""
    values: dict[str, dict[str, list[float]]] = {}
    for record in records:
        row = values.setdefault(record["recipe"], {})
        for name, value in record["metrics"].items():
            row.setdefault(name, []).append(value)

    def interval(row: str, metric: str, seen: list[float]) -> Interval:
        if row in tables.get(metric, {}):
            return share(tables[metric][row])
        return Interval(seen[0], seen[0], seen[0], 1) if row in certain else student(seen, METRICS[metric].bounds)

    return {row: {m: interval(row, m, v).to_data() for m, v in of.items()} for row, of in values.items()}
