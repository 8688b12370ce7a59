"""Which view a report has of which task."""

from collections.abc import Callable, Mapping

from eitherway.report.fork import ForkShow
from eitherway.report.jumper import JumperShow
from eitherway.report.show import Show
from eitherway.tasks import Fork, Jumper, Task

SHOWS: Mapping[type[Task], Callable[..., Show]] = {Fork: ForkShow, Jumper: JumperShow}


def show_of(task: Task) -> Show:
    """The report's view of a task; a ValueError where there is none."""
    if type(task) not in SHOWS:
        raise ValueError(f"no report can show a {type(task).__name__}")
    return SHOWS[type(task)](task)
