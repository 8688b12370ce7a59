"""`eitherway train`: one recipe, one seed, kept as a checkpoint."""

import argparse
import time
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from eitherway.checkpoint import Trained, save_trained
from eitherway.cli import choose
from eitherway.evaluate import single_thread
from eitherway.recipe import build
from eitherway.recipes import METHODS
from eitherway.train import Diverged, demonstrations, train


def run(options: argparse.Namespace) -> int:
    """Trains and saves."""
    choose.known(options.recipe, METHODS, "recipe")
    recipes, task = choose.change(choose.recipes(options.recipe), choose.task(options.task), options.set)
    recipe, console = recipes[options.recipe], Console()
    folder = options.out or Path("policies") / f"{options.recipe}-seed-{options.seed}"
    policy = build(recipe, task(), seed=options.seed, device=choose.device(options.device))
    demos = demonstrations(task(), recipe)
    folder.parent.mkdir(parents=True, exist_ok=True)  # before the training: a place that cannot be is found early
    begun = time.perf_counter()
    with single_thread(), Progress(console=console) as bar:
        line = bar.add_task(options.recipe, total=recipe.steps)
        try:
            for done in train(policy, demos, recipe, seed=options.seed):
                loss = float(done.losses.mean())
                bar.update(line, completed=done.step, description=f"{options.recipe}: loss {loss:.4f}")
        except Diverged as error:
            raise ValueError(f"{options.recipe}, seed {options.seed}: {error}") from None
    seconds = time.perf_counter() - begun
    save_trained(folder, Trained(policy=policy, recipe=recipe, task=task, seed=options.seed, train_seconds=seconds))
    console.print(f"{recipe.steps} steps in {seconds:.1f} s; next: eitherway evaluate {folder}", soft_wrap=True)
    return 0
