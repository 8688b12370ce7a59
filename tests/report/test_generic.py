"""A task that brings no pictures has a view all the same: histograms of its actions, and its chunks."""

import numpy as np
import pytest

from eitherway.report.generic import NUMBERS, GenericEpisodesView, GenericSingleStepView
from eitherway.report.jumper import JumperView
from eitherway.report.single_step import Drawn
from eitherway.report.views import view_of
from eitherway.tasks import Fork, Jumper
from eitherway.tasks.base import Task
from line import Walk


class Other(Jumper):
    """A jumper that nobody drew."""


class Split(Fork):
    """A fork that nobody drew."""


def test_a_task_has_its_own_view_or_that_of_its_kind():
    assert type(view_of(Jumper())) is JumperView
    assert type(view_of(Other())) is GenericSingleStepView and type(view_of(Walk())) is GenericEpisodesView


def test_what_is_no_task_of_either_kind_cannot_be_shown():
    odd = type("Odd", (Task,), {})
    odd.__abstractmethods__ = frozenset()
    with pytest.raises(ValueError, match="neither a SingleStepTask nor an EpisodicTask"):
        view_of(odd())


def test_every_number_of_an_action_has_a_histogram_up_to_a_few():
    view = view_of(Split(dimensions=NUMBERS + 1, steps=2, demonstrations=50, held_out=0))
    assert list(view.panels(None)) == [*(f"action {d}" for d in range(NUMBERS)), "chunks"]
    assert list(view_of(Other(demonstrations=50, held_out=0)).panels(None)) == ["action 0"]


def test_a_method_is_drawn_over_the_data_and_what_leaves_the_axes_is_said():
    view = view_of(Other(demonstrations=50, held_out=0))
    x = np.array([[1.5], [np.nan], [100.0], [-1.2]])
    axes = view.panels(Drawn(np.zeros((4, 1)), x))["action 0"].axes[0]
    assert axes.texts[0].get_text() == "2 of 4 outside" and len(axes.patches) == 2


def test_a_task_says_of_itself_what_its_docstring_does():
    facts = view_of(Other(demonstrations=5, held_out=0)).facts()
    assert facts["about"] == "A jumper that nobody drew." and facts["spec"].action == 1
