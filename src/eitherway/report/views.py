"""Which view a report has of which task."""

from collections.abc import Callable, Mapping
from typing import Any

from eitherway.report.avoiding import AvoidingView
from eitherway.report.fork import ForkView
from eitherway.report.jumper import JumperView
from eitherway.report.pusht import PushTView
from eitherway.report.view import View
from eitherway.tasks import Avoiding, Fork, Jumper, PushT, Task

VIEWS: Mapping[type[Task], Callable[..., View[Any]]] = {
    Jumper: JumperView,
    Fork: ForkView,
    Avoiding: AvoidingView,
    PushT: PushTView,
}


def view_of(task: Task) -> View[Any]:
    """The report's view of a task; a ValueError where there is none."""
    if type(task) not in VIEWS:
        raise ValueError(f"no report can show a {type(task).__name__}")
    return VIEWS[type(task)](task)
