"""An episodic task seen from above: what never moves, what moves, and the chunks that a policy might have carried out.

A scene is data: the pictures of a page, the frames of a video and the replay in the browser are all drawn from it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from eitherway.evaluation.rollouts import Rollouts
from eitherway.report.style import INK, MUTED, PREDICTION

CORNERS = 40  # of the polygon that stands for a circle
NORMAL = 300.0  # widths of lines are right for a picture this wide

Places = Float[np.ndarray, "P 2"]


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A polygon or a line, in the task's own coordinates."""

    points: Places
    colour: str  # one of those that a page may repaint
    width: float = 0.0  # of the line, in a picture of normal width; 0 for what is filled instead
    alpha: float = 1.0
    closed: bool = False  # whether the line returns to where it began


@dataclass(frozen=True, kw_only=True)
class Scene:
    """How to draw an episodic task; a state is the agent's x and y, then the body's x, y and angle if there is one."""

    window: tuple[float, float, float, float]  # left, top, right and bottom of the picture
    across: tuple[int, int] = (0, 1)  # which coordinate grows to the right, and which downwards
    ground: tuple[Mark, ...]  # what never moves
    body: Places | None = None  # the outline of what is pushed, in its own frame
    radius: float  # of the agent
    state: Callable[[Rollouts], Float[np.ndarray, "B T1 C"]]
    units: tuple[float, ...]  # of each number of a state, as fine as it is shown
    gauge: str = ""  # what the last number of a state is; '' where it is one of the above

    @property
    def shape(self) -> float:
        """Height over width."""
        left, top, right, bottom = self.window
        return (bottom - top) / (right - left)

    def on_page(self, points: Float[np.ndarray, "*P 2"]) -> Float[np.ndarray, "*P 2"]:
        """Maps places to shares of the picture's width, to the right and downwards."""
        left, top, right, _ = self.window
        return (points[..., list(self.across)] - (left, top)) / (right - left)

    def moment(self, r: Rollouts, episode: int, step: int) -> list[Mark]:
        """Returns all marks of an episode at a step, what lies below first."""
        state = self.state(r)[episode]
        return [*self.ground, *plans(r, state, episode, step), *self.moving(state[: step + 1])]

    def moving(self, so_far: Float[np.ndarray, "T C"]) -> list[Mark]:
        """Returns the marks of the agent with its trail, and of the body."""
        now = so_far[-1]
        marks = [Mark(points=so_far[:, :2], colour=MUTED, width=1.2, alpha=0.9)] if len(so_far) > 1 else []
        if self.body is not None:
            outline = moved(self.body, now[2:5])
            marks += [
                Mark(points=outline, colour=MUTED, alpha=0.45),
                Mark(points=outline, colour=INK, width=1.4, closed=True),
            ]
        return [*marks, Mark(points=circle(now[:2], self.radius), colour=INK)]


def plans(r: Rollouts, state: Float[np.ndarray, "T1 C"], episode: int, step: int) -> list[Mark]:
    """Returns marks of the sample fan at the latest decision, and over it the actions carried out until the next."""
    q = latest(r.decision_steps, min(step, int(r.steps[episode]) - 1))
    begin, marks = int(r.decision_steps[q]), []
    if episode < len(r.sample_fan):
        start = state[begin, :2]
        marks = [
            Mark(points=np.concatenate([start[None], chunk]), colour=PREDICTION, width=0.9, alpha=0.45)
            for chunk in r.sample_fan[episode, q]
            if np.isfinite(chunk).all()
        ]
    end = int(r.decision_steps[q + 1]) if q + 1 < len(r.decision_steps) else r.action.shape[1]
    done = r.action[episode, begin : min(end, int(r.steps[episode]))]
    return [*marks, Mark(points=np.concatenate([state[begin, None, :2], done]), colour=PREDICTION, width=2.4)]


def latest(decision_steps: Int[np.ndarray, " Q"], step: int) -> int:
    """Returns the index of the latest decision at a step."""
    return int(np.searchsorted(decision_steps, step, side="right")) - 1


def moved(outline: Places, pose: Float[np.ndarray, " 3"]) -> Places:
    """Returns an outline turned by the pose's angle, then carried to its place."""
    cos, sin = np.cos(pose[2]), np.sin(pose[2])
    return pose[:2] + outline @ np.array([[cos, sin], [-sin, cos]])


def circle(middle: Float[np.ndarray, " 2"], radius: float) -> Places:
    """Returns a circle, as a polygon."""
    turn = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    return middle + radius * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
