"""What becomes of the same trainings when their chunks are carried out, or drawn, otherwise.

python benchmarks/execution.py --run runs/avoiding-16 --recipes flow-policy,mdn-policy,l1-policy
python benchmarks/execution.py --run runs/pusht-record --recipes pusht-record --seeds 1

Takes the trained policies of a comparison, lets each drive the task's starts in every way, and writes
docs/results/execution-RUN.json. Every row is held against the recipe's own execution on the same starts. Finished rows
are kept in the run's folder and not made again, the own modes excepted.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed

from eitherway.compare.pairs import difference
from eitherway.compare.scores import Scores, share
from eitherway.compare.stats import student
from eitherway.compare.storage import read_card
from eitherway.compare.work import drawing, load_row
from eitherway.evaluation.evaluate import evaluate
from eitherway.heads import PushForward
from eitherway.make import Make
from eitherway.metrics import METRICS
from eitherway.policies.action_selection import BackwardCoherence, MeanOfN, ZeroNoise
from eitherway.policies.execution import RecedingHorizon, TemporalEnsemble
from eitherway.stopwatch import single_thread

RESULTS = Path(__file__).parents[1] / "docs" / "results"
OWN = "as the recipe says"
CARRIED = {
    "newest chunk, 1 step": {"execution": Make(RecedingHorizon, n_action_steps=1)},
    "newest chunk, 2 steps": {"execution": Make(RecedingHorizon, n_action_steps=2)},
    "newest chunk, 4 steps": {"execution": Make(RecedingHorizon, n_action_steps=4)},
    "newest chunk, 8 steps": {"execution": Make(RecedingHorizon, n_action_steps=8)},
    "ensemble, decay 0.5": {"execution": Make(TemporalEnsemble, decay=0.5)},
    "ensemble, decay 0.75 (DOT)": {"execution": Make(TemporalEnsemble, decay=0.75)},
    "ensemble, decay 1": {"execution": Make(TemporalEnsemble, decay=1.0)},
    "ensemble, decay 1.01 (ACT)": {"execution": Make(TemporalEnsemble, decay=1.01)},
}
DRAWN = {
    "nearest of 16 draws to the plan": {"action_selection": Make(BackwardCoherence)},
    "mean of 16 draws": {"action_selection": Make(MeanOfN)},
    "no noise": {"action_selection": Make(ZeroNoise)},
}
REFINED = {f"{n} evaluation{'s' * (n > 1)}": {"head.sampler.steps": n} for n in (1, 2, 5, 20)}
KEYS = (
    "success",
    "max_reward",
    "final_coverage",
    "mode_distance",
    "mode_entropy",
    "mode_switch_rate",
    "chunk_boundary_jump",
    "steps",
)


def variants(trained):
    """What can be changed of a training without training again, and changes anything."""
    recipe = trained.recipe
    found = dict(CARRIED)
    if "sampler" in recipe.head.full():
        found |= REFINED
    if issubclass(recipe.head.cls, PushForward):
        found |= DRAWN
    return {OWN: {}} | {n: changed for n, changed in found.items() if altered(recipe, changed) != recipe}


def altered(recipe, changed):
    """The recipe with some of its fields changed."""
    for path, value in changed.items():
        recipe = recipe.replace(path, value)
    return recipe


def seen(folder, changed):
    """What one trained policy scores when it is used so, and the success of each of its episodes."""
    with single_thread():
        trained = load_row(folder, "cpu")
        recipe = altered(trained.recipe, changed)
        found = evaluate(drawing(recipe, trained), trained.task(), execution=recipe.execution, seed=trained.seed)
    return {m.name: m.read(found) for m in METRICS.values() if m.name in KEYS}, found.success.astype(float)


def row(recipe, name, folders, changed, jobs, own):
    """One line of the table, and the success from each start; `own` is that of the recipe's own execution."""
    made = Parallel(n_jobs=jobs)(delayed(seen)(folder, changed) for folder in folders)
    success = np.stack([s for _, s in made])
    known = {k: [values[k] for values, _ in made if values.get(k) is not None] for k in KEYS}
    info = {m.name: student(known[m.name], m.bounds).to_data() for m in METRICS.values() if known.get(m.name)}
    scores = Scores(success, tuple(str(folder) for folder in folders))  # all modes share these trainings
    behind = difference(scores if own is None else own, scores).to_data()
    return {"recipe": recipe, "execution": name, "behind": behind, **info, "success": share(scores).to_data()}, scores


def finished(kept, command):
    """The rows that the same command has already made of this run, by recipe and mode."""
    before = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {"command": None}
    return {(r["recipe"], r["execution"]): r for r in before["rows"]} if before["command"] == command else {}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, required=True, help="a comparison of episodic tasks")
    parser.add_argument("--recipes", required=True, help="rows of it, separated by commas")
    parser.add_argument("--seeds", type=int, help="so many trainings of each row; all where it is not given")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    command = f"python benchmarks/execution.py --run runs/{given.run.name} --recipes {given.recipes}"
    command += f" --seeds {given.seeds}" if given.seeds else ""
    kept = given.run / "execution.json"
    rows = finished(kept, command)
    for recipe in given.recipes.split(","):
        folders, own = sorted(f for f in (given.run / recipe).glob("seed-*") if read_card(f))[: given.seeds], None
        for name, changed in variants(load_row(folders[0], "cpu")).items():
            if name != OWN and (recipe, name) in rows:
                continue
            rows[recipe, name], scores = row(recipe, name, folders, changed, given.jobs, own)
            own = scores if own is None else own
            print(recipe, name, rows[recipe, name]["success"], flush=True)
            data = {"command": command, "episodes": scores.each.shape[1], "rows": list(rows.values())}
            kept.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    shutil.copyfile(kept, RESULTS / f"execution-{given.run.name}.json")


if __name__ == "__main__":
    main()
