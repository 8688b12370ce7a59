"""How long one decision takes: batch 1, one thread, the trained policies of a comparison, in rounds.

python benchmarks/latency.py --run runs/avoiding

Every round times each policy in turn for a third of a second, so that whatever else the machine does meets all of
them; median and 95th percentile are taken within a round, their intervals over rounds. Writes
docs/results/latency-RUN.json. Run it when nothing else does.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from eitherway.compare.stats import student
from eitherway.compare.storage import read_card
from eitherway.compare.work import load_row
from eitherway.evaluation.evaluate import MINIMUM, clock, starts
from eitherway.stopwatch import single_thread

RESULTS = Path(__file__).parents[1] / "docs" / "results"


def ready(folder):
    """One trained policy as it is used, and what it sees at the task's first start."""
    trained = load_row(folder, "cpu")
    return trained.policy, starts(trained.task(), trained.policy.spec, 1, "cpu")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, required=True, help="a comparison")
    parser.add_argument("--rounds", type=int, default=20)
    given = parser.parse_args()
    names = json.loads((given.run / "results.json").read_text(encoding="utf-8"))["summary"]
    folders = {name: given.run / name / "seed-0" for name in names}
    policies = {name: ready(f) for name, f in folders.items() if (card := read_card(f)) and card["recipe"]}
    taken = {name: [] for name in policies}
    with single_thread():
        for _ in range(given.rounds):
            for name, (actor, obs) in policies.items():
                taken[name].append(clock(actor, obs, "cpu", MINIMUM))
    rows = [
        {
            "recipe": name,
            "calls": sum(map(len, rounds)),
            "median": student([float(np.median(r)) for r in rounds]).to_data(),
            "p95": student([float(np.percentile(r, 95)) for r in rounds]).to_data(),
        }
        for name, rounds in taken.items()
    ]
    command = f"python benchmarks/latency.py --run runs/{given.run.name} --rounds {given.rounds}"
    text = json.dumps({"command": command, "rounds": given.rounds, "rows": rows}, indent=1)
    (RESULTS / f"latency-{given.run.name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
