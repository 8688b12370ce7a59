"""Which view a report has of which task."""

from collections.abc import Callable, Mapping
from typing import Any

from eitherway.report.avoiding import AvoidingShow
from eitherway.report.fork import ForkShow
from eitherway.report.jumper import JumperShow
from eitherway.report.pusht import PushTShow
from eitherway.report.show import Show
from eitherway.tasks import Avoiding, Fork, Jumper, PushT, Task

SHOWS: Mapping[type[Task], Callable[..., Show[Any]]] = {
    Jumper: JumperShow,
    Fork: ForkShow,
    Avoiding: AvoidingShow,
    PushT: PushTShow,
}


def show_of(task: Task) -> Show[Any]:
    """The report's view of a task; a ValueError where there is none."""
    if type(task) not in SHOWS:
        raise ValueError(f"no report can show a {type(task).__name__}")
    return SHOWS[type(task)](task)
