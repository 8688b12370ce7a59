"""The plan and the jobs of a comparison: one job for each training and seed, evaluated under every way of drawing."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eitherway.compare.storage import read_card
from eitherway.make import Make
from eitherway.registry import to_data
from eitherway.tasks import Task
from eitherway.training.checkpoint import check_savable
from eitherway.training.optimizer_step import OptimizerStep
from eitherway.training.recipe import Recipe, build, digest

TRAININGS = "trainings"


@functools.cache
def ready(task: Make[Task]) -> Task:
    """Makes the task, once a process."""
    return task()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The plan of a comparison: all that decides its results."""

    task_name: str
    task: Make[Task]
    recipes: Mapping[str, Recipe]
    seeds: tuple[int, ...]
    device: str = "cpu"
    board: Path | None = None  # where losses are written for TensorBoard; decides no result

    def check(self) -> None:
        """Makes all parts of every recipe once, so that an impossible option is found before anything is trained."""
        ready(self.task).env(1).close()
        for name, recipe in self.recipes.items():
            try:
                check_savable(recipe, self.task)
                OptimizerStep(build(recipe, ready(self.task), seed=0), recipe)
                recipe.execution()
                recipe.early_stopping and recipe.early_stopping()
            except (TypeError, ValueError, RuntimeError, MemoryError, ArithmeticError) as error:
                raise ValueError(f"{name}: {next(iter(str(error).splitlines()), type(error).__name__)}") from None

    def names(self) -> list[str]:
        """The rows of the comparison in their order: recipes first, then references."""
        return [*self.recipes, *ready(self.task).actors()]

    def training(self, name: str) -> str:
        """Returns the digest that names the folder of the training that a recipe draws from."""
        return digest([self.recipes[name].training_digest(), self.device])

    def digest(self, name: str) -> str:
        """Returns the digest that a row's record must carry to count as done."""
        what = self.recipes[name].to_data() if name in self.recipes else name
        return digest([to_data(self.task), what, self.device])


@dataclass(frozen=True, kw_only=True)
class Job:
    """One training with one seed and the rows that draw from it; without a training, the reference rows."""

    seed: int
    rows: tuple[str, ...]
    training: str | None
    cost: float  # relative, for the time left

    def __str__(self) -> str:
        return f"{' + '.join(self.rows) if self.training else 'references'}, seed {self.seed}"


def jobs(plan: Plan) -> list[Job]:
    """Returns every job of the plan, long ones first so that none is left over at the end."""
    groups: dict[str, list[str]] = {}
    for name in plan.recipes:
        groups.setdefault(plan.training(name), []).append(name)
    trainings = [
        Job(seed=seed, rows=tuple(names), training=key, cost=plan.recipes[names[0]].steps + 300 * len(names))
        for key, names in groups.items()
        for seed in plan.seeds
    ]
    actors = tuple(ready(plan.task).actors())
    references = [Job(seed=seed, rows=actors, training=None, cost=300) for seed in plan.seeds]
    return sorted(trainings + references, key=lambda job: -job.cost)


def record_folder(folder: Path, name: str, seed: int) -> Path:
    """Returns the folder of a row's recorded evaluation."""
    return folder / name / f"seed-{seed}"


def training_folder(folder: Path, job: Job) -> Path:
    """Returns the folder of a job's checkpoint."""
    return folder / TRAININGS / str(job.training) / f"seed-{job.seed}"


def finished(folder: Path, plan: Plan, name: str, seed: int) -> bool:
    """Whether a row's evaluation is recorded, undamaged, and of this very plan."""
    card = read_card(record_folder(folder, name, seed))
    return card is not None and card["digest"] == plan.digest(name)
