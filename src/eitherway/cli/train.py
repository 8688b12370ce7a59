"""`eitherway train`: trains one recipe with one seed, and saves a checkpoint."""

import argparse
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from eitherway.cli import choose
from eitherway.compare import Plan
from eitherway.recipes import METHODS
from eitherway.stopwatch import single_thread
from eitherway.training.checkpoint import Trained, check_place, save_trained
from eitherway.training.tensorboard import board, check_board
from eitherway.training.train import Diverged, fitted
from eitherway.training.train import Progress as Done


def run(options: argparse.Namespace) -> int:
    """Trains a recipe and saves the policy."""
    choose.known(options.recipe, METHODS, "recipe")
    recipes, task = choose.plan(options.recipe, options.task, options.set, options.effort)
    recipe, console = recipes[options.recipe], Console(markup=False)
    choose.check_data(options.data, task)
    device = choose.device(options.device)
    log = options.tensorboard and options.tensorboard / options.recipe / f"seed-{options.seed}"
    if log:
        check_board()
    plan = Plan(
        task_name=options.task, task=task, recipes={options.recipe: recipe}, seeds=(options.seed,), device=device
    )
    plan.check()
    folder = options.out or Path("policies") / f"{options.recipe}-seed-{options.seed}"
    check_place(folder)
    with single_thread(), board(log) as write, Progress(console=console) as bar:
        line = bar.add_task(options.recipe, total=recipe.steps)

        taken = 0

        def watch(done: Done) -> None:
            nonlocal taken
            write(done)
            taken += len(done.losses)
            stage = f", stage {done.stage + 1}" if done.stage else ""
            told = f"{options.recipe}{stage}: loss {float(done.losses.mean()):.4f}"
            bar.update(line, completed=done.step, description=told)

        try:
            policy, seconds = fitted(
                recipe, task(), seed=options.seed, device=options.device, compiled=options.compile, watch=watch
            )
        except Diverged as error:
            raise ValueError(f"{options.recipe}, seed {options.seed}: {error}") from None
        except KeyboardInterrupt:
            console.print("Stopped. Nothing is saved before the training has ended.")
            raise
    save_trained(folder, Trained(policy=policy, recipe=recipe, task=task, seed=options.seed, train_seconds=seconds))
    console.print(f"{taken} steps in {seconds:.1f} s; next: eitherway evaluate {folder}", soft_wrap=True)
    return 0
