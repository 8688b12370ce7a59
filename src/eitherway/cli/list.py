"""`eitherway list`: what there is, one line each."""

import argparse
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console

from eitherway import backbones, codebooks, heads
from eitherway.metrics import METRICS
from eitherway.recipes import METHODS
from eitherway.tasks import TASKS


def run(options: argparse.Namespace) -> int:
    """Prints tasks, heads, codebooks, backbones, recipes and metrics."""
    console = Console(markup=False, highlight=False)
    sections: Mapping[str, Mapping[str, str]] = {
        "tasks": {name: f"{first_line(task.cls)} {dict(task.options) or ''}".strip() for name, task in TASKS.items()},
        "heads": described(heads, heads.Head),
        "penalties": described(heads, heads.Penalty),
        "codebooks": described(codebooks, codebooks.Codebook),
        "backbones": described(backbones, backbones.Backbone),
        "recipes": {name: f"{m.idea}{'' if m.group == 'default' else f' ({m.group})'}" for name, m in METHODS.items()},
        "metrics": {m.name: f"{m.meaning} [{m.unit}]" for m in METRICS},
    }
    widest = 2 + max(len(name) for rows in sections.values() for name in rows)
    for title, rows in sections.items():
        console.print(f"[bold]{title}[/bold]")
        for name, line in rows.items():
            console.print(f"  {name:{widest}}{line}", markup=False, soft_wrap=True)
    return 0


def described(module: Any, base: type) -> dict[str, str]:  # noqa: ANN401
    """The concrete classes of a kind that a package offers, and what each is."""
    found = [getattr(module, name) for name in module.__all__]
    return {
        c.__name__: first_line(c)
        for c in found
        if isinstance(c, type) and issubclass(c, base) and not inspect.isabstract(c)
    }


def first_line(of: Callable[..., Any]) -> str:
    """What a class says of itself."""
    return (inspect.getdoc(of) or "").splitlines()[0]
