"""Solvers at equal cost: what ten evaluations of one network are worth, by how they are spent.

Diffusion and flow are trained once a seed; every solver and every grid then draws from these same weights, in the same
10,000 states. `evaluations` is the budget; a solver of several evaluations a step takes as many steps as fit.

python benchmarks/solvers.py --seeds 5      writes docs/results/solvers.json
"""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from joblib import Parallel, delayed

from eitherway.compare.stats import student
from eitherway.evaluation.evaluate import count_evaluations, rollout
from eitherway.files import write_json
from eitherway.make import Make
from eitherway.metrics.distance import mean_wasserstein
from eitherway.paths import (
    DDIM,
    DPMSolver,
    EulerMaruyama,
    Grid,
    Heun,
    KarrasGrid,
    LogNormalQuantiles,
    RungeKutta,
    Sampler,
    UniformLogSNR,
    UniformTimes,
    UniPC,
)
from eitherway.policies.policy import Policy
from eitherway.randomness import stream
from eitherway.recipes import METHODS
from eitherway.stopwatch import single_thread
from eitherway.tasks import Jumper
from eitherway.training.recipe import build
from eitherway.training.train import fitted

OUT = Path(__file__).parents[1] / "docs" / "results" / "solvers.json"
TRAININGS = ("diffusion-long", "flow-long")
BUDGETS = (5, 10, 20, 50)
KEYS = ("evaluations", "success", "w1")
Solver = Callable[[int, Make[Grid]], Make[Sampler]]  # (evaluations, grid) -> a sampler that takes no more

SOLVERS: Mapping[str, Solver] = {
    "DDIM, Euler": lambda n, grid: Make(DDIM, steps=n, grid=grid),
    "DDPM": lambda n, grid: Make(DDIM, steps=n, eta=1.0, grid=grid),
    "reverse SDE": lambda n, grid: Make(EulerMaruyama, steps=n, grid=grid),
    "Heun, by the action": lambda n, grid: Make(Heun, steps=(n + 1) // 2, grid=grid),
    "Heun, by the noise": lambda n, grid: Make(Heun, steps=(n + 1) // 2, follow="noise", grid=grid),
    "midpoint, in time": lambda n, grid: Make(RungeKutta, steps=max(n // 2, 1), method="midpoint", grid=grid),
    "RK4, in time": lambda n, grid: Make(RungeKutta, steps=max(n // 4, 1), method="rk4", grid=grid),
    "DPM-Solver++ 2M": lambda n, grid: Make(DPMSolver, steps=n, grid=grid),
    "DPM-Solver++ 2M, stochastic": lambda n, grid: Make(DPMSolver, steps=n, eta=1.0, grid=grid),
    "UniPC": lambda n, grid: Make(UniPC, steps=n, grid=grid),
}
FINITE: Make[Grid] = Make(UniformLogSNR, high=3.5, low=-4.0)
GRIDS: Mapping[str, Make[Grid]] = {
    "log-normal levels": Make(LogNormalQuantiles),
    "levels even in log-SNR": FINITE,
    "even roots": Make(KarrasGrid, high=3.5, low=-4.0),
    "even times": Make(UniformTimes),
}


@dataclass(frozen=True)
class Row:
    """One way to spend a budget."""

    training: str
    solver: str
    grid: str
    budget: int

    def sampler(self) -> Make[Sampler]:
        """The sampler it stands for."""
        return SOLVERS[self.solver](self.budget, GRIDS[self.grid])


def grid_of(solver: str) -> str:
    """Where a solver starts: those that divide by the share of action cannot start in pure noise."""
    return "levels even in log-SNR" if solver in ("reverse SDE", "Heun, by the noise") else "log-normal levels"


ROWS = [
    *(Row(t, solver, grid_of(solver), n) for t in TRAININGS for solver in SOLVERS for n in BUDGETS),
    *(Row(t, s, g, 10) for t in TRAININGS for s in ("DDIM, Euler", "UniPC") for g in GRIDS if g != grid_of(s)),
]


def scores(training: str, seed: int) -> dict[Row, dict[str, float]]:
    """All rows of one training."""
    task = Jumper()
    with single_thread():
        trained, _ = fitted(METHODS[training].recipe, task, seed=seed)
        return {row: score(row, trained, task, seed) for row in ROWS if row.training == training}


def score(row: Row, trained: Policy, task: Jumper, seed: int) -> dict[str, float]:
    """How often the draws are safe, and how far they are from the distribution."""
    policy = build(METHODS[row.training].recipe.replace("head.sampler", row.sampler()), task, seed=0)
    policy.load_state_dict(trained.state_dict())
    policy.eval()
    done = rollout(policy, task, policy.spec, stream(seed, "draws"))
    return {
        "evaluations": count_evaluations(policy, {k: v[:1] for k, v in done.obs.items()}),
        "success": float(done.success.mean()),
        "w1": mean_wasserstein(done.draws[:, :, 0, 0], done.obs, task, task.distribution),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    seeds = parser.parse_args().seeds
    jobs = [(training, seed) for training in TRAININGS for seed in range(seeds)]
    answers = dict(zip(jobs, Parallel(n_jobs=2)(delayed(scores)(*job) for job in jobs), strict=True))
    rows = [
        {
            "training": row.training,
            "solver": row.solver,
            "grid": row.grid,
            "budget": row.budget,
            **{k: student([answers[row.training, s][row][k] for s in range(seeds)]).to_data() for k in KEYS},
        }
        for row in ROWS
    ]
    write_json(OUT, {"command": f"python benchmarks/solvers.py --seeds {seeds}", "rows": rows})
