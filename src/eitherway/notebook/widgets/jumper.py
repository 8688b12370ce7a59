"""The jumper widget: drag the robot and its landing, and see whether it collides."""

from pathlib import Path
from typing import Literal

import numpy as np
from anywidget import AnyWidget
from traitlets import Bool, Bunch, Float, validate

from eitherway.notebook.widgets.limits import within
from eitherway.tasks.jumper.distribution import safe
from eitherway.tasks.jumper.env import REACH

STATIC = Path(__file__).parent / "static"


class JumperWidget(AnyWidget):
    """A widget of the jumper from the side: robot at s below, obstacle at 0, landing at x; s and x in [-1.5, 1.5].

    What is changed here is seen there, and the other way round. Keys: ← → move the landing, Shift with them the robot.

    >>> robot = JumperWidget(x=0.4, show_action=True)
    >>> robot.verdict
    'Fail!'
    >>> robot.x = -1.0
    >>> robot.verdict
    'Success!'
    """

    _esm = STATIC / "jumper.js"
    _css = STATIC / "widgets.css"

    s = Float(0.0).tag(sync=True)
    x = Float(1.05).tag(sync=True)
    show_robot = Bool(True).tag(sync=True)
    show_obstacle = Bool(False).tag(sync=True)
    show_action = Bool(False).tag(sync=True)

    def __init__(
        self,
        *,
        s: float = 0.0,
        x: float = 1.05,
        show_robot: bool = True,
        show_obstacle: bool = False,
        show_action: bool = False,
    ) -> None:
        super().__init__(s=s, x=x, show_robot=show_robot, show_obstacle=show_obstacle, show_action=show_action)

    @validate("s", "x")
    def _within_reach(self, proposal: Bunch) -> float:
        return within(proposal, -REACH, REACH)

    @property
    def verdict(self) -> Literal["Success!", "Fail!", ""]:
        """The verdict on the landing, as the screen shows it; '' while the action is hidden."""
        if not self.show_action:
            return ""
        return "Success!" if safe(np.array([self.x]))[0] else "Fail!"
