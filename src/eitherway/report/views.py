"""The registered views, and the choice of a task's view."""

from collections.abc import Callable, Mapping
from typing import Any

from eitherway.report.avoiding import AvoidingView
from eitherway.report.fork import ForkView
from eitherway.report.generic import GenericEpisodesView, GenericSingleStepView
from eitherway.report.jumper import JumperView
from eitherway.report.pusht import PushTView
from eitherway.report.view import VIEWS, View
from eitherway.tasks import Task
from eitherway.tasks.base import EpisodicTask, SingleStepTask

__all__ = ["AvoidingView", "ForkView", "JumperView", "PushTView", "view_of"]

GENERIC: Mapping[type[Task], Callable[..., View[Any]]] = {
    SingleStepTask: GenericSingleStepView,
    EpisodicTask: GenericEpisodesView,
}


def view_of(task: Task) -> View[Any]:
    """The view registered for a task's class, or the generic one; a ValueError where it is no task of either kind."""
    own: list[Callable[..., View[Any]]] = [view for view in VIEWS.values() if view.shows is type(task)]
    made = next(iter(own + [view for kind, view in GENERIC.items() if isinstance(task, kind)]), None)
    if made is None:
        raise ValueError(
            f"{type(task).__name__} is neither a SingleStepTask nor an EpisodicTask: no report can show it"
        )
    return made(task)
