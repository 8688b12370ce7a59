"""Turns command-line words into recipes, tasks and devices; every mistake is answered with the nearest names."""

import argparse
import inspect
import json
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from eitherway.make import Make, nearest
from eitherway.recipes import METHODS
from eitherway.registry import find, from_data
from eitherway.tasks import TASKS, Task
from eitherway.tasks.base import EpisodicTask
from eitherway.training.recipe import Recipe

EPISODIC_GROUPS = ("episodic", "paper")  # groups of what is made for all episodic tasks
SPECIAL = ("record", "pictures")  # groups of what is made for one, or for one way to observe it
GROUPS = ("default", "field", "long", "original", *EPISODIC_GROUPS, *SPECIAL)
FEW = 30  # names that are all listed where one is not known
MOST_STEPS = 10**12
WORDS: Mapping[str, Any] = {"True": True, "False": False, "None": None}  # Python's spelling, beside JSON's


def known(name: str, names: Mapping[str, Any] | Sequence[str], what: str) -> str:
    """Returns the name if it is a known one; a ValueError with the nearest names where it is not."""
    if name not in names:
        all_of_them = f"there are: {', '.join(names)}" if len(names) <= FEW else "all of them: eitherway list"
        raise ValueError(f"unknown {what} {name!r}; {nearest(name, names)}{all_of_them}")
    return name


def recipes(words: str, on: Make[Task]) -> dict[str, Recipe]:
    """Returns the recipes of a comma-separated list of names and groups, in the order of their registration.

    The default is what a first look at that task should show; `all` is all that is made for such tasks.
    """
    episodic = inspect.isclass(on.cls) and issubclass(on.cls, EpisodicTask)
    made_for = [n for n, m in METHODS.items() if (m.group in EPISODIC_GROUPS) == episodic and m.group not in SPECIAL]
    chosen: set[str] = set()
    for word in (w.strip() for w in words.split(",")):
        wanted = "episodic" if word == "default" and episodic else word
        group = made_for if word == "all" else [n for n, m in METHODS.items() if m.group == wanted]
        chosen |= set(group or [known(word, [*METHODS, *GROUPS, "all"], "recipe")])
    return {name: method.recipe for name, method in METHODS.items() if name in chosen}


def plan(words: str, name: str, settings: Sequence[str], effort: float = 1.0) -> tuple[dict[str, Recipe], Make[Task]]:
    """Returns the recipes and the task that words name, all settings applied and the steps multiplied by `effort`."""
    on = task(name)
    chosen, on = change(recipes(words, on), on, settings)
    return {n: recipe.replace("steps", steps_of(recipe, effort)) for n, recipe in chosen.items()}, on


def steps_of(recipe: Recipe, effort: float) -> int:
    """Returns a recipe's steps times `effort`; raises ValueError where nobody could wait for them."""
    steps = effort * recipe.steps
    if steps > MOST_STEPS:
        raise ValueError(f"--effort must leave at most {MOST_STEPS:,} steps, got {effort:g} times {recipe.steps:,}")
    return max(1, round(steps))


def command(words: Sequence[str], options: argparse.Namespace) -> str:
    """Returns the command that makes results again, whatever folder they lie in: the words, and what all runs share."""
    device = [] if options.device == "cpu" else ["--device", options.device]
    settings = [word for setting in options.set for word in ("--set", setting)]
    plugins = [word for module in options.plugin for word in ("--plugin", module)]
    return shlex.join(["eitherway", *words, *device, *settings, *plugins])


def check_data(folder: Path | None, on: Make[Task]) -> None:
    """Raises ValueError where a folder of data sets is named for a task that reads none."""
    if folder is not None and getattr(on.cls, "recordings", None) is None:
        raise ValueError(
            f"--data names the folder of the public data sets, and {on.name} reads none of them: leave it out, "
            f"or take a task that does (pusht)"
        )


def change(
    chosen: dict[str, Recipe], task: Make[Task], settings: Sequence[str]
) -> tuple[dict[str, Recipe], Make[Task]]:
    """Returns the recipes and the task with every `--set KEY=VALUE` applied."""
    for setting in settings:
        key, equals, text = setting.partition("=")
        owner, _, path = key.partition(".")
        if not equals or not path:
            raise ValueError(f"--set needs RECIPE.FIELD=VALUE or task.OPTION=VALUE, got {setting!r}")
        try:
            if owner == "task":
                task = task.replace(path, value(text))
            else:
                known(owner, [*chosen, "task"], "recipe of this command")
                chosen = {**chosen, owner: chosen[owner].replace(path, value(text))}
        except TypeError as error:
            raise ValueError(f"--set {setting}: {error}") from None
    return chosen, task


def judged(task: Make[Task], starts: str | None) -> Make[Task]:
    """Returns the task, evaluated at the starts FIRST:COUNT; at its own where none are given."""
    if starts is None:
        return task
    found = re.fullmatch(r"(\d{1,10}):(\d{1,10})", starts, re.ASCII)
    if found is None:
        raise ValueError(f"--starts must be FIRST:COUNT, an environment seed and how many starts; got {starts!r}")
    return task.replace("starts", (int(found[1]), int(found[2])))


def value(text: str) -> Any:  # noqa: ANN401
    """Parses a value from the command line: JSON, the name of a class, or else the text itself."""
    if text in WORDS:
        return WORDS[text]
    if text[:1].isupper():
        return Make(find(text))
    try:
        return from_data(json.loads(text))
    except json.JSONDecodeError:
        return text
    except (RecursionError, ValueError) as error:  # nested thousands deep; a number of thousands of digits
        raise TypeError(f"not a value that can be read: {' '.join(str(error).split())}") from None


def task(name: str) -> Make[Task]:
    """Returns the task of that name."""
    return TASKS[known(name, TASKS, "task")]


def device(name: str) -> str:
    """Returns the device's name if it can be used here; a ValueError where it cannot."""
    try:
        if torch.device(name).type not in ("cpu", "cuda"):
            raise ValueError("only cpu and cuda are known to work")
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError, ValueError) as error:
        raise ValueError(f"device {name!r} cannot be used here: {str(error).splitlines()[0]}") from None
    return name
