"""`eitherway list`: everything that has a name, one line each."""

import argparse
import inspect
from collections.abc import Callable, Mapping

from rich.console import Console

from eitherway.metrics import METRICS
from eitherway.recipes import METHODS
from eitherway.registry import KINDS, Classes
from eitherway.tasks import TASKS
from eitherway.tasks.base import TASK_CLASSES


def run(options: argparse.Namespace) -> int:
    """Prints tasks, recipes, metrics, and every class that an option may name, by kind."""
    console = Console(markup=False, highlight=False)
    sections: Mapping[str, Mapping[str, str]] = {
        "task": {name: f"{first_line(task.cls)} {dict(task.options) or ''}".strip() for name, task in TASKS.items()},
        "recipe": {name: f"{m.idea}{'' if m.group == 'default' else f' ({m.group})'}" for name, m in METHODS.items()},
        "metric": {name: f"{m.meaning} [{m.unit}]" for name, m in METRICS.items()},
        **{
            kind.what: {name: first_line(cls) for name, cls in kind.items()}
            for kind in KINDS
            if isinstance(kind, Classes) and kind is not TASK_CLASSES
        },
    }
    widest = 2 + max(len(name) for rows in sections.values() for name in rows)
    for title, rows in sections.items():
        console.print(title, style="bold")
        for name, line in rows.items():
            console.print(f"  {name:{widest}}{line}", soft_wrap=True)
    return 0


def first_line(of: Callable[..., object]) -> str:
    """Returns the first line of a class's docstring."""
    return (inspect.getdoc(of) or "").splitlines()[0]
