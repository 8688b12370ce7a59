"""The notebook's methods, trained the notebook's way and then as recipes of ours, in one run.

Each method meets its `original-...` recipe; diffusion and flow meet our own `diffusion` and `flow` as well.
The notebook's way: a data loader that fetches sample by sample, plain Adam, PyTorch's defaults elsewhere.
Same data, same states, one thread; each pair is trained back to back, so that the ratio survives a machine that drifts.

    python benchmarks/original.py --seeds 5 --out docs/results/original.json
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from eitherway.compare.stats import student
from eitherway.evaluation.data import EvaluationData
from eitherway.evaluation.evaluate import evaluate
from eitherway.files import write_json
from eitherway.metrics import METRICS
from eitherway.recipes import METHODS
from eitherway.stopwatch import stopwatch
from eitherway.tasks import TASKS
from eitherway.training.checkpoint import versions
from eitherway.training.train import fitted

STEPS = 49
BARS = ("success", "w1")
KEYS = (*BARS, "train_seconds")
PAIRS = {  # the notebook's method: the recipes held against it
    "mse": ("original-mse",),
    "mae": ("original-mae",),
    "side": ("original-side",),
    "side-sampled": ("original-side-sampled",),
    "diffusion": ("original-diffusion", "diffusion"),
    "flow": ("original-flow", "flow"),
}


def network(inputs: int) -> nn.Module:
    """Two hidden layers of 32, each with ReLU and dropout."""
    hidden = [nn.Linear(inputs, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 32), nn.ReLU(), nn.Dropout(0.1)]
    return nn.Sequential(*hidden, nn.Linear(32, 1))


def epoch(
    model: nn.Module, inputs: Tensor, targets: Tensor, optimiser: torch.optim.Optimizer, loss_of: nn.Module
) -> None:
    """One pass through a shuffling loader."""
    model.train()
    total = 0.0
    for seen, wanted in DataLoader(TensorDataset(inputs, targets), batch_size=125, shuffle=True):
        optimiser.zero_grad()
        loss = loss_of(model(seen), wanted)
        loss.backward()
        optimiser.step()
        total += loss.item() * len(seen)


def train(inputs: int, loss_of: nn.Module, pairs: Callable[[], tuple[Tensor, Tensor]], epochs: int) -> nn.Module:
    """Trains on fresh pairs for each epoch."""
    model = network(inputs)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(epochs):
        epoch(model, *pairs(), optimiser, loss_of)
    return model.eval()


@dataclass(frozen=True)
class Notebook:
    """A trained network of the notebook as something that can be asked for actions."""

    answer: Callable[[Tensor, torch.Generator], Tensor]  # starts [B 1] -> landings [B 1]

    def sample(self, obs: dict[str, Tensor], n: int, generator: torch.Generator) -> Tensor:
        """n landings for each start."""
        with torch.no_grad():
            return torch.stack([self.answer(obs["state"][:, -1], generator) for _ in range(n)])[..., None]

    def log_prob(self, obs: dict[str, Tensor], action: Tensor) -> None:
        """None: the notebook computes no densities."""


def regression(s: Tensor, x: Tensor, epochs: int, loss_of: nn.Module) -> Notebook:
    """Predicts the landing itself."""
    model = train(1, loss_of, lambda: (s, x), epochs)
    return Notebook(lambda s, generator: model(s))


def sides(s: Tensor, x: Tensor, epochs: int, sampled: bool) -> Notebook:
    """Predicts the side, and lands on the mean of that side."""
    model = train(1, nn.BCEWithLogitsLoss(), lambda: (s, (x > 0).float()), epochs)
    left, right = x[x <= 0].mean(), x[x > 0].mean()

    def answer(s: Tensor, generator: torch.Generator) -> Tensor:
        p = model(s).sigmoid()
        bound = torch.rand(p.shape, generator=generator) if sampled else torch.full_like(p, 0.5)
        return torch.where(p > bound, right, left)

    return Notebook(answer)


def diffusion(s: Tensor, x: Tensor, epochs: int) -> Notebook:
    """Predicts the noise; linear variances, deterministic sampling in all 49 steps."""
    a = 1 - torch.linspace(1e-4, 0.2, STEPS)
    bar = a.cumprod(0)

    def pairs() -> tuple[Tensor, Tensor]:
        t, e = torch.randint(0, STEPS, (len(s),)), torch.randn(len(s), 1)
        x_t = bar[t, None].sqrt() * x + (1 - bar[t, None]).sqrt() * e
        return torch.cat([s, t[:, None] / STEPS, x_t], dim=1), e

    model = train(3, nn.MSELoss(), pairs, epochs)

    def answer(s: Tensor, generator: torch.Generator) -> Tensor:
        x = torch.randn(s.shape, generator=generator)
        for t in reversed(range(STEPS)):
            e = model(torch.cat([s, torch.full_like(s, t / STEPS), x], dim=1))
            before = (a[t] - bar[t]).clamp(min=0).sqrt()  # at t = 0 nothing is left but rounding
            x = (x - ((1 - bar[t]).sqrt() - before) * e) / a[t].sqrt()
        return x

    return Notebook(answer)


def flow(s: Tensor, x: Tensor, epochs: int) -> Notebook:
    """Predicts the velocity from noise (0) to data (1); 49 Euler steps."""

    def pairs() -> tuple[Tensor, Tensor]:
        t, e = torch.rand(len(s), 1), torch.randn(len(s), 1)
        return torch.cat([s, t, t * x + (1 - t) * e], dim=1), x - e

    model = train(3, nn.MSELoss(), pairs, epochs)

    def answer(s: Tensor, generator: torch.Generator) -> Tensor:
        x = torch.randn(s.shape, generator=generator)
        for i in range(STEPS):
            x = x + model(torch.cat([s, torch.full_like(s, i / STEPS), x], dim=1)) / STEPS
        return x

    return Notebook(answer)


def notebook(name: str, s: Tensor, x: Tensor, epochs: int) -> Notebook:
    """A method of the notebook, trained the way it does."""
    methods: dict[str, Callable[[], Notebook]] = {
        "mse": lambda: regression(s, x, epochs, nn.MSELoss()),
        "mae": lambda: regression(s, x, epochs, nn.L1Loss()),
        "side": lambda: sides(s, x, epochs, sampled=False),
        "side-sampled": lambda: sides(s, x, epochs, sampled=True),
        "diffusion": lambda: diffusion(s, x, epochs),
        "flow": lambda: flow(s, x, epochs),
    }
    return methods[name]()


def scores(seen: EvaluationData, seconds: float) -> dict[str, float]:
    """What the benchmark compares."""
    return {**{m.name: float(m.read(seen) or 0) for m in METRICS.values() if m.name in BARS}, "train_seconds": seconds}


def trained(method: str, seed: int, epochs: int) -> dict[str, dict[str, float]]:
    """The scores of the notebook's way and of each recipe, trained back to back."""
    task = TASKS["jumper"]()
    s, x = (v[:, None] for v in task.pairs("train"))
    torch.manual_seed(seed)
    taken = stopwatch("cpu")
    theirs = notebook(method, s, x, epochs)
    seconds = taken()
    found = {"notebook": scores(evaluate(theirs, task, seed=seed), seconds)}
    for name in PAIRS[method]:
        recipe = METHODS[name].recipe
        policy, seconds = fitted(recipe.replace("steps", recipe.steps * epochs // 100), task, seed=seed)
        found[name] = scores(evaluate(policy, task, seed=seed), seconds)
    return found


def compared(method: str, seeds: int, epochs: int) -> dict[str, dict[str, dict[str, object]]]:
    """A row for each recipe: intervals of both sides' scores, and of the ratio of their training times."""
    runs = [trained(method, seed, epochs) for seed in range(seeds)]
    rows = {}
    for name in PAIRS[method]:
        sides = {"notebook": [run["notebook"] for run in runs], "ours": [run[name] for run in runs]}
        row = {f"{who}_{k}": student([r[k] for r in of]).to_data() for who, of in sides.items() for k in KEYS}
        ratios = [run["notebook"]["train_seconds"] / run[name]["train_seconds"] for run in runs]
        rows[name] = {**row, "ratio": student(ratios).to_data()}
    return rows


def main() -> None:
    """Prints and saves one row for each recipe."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument(
        "--epochs", type=int, default=100, help="of the notebook; our steps shrink alike (default: 100)"
    )
    options.add_argument("--out", type=Path, help="a file for the rows, as JSON")
    chosen = options.parse_args()
    torch.set_num_threads(1)
    fitted(METHODS["flow"].recipe.replace("steps", 5), TASKS["jumper"](), seed=0)  # what PyTorch does only once
    rows: dict[str, dict[str, dict[str, object]]] = {}
    for method in PAIRS:
        rows |= compared(method, chosen.seeds, chosen.epochs)
        Console(width=140).print(table(rows, chosen.seeds))
    if chosen.out:
        command = f"python benchmarks/original.py --seeds {chosen.seeds} --epochs {chosen.epochs}"
        write_json(chosen.out, {"command": command, "versions": versions(), "rows": rows})


def table(rows: dict[str, dict[str, object]], seeds: int) -> Table:
    """The rows in a terminal."""
    show = Table(title=f"notebook -> ours, mean ± 95 % interval over {seeds} seeds, one thread", box=None)
    show.add_column("recipe")
    for heading in ("success", "W1", "training, s", "ratio"):
        show.add_column(heading, justify="right")

    def cell(value: dict[str, float]) -> str:
        return f"{value['mean']:.3f} ±{((value['high'] or 0) - (value['low'] or 0)) / 2:.3f}"

    for name, row in rows.items():
        cells = [f"{cell(row[f'notebook_{k}'])} -> {cell(row[f'ours_{k}'])}" for k in KEYS]
        show.add_row(name, *cells, cell(row["ratio"]))
    return show


if __name__ == "__main__":
    main()
