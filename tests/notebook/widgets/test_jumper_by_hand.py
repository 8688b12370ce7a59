"""The jumper widget: its state, its verdict, what it refuses."""

import pytest
from traitlets import TraitError

from eitherway.notebook.widgets import JumperWidget


def test_it_starts_as_the_story_says():
    robot = JumperWidget()
    assert (robot.s, robot.x, robot.show_robot, robot.show_obstacle, robot.show_action) == (
        0.0,
        1.05,
        True,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("x", "verdict"), [(0.0, "Fail!"), (0.95, "Fail!"), (1.0, "Success!"), (-1.0, "Success!"), (-1.5, "Success!")]
)
def test_touching_is_no_collision(x, verdict):
    assert JumperWidget(x=x, show_action=True).verdict == verdict


def test_a_hidden_action_has_no_verdict():
    robot = JumperWidget(x=0.0, show_action=True)
    robot.show_action = False
    assert robot.verdict == ""


def test_the_verdict_cannot_be_set():
    with pytest.raises(AttributeError):
        JumperWidget().verdict = "Success!"


@pytest.mark.parametrize("name", ["s", "x"])
@pytest.mark.parametrize("value", [1.51, -2.0, float("nan"), float("inf")])
def test_a_number_out_of_reach_is_refused_in_one_line_and_nothing_changes(name, value):
    robot = JumperWidget()
    before = getattr(robot, name)
    with pytest.raises(TraitError, match=rf"^{name} must lie in \[-1.5, 1.5\], got {value}$"):
        setattr(robot, name, value)
    assert getattr(robot, name) == before


def test_out_of_reach_from_the_first_is_refused_too():
    with pytest.raises(TraitError, match="s must lie in"):
        JumperWidget(s=2.0)


def test_a_misspelt_option_is_refused():
    with pytest.raises(TypeError, match="show_robt"):
        JumperWidget(show_robt=True)
