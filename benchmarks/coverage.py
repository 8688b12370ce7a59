"""How often intervals hold what they are of: shares and their differences, from made-up trainings and starts.

python benchmarks/coverage.py

Tables of successes are drawn whose true shares are known, and the intervals that a comparison prints are taken of
them. Trainings differ by a normal number added to the log-odds of failing, sd 0.5; of the starts one in ten is hard and
has as large a part of all failures as its own failures allow. Writes docs/results/coverage.json.
"""

import argparse
import json
from itertools import product
from pathlib import Path

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from eitherway.compare.pairs import difference, gap, ranks
from eitherway.compare.scores import Scores, limits
from eitherway.compare.stats import LEVEL

RESULTS = Path(__file__).parents[1] / "docs" / "results" / "coverage.json"
SHARES = (0.5, 0.9, 0.98, 0.995, 0.999)
KINDS = {  # sd between trainings, and whether one start in ten is hard
    "alike": (0.0, False),
    "trainings differ": (0.5, False),
    "starts differ": (0.0, True),
    "both differ": (0.5, True),
}
HARD, WORST = 0.1, 0.95  # share of hard starts, and the most that they fail
CELLS = 3_000_000  # of tables that are drawn at once
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(61)


def log_odds(failing, sd):
    """Where the normal number has to be centred for a share of `failing` over all trainings."""
    mean = lambda m: WEIGHTS @ expit(m + sd * NODES) / WEIGHTS.sum()  # noqa: E731
    return brentq(lambda m: mean(m) - failing, -40, 40)


def failing(share, sd, hard):
    """The log-odds of failing from each start; `hard` says from which it is likelier."""
    worst = min((1 - share) / HARD * 0.9, WORST)
    easy = (1 - share - HARD * worst) / (1 - HARD)
    return np.where(hard, log_odds(worst, sd), log_odds(easy, sd))


def tables(random, count, seeds, starts, shares, kind):
    """Successes of a row for each share, on the same starts; without and with the same trainings."""
    sd, differ = KINDS[kind]
    hard = random.random((count, 1, starts)) < HARD
    odds = [failing(p, sd, hard) if differ else np.full((1, 1, 1), log_odds(1 - p, sd)) for p in shares]
    drawn = [sd * random.standard_normal((count, seeds, 1)) for _ in shares]
    chance = [random.random((count, seeds, starts), dtype=np.float32) for _ in shares]
    return [
        [(u >= expit(o + d)).astype(np.uint8) for u, o, d in zip(chance, odds, each, strict=True)]
        for each in (drawn, [drawn[0]] * len(shares))
    ]


def held(ends, truth):
    """How many intervals hold the truth, and the sum of their widths."""
    low, high = ends
    return np.array([((low <= truth + 1e-9) & (truth - 1e-9 <= high)).sum(), (high - low).sum()])


def cell(seed, count, seeds, starts, share, other, kind):
    """Coverage and mean width: of a share, of differences with own trainings and with shared ones."""
    random, sums, block = np.random.default_rng(seed), np.zeros((3, 2)), max(1, CELLS // (seeds * starts))
    for first in range(0, count, block):
        size = min(block, count - first)
        own, same = tables(random, size, seeds, starts, (share, other), kind)
        a, b = (Scores(y, tuple(f"{row}{s}" for s in range(seeds))) for row, y in zip("ab", own, strict=True))
        c, d = (Scores(y, a.trainings) for y in same)
        sums[0] += held(limits(a), share)
        for i, pair in enumerate(((a, b), (c, d)), 1):
            sums[i] += held(gap(*pair).limits(LEVEL), share - other)
    return (sums / count).round(4).tolist()


def apart(share):
    """A share with twice the failures; of one half, a little less."""
    return 0.4 if share == 0.5 else 1 - 2 * (1 - share)


def league(random, rows, seeds, starts, kind, gain=0.0):
    """Ranks of rows of success 0.9, the first of them better by `gain`; each with trainings of its own."""
    shares = (0.9 + gain,) + (0.9,) * (rows - 1)
    own, _ = tables(random, 1, seeds, starts, shares, kind)
    return {str(i): Scores(y[0], tuple(f"{i} {s}" for s in range(seeds))) for i, y in enumerate(own)}


def many(count, rows, seeds, starts, kind):
    """Shares of tables: of equal rows, in which some row is surely behind, with and without the correction; and the
    share of the nine worse rows that are surely behind a row that succeeds at 0.96."""
    random, wrong, single, power = np.random.default_rng(7), 0, 0, 0.0
    for _ in range(count):
        equal = league(random, rows, seeds, starts, kind)
        wrong += max(ranks(equal).values()) > 1
        names = list(equal)
        single += any(difference(equal[a], equal[b]).sure for i, a in enumerate(names) for b in names[:i])
        found = ranks(league(random, rows, seeds, starts, kind, 0.06))
        power += sum(found[name] > 1 for name in names[1:]) / (rows - 1)
    return {"corrected": wrong / count, "single": single / count, "power": round(power / count, 3)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", type=int, default=2000, help="so many for each cell")
    given = parser.parse_args()
    command = "python benchmarks/coverage.py" + (f" --tables {given.tables}" if given.tables != 2000 else "")
    data = {"command": command, "tables": given.tables, "leagues": given.tables // 8, "cells": [], "ranks": []}
    for number, (seeds, starts, kind, share) in enumerate(product((3, 5), (100, 500), KINDS, SHARES)):
        for other in (share, apart(share)):
            found = cell(number, given.tables, seeds, starts, share, other, kind)
            about = {"seeds": seeds, "starts": starts, "kind": kind, "share": share, "other": other}
            data["cells"].append(about | dict(zip(("one", "own", "shared"), found, strict=True)))
        print(*data["cells"][-2:], sep="\n", flush=True)
    for seeds, kind in product((3, 5), ("alike", "both differ")):
        found = many(given.tables // 8, 10, seeds, 100, kind)
        data["ranks"].append({"rows": 10, "seeds": seeds, "starts": 100, "kind": kind} | found)
        print(data["ranks"][-1], flush=True)
    RESULTS.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
