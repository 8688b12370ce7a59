"""What drawing options do to the modes: temperature, low noise, the likeliest of n, the nearest to what was planned.

Each recipe is trained once a seed; every option draws from these same weights, in the same 10,000 states. For
re-deciding, each state is decided in ten times over, each time with the decision before as the plan: `switches` is
the share of decisions that change the mode.

python benchmarks/drawing.py --seeds 5      writes docs/results/drawing.json
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import torch
from joblib import Parallel, delayed

from eitherway.compare.stats import student
from eitherway.evaluation.evaluate import evaluate, observe
from eitherway.files import write_json
from eitherway.make import Make
from eitherway.metrics import METRICS
from eitherway.policies.action_selection import BackwardCoherence, BestOfN
from eitherway.randomness import stream
from eitherway.recipes import METHODS
from eitherway.stopwatch import single_thread
from eitherway.tasks import Jumper
from eitherway.training.recipe import Recipe, build
from eitherway.training.train import fitted

OUT = Path(__file__).parents[1] / "docs" / "results" / "drawing.json"
SHOWN = ("success", "mode_error", "mode_coverage", "w1")
DECISIONS = 10


@dataclass(frozen=True)
class Option:
    """One way to draw from a recipe's weights."""

    recipe: str
    label: str
    path: str
    value: object

    def changed(self) -> Recipe:
        return METHODS[self.recipe].recipe.replace(self.path, self.value)


TEMPERATURES = (0.0, 0.5, 0.8, 1.0, 1.2)
NOISES = (0.0, 0.5, 0.8, 1.0, 1.2)
CANDIDATES = (1, 2, 4, 16, 64)
OPTIONS = [
    *(Option("bins", f"temperature {t:g}", "head.temperature", t) for t in TEMPERATURES),
    *(Option("mdn", f"temperature {t:g}", "head.temperature", t) for t in TEMPERATURES),
    *(Option("flow", f"noise {n:g}", "head.sampler.noise", n) for n in NOISES),
    *(Option("spline", f"noise {n:g}", "head.noise", n) for n in NOISES),
    *(Option("mdn", f"likeliest of {n}", "action_selection", Make(BestOfN, candidates=n)) for n in CANDIDATES),
    *(Option("spline", f"likeliest of {n}", "action_selection", Make(BestOfN, candidates=n)) for n in CANDIDATES),
    *(Option("flow", f"nearest of {n}", "action_selection", Make(BackwardCoherence, candidates=n)) for n in CANDIDATES),
    *(Option("mdn", f"nearest of {n}", "action_selection", Make(BackwardCoherence, candidates=n)) for n in CANDIDATES),
]


def scores(recipe: str, seed: int) -> dict[str, dict[str, float]]:
    """All options of one recipe, from one training."""
    task = Jumper()
    with single_thread():
        trained, _ = fitted(METHODS[recipe].recipe, task, seed=seed)
        return {o.label: score(o, trained, task, seed) for o in OPTIONS if o.recipe == recipe}


def score(option: Option, trained: torch.nn.Module, task: Jumper, seed: int) -> dict[str, float]:
    """One option's metrics, and how often its decisions change the mode."""
    policy = build(option.changed(), task, seed=0)
    policy.load_state_dict(trained.state_dict())
    policy.eval()
    shown = evaluate(policy, task, seed=seed)
    values = {m.name: m.read(shown) for m in METRICS.values() if m.name in SHOWN}
    return {**values, "switches": switches(policy, task, seed)}


def switches(policy: torch.nn.Module, task: Jumper, seed: int) -> float:
    """The share of decisions that take another mode than the one before, at states that do not change."""
    env = task.env(2_000)
    obs = observe(env.reset(seed=task.starts[0])[0], policy.spec)
    env.close()
    generator, planned, modes = stream(seed, "decisions"), None, []
    for _ in range(DECISIONS):
        draws = policy.sample(obs, 1, generator, planned)
        planned = draws[0]
        modes.append(task.mode_of(obs, draws)[0])
    taken = torch.stack(modes)
    return float((taken[1:] != taken[:-1]).double().mean())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    seeds = parser.parse_args().seeds
    names = sorted({o.recipe for o in OPTIONS})
    jobs = [(name, seed) for name in names for seed in range(seeds)]
    answers = dict(zip(jobs, Parallel(n_jobs=2)(delayed(scores)(*job) for job in jobs), strict=True))
    rows = [
        {
            "recipe": o.recipe,
            "option": o.label,
            **{
                k: student([answers[o.recipe, s][o.label][k] for s in range(seeds)]).to_data()
                for k in (*SHOWN, "switches")
            },
        }
        for o in OPTIONS
    ]
    write_json(OUT, {"command": f"python benchmarks/drawing.py --seeds {seeds}", "rows": rows})
