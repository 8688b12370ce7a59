"""What each part of the record recipe's training is worth on Push-T: the recipe without it, or with another choice.

python benchmarks/ablations.py --seeds 1 --effort 0.5

One comparison for each variant, all on the same 200 starts, in runs/ablations; those that are finished are not made
again. Writes docs/results/ablations.json. What the use of a training is worth: benchmarks/execution.py.
"""

import argparse
import json
import shlex
from pathlib import Path

from eitherway.cli.main import main as eitherway

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "docs" / "results" / "ablations.json"
RECIPE = "pusht-record"
VARIANTS = {
    "the recipe": [],
    "demonstrations as recorded, not completed": ["completed=false"],
    "no mirror images": ["mirrored=false"],
    "seen and said from the table's corner": ["frame=world"],
    "with waves": ["encoder.waves=4"],
    "numbers within [-1, 1], not of unit variance": ["normaliser=MinMax"],
    "no noise on what is seen": ["jitter=0"],
    "more noise on what is seen": ["jitter=0.03"],
    "half as wide": ["backbone.width=256"],
    "no running mean": ["ema=null"],
    "corners alone": ["task.observe=corners"],
}
KEYS = ("success", "max_reward", "final_coverage", "steps", "train_seconds")


def words_of(settings, given):
    """A variant's command, without its folder."""
    own = [s if s.startswith("task.") else f"{RECIPE}.{s}" for s in settings]
    sets = [w for s in ("task.episodes=200", *own) for w in ("--set", s)]
    return [
        "compare",
        "--task",
        "pusht",
        "--recipes",
        RECIPE,
        "--seeds",
        f"{given.seeds}",
        "--effort",
        f"{given.effort:g}",
        *sets,
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--effort", type=float, default=0.5)
    given = parser.parse_args()
    rows = []
    for name, settings in VARIANTS.items():
        words, folder = words_of(settings, given), ROOT / "runs" / "ablations" / name.replace(" ", "-").replace(",", "")
        if eitherway([*words, "--out", str(folder)]):
            raise SystemExit(f"{name}: failed, see above")
        data = json.loads((folder / "results.json").read_text(encoding="utf-8"))
        told = {k: data["summary"][RECIPE].get(k) for k in KEYS}
        rows.append({"variant": name, "command": shlex.join(["eitherway", *words]), **told})
        command = f"python benchmarks/ablations.py --seeds {given.seeds} --effort {given.effort:g}"
        PLACE.write_text(json.dumps({"command": command, "rows": rows}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
