"""What each part of the record recipe's training is worth on Push-T: the recipe without it, or with another choice.

python benchmarks/ablations.py --effort 0.2
python benchmarks/ablations.py --effort 1 --starts 500000:500 --only "no mirror images;with Fourier features"

One comparison for each variant, all on the same starts, in runs/ablations/EFFORT; those that are finished are not made
again. Each is held against the recipe on the same starts, which are not those that the record is reported at
(benchmarks/pusht-record.sh): what was chosen because it did well on some starts does better there than elsewhere.
Writes docs/results/ablations-EFFORT.json. What another use of one training is worth: benchmarks/execution.py.
"""

import argparse
import json
import shlex
from pathlib import Path

import numpy as np

from eitherway.cli.main import main as eitherway
from eitherway.compare.pairs import difference
from eitherway.compare.scores import Scores

ROOT = Path(__file__).parents[1]
RECIPE = "pusht-record"
OWN = "the recipe"
WHOLE, MIRROR = '{"class":"GoalCompletion"}', '{"class":"Mirror"}'
NOISE, MORE = (f'{{"class":"ObservationNoise","sd":{sd}}}' for sd in (0.005, 0.03))
VARIANTS = {
    "demonstrations as recorded, not completed": [
        'augment=[{"class":"Mirror"},{"class":"ObservationNoise","sd":0.005}]'
    ],
    "no mirror images": [f"augment=[{WHOLE},{NOISE}]"],
    "seen and said from the table's corner": ["action_representation=AbsoluteActions"],
    "with Fourier features": ["encoder.fourier_octaves=4"],
    "numbers within [-1, 1], not of unit variance": ["normaliser=MinMax"],
    "no noise on what is seen": [f"augment=[{WHOLE},{MIRROR}]"],
    "more noise on what is seen": [
        'augment=[{"class":"GoalCompletion"},{"class":"Mirror"},{"class":"ObservationNoise","sd":0.03}]'
    ],
    "half as wide": ["backbone.width=256"],
    "no running mean": ["ema=null"],
    "corners alone": ["task.observe=corners"],
    "a mixture of 16 Gaussians, not flow matching": ["head=MDN", "head.components=16"],
    "one observation, not two": ["n_obs_steps=1"],
    "chunks of 8, not 16": ["horizon=8"],
    "a third of the learning rate": ["optimiser.lr=3e-4"],
    "twice the learning rate": ["optimiser.lr=2e-3"],
    "twice the batch, half the steps": ["batch=512", "steps=15000"],
    "half the batch, twice the steps": ["batch=128", "steps=60000"],
}
KEYS = ("success", "max_reward", "final_coverage", "steps", "train_seconds")


def words_of(settings, given):
    """A variant's comparison as it is typed, without its folder."""
    own = [s if s.startswith("task.") else f"{RECIPE}.{s}" for s in settings]
    sets = "".join(f" --set {s}" for s in own)
    words = f"compare --task pusht --recipes {RECIPE} --seeds {given.seeds} --effort {given.effort:g}"
    return f"{words} --starts {given.starts}{sets}"


def compared(name, settings, given):
    """One variant's row, and the success of each of its trainings from each start."""
    folder = ROOT / "runs" / "ablations" / f"{given.effort:g}" / name.replace(" ", "-").replace(",", "")
    words = words_of(settings, given)
    if eitherway([*shlex.split(words), "--out", str(folder)]):
        raise SystemExit(f"{name}: failed, see above")
    data = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    drawn = [np.load(folder / RECIPE / f"seed-{s}" / "draws.npz") for s in range(given.seeds)]
    row = {"variant": name, "command": f"eitherway {words}", **{k: data["summary"][RECIPE][k] for k in KEYS}}
    trainings = tuple(f"{name} {s}" for s in range(given.seeds))
    return row, Scores(np.stack([d["success"].astype(float) for d in drawn]), trainings)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--effort", type=float, default=0.2)
    parser.add_argument("--starts", default="500000:200", help="FIRST:COUNT; those of no report (default: %(default)s)")
    parser.add_argument("--only", help="these variants, separated by semicolons; all where it is not given")
    given = parser.parse_args()
    wanted = given.only.split(";") if given.only else list(VARIANTS)
    if unknown := [name for name in wanted if name not in VARIANTS]:
        raise SystemExit(f"--only: unknown variant {unknown[0]!r}; there are: {'; '.join(VARIANTS)}")
    command = f"python benchmarks/ablations.py --seeds {given.seeds} --effort {given.effort:g}"
    command += f" --starts {given.starts}" + (f" --only {shlex.quote(given.only)}" if given.only else "")
    first, own = compared(OWN, [], given)
    rows = [first | {"behind": difference(own, own).to_data()}]
    for name in wanted:
        row, success = compared(name, VARIANTS[name], given)
        rows.append(row | {"behind": difference(own, success).to_data()})
        episodes = int(given.starts.partition(":")[2])
        data = {"command": command, "effort": given.effort, "episodes": episodes, "rows": rows}
        text = json.dumps(data, indent=1) + "\n"
        (ROOT / "docs" / "results" / f"ablations-{given.effort:g}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
