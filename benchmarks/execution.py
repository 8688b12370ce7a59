"""What becomes of the same trainings when their chunks are carried out otherwise, on avoiding.

python benchmarks/execution.py --run runs/avoiding

Takes the trained policies of a comparison (benchmarks/avoiding.sh), lets each drive the task's starts under every
execution, and writes docs/results/execution.json.
"""

import argparse
import json
from pathlib import Path

from joblib import Parallel, delayed

from eitherway.compare.record import read_card
from eitherway.compare.stats import student
from eitherway.compare.work import load_row
from eitherway.evaluate import evidence, single_thread
from eitherway.execution import Ensemble, Receding
from eitherway.make import Make
from eitherway.metrics import METRICS

PLACE = Path(__file__).parents[1] / "docs" / "results" / "execution.json"
RECIPES = ("flow-policy", "mdn-policy", "l1-policy")
WAYS = {
    "newest chunk, 1 step": Make(Receding, steps=1),
    "newest chunk, 2 steps": Make(Receding, steps=2),
    "newest chunk, 4 steps": Make(Receding, steps=4),
    "newest chunk, 8 steps": Make(Receding, steps=8),
    "ensemble, fade 0.5": Make(Ensemble, fade=0.5),
    "ensemble, fade 0.75 (DOT)": Make(Ensemble, fade=0.75),
    "ensemble, fade 1": Make(Ensemble, fade=1.0),
    "ensemble, fade 1.01 (ACT)": Make(Ensemble, fade=1.01),
    "ensemble, fade 1, asked every 4 steps": Make(Ensemble, fade=1.0, every=4),
}
KEYS = ("success", "way_distance", "way_entropy", "changes", "jump", "steps")


def scores(folder, execution):
    """What one trained policy scores under one execution."""
    with single_thread():
        trained = load_row(folder, "cpu")
        seen = evidence(trained.policy, trained.task(), execution=execution, seed=trained.seed)
    return {m.name: m.read(seen) for m in METRICS if m.name in KEYS}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, required=True, help="a comparison on avoiding")
    parser.add_argument("--jobs", type=int, default=2)
    run = parser.parse_args()
    rows, seeds, episodes = [], set(), None
    for recipe in RECIPES:
        folders = sorted(f for f in (run.run / recipe).glob("seed-*") if read_card(f))
        for name, execution in WAYS.items():
            found = Parallel(n_jobs=run.jobs)(delayed(scores)(folder, execution) for folder in folders)
            known = {k: [f[k] for f in found if f[k] is not None] for k in KEYS}
            told = {k: student(v).to_data() if v else None for k, v in known.items()}
            rows.append({"recipe": recipe, "execution": name, **told})
            print(recipe, name, told["success"], flush=True)
        seeds |= {f.name for f in folders}
        episodes = load_row(folders[0], "cpu").task().episodes
    note = f"mean and 95 % Student interval over {len(seeds)} training seeds, {episodes} episodes each"
    data = {"command": "python benchmarks/execution.py --run runs/avoiding", "note": note, "rows": rows}
    PLACE.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
