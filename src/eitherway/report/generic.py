"""The report's views of tasks without figures of their own: actions number by number, and the chunks drawn.

Data are blue and filled, predictions orange and drawn as a line; axes are the demonstrations' and the same for every
method.
"""

import inspect
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

import matplotlib
import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from eitherway.evaluation.rollouts import Rollouts
from eitherway.report.episodes import RolloutsView, every
from eitherway.report.figure_files import FigureFiles
from eitherway.report.figures import SIZE
from eitherway.report.quality import Quality
from eitherway.report.row import Row
from eitherway.report.sampling_path import SamplingPath
from eitherway.report.single_step import Drawn, SingleStepView
from eitherway.report.style import DATA, INK, PREDICTION, STYLE, single
from eitherway.report.view import Seen, View
from eitherway.tasks.base import Task

NUMBERS = 4  # of an action, at most, that have a histogram
LINES = 60  # chunks that are drawn as lines
BARS, ROOM = 60, 0.15  # of a histogram; beyond the demonstrations' range, as a share of it
SUCCESS = Quality("success", "success: higher is better, further left is faster", log=False)
SEE = "Do actions go where demonstrations go, number by number, and do the chunks fan out where these do?"

Actions = Float[np.ndarray, "N D"]


class Demonstrated:
    """The demonstrations of a task: their actions, and the axes of all pictures."""

    def __init__(self, task: Task) -> None:
        self.episodes = task.demos("train")
        self.actions: Actions = np.concatenate([np.asarray(e.action, np.float64) for e in self.episodes])
        low, high = self.actions.min(0), self.actions.max(0)
        room = ROOM * np.where(high > low, high - low, 1.0)
        self.low, self.high = low - room, high + room

    def histograms(self, done: Actions | None) -> dict[str, Figure]:
        """Draws a histogram for each of the first few numbers of an action."""
        return {f"action {d}": self.histogram(done, d) for d in range(min(NUMBERS, self.actions.shape[1]))}

    def histogram(self, done: Actions | None, d: int) -> Figure:
        """Draws the shares of one number's values: the demonstrations' filled, a method's as an outline."""
        figure, axes = single(*SIZE)
        bars = np.linspace(self.low[d], self.high[d], BARS + 1)
        data = np.histogram(self.actions[:, d], bars)[0] / len(self.actions)
        axes.stairs(data, bars, fill=True, color=DATA, alpha=0.4)
        if done is not None:
            good = done[np.isfinite(done[:, d]), d]
            inside = np.histogram(good, bars)[0]
            axes.stairs(inside / max(len(good), 1), bars, color=PREDICTION, lw=1.2)
            outside = len(done) - int(inside.sum())
            if outside:
                axes.text(
                    0.02, 0.98, f"{outside} of {len(done)} outside", transform=axes.transAxes, va="top", color=INK
                )
        axes.set(xlim=(bars[0], bars[-1]), ylim=(0, 1.6 * float(data.max())), xlabel=f"action {d}", title="shares")
        return figure

    def chunks(self, chunks: Float[np.ndarray, "N H D"], horizon: int, title: str) -> Figure:
        """Draws the first number of chunks over their steps, beside demonstrated ones."""
        figure, axes = single(*SIZE)
        cut = [e.action[:horizon, 0] for e in self.episodes if len(e.action) >= horizon]
        self.add(axes, spread(np.array(cut, np.float64).reshape(-1, horizon)), DATA)
        self.add(axes, spread(chunks[..., 0]), PREDICTION)
        axes.set(
            xlim=(0, max(horizon - 1, 1)), ylim=(self.low[0], self.high[0]), xlabel="step of the chunk", title=title
        )
        return figure

    def add(self, axes: Axes, rows: Float[np.ndarray, "N H"], colour: str) -> None:
        """Adds each row of numbers as a line over its steps."""
        lines = [np.stack([np.arange(len(row)), row], -1) for row in rows]
        axes.add_collection(LineCollection(lines, colors=colour, linewidths=0.7, alpha=0.6))


def spread(rows: np.ndarray) -> np.ndarray:
    """Selects evenly spread rows, as many as are drawn."""
    return rows[np.unique(np.linspace(0, len(rows) - 1, LINES).astype(int))] if len(rows) else rows


class WithoutPictures(View[Seen]):
    """The base class of the views of tasks without figures of their own."""

    words, quality, see = "generic.html", SUCCESS, SEE
    references: ClassVar[Mapping[str, tuple[str, str]]] = {}

    task: Any

    def __init__(self, task: Task) -> None:
        self.task = task

    @cached_property
    def data(self) -> Demonstrated:
        """The demonstrations to train on."""
        return Demonstrated(self.task)

    @property
    def demonstrations(self) -> int:
        """The number of demonstrations to train on."""
        return len(self.data.episodes)

    def facts(self) -> Mapping[str, Any]:
        """Returns what the task's docstring says of it, and its spec."""
        about = (inspect.getdoc(type(self.task)) or "").split("\n\n")[0]
        return {"about": about, "spec": self.task.spec, "noise": []}

    def pictures(self) -> Mapping[str, tuple[str, Figure]]:
        """Returns no figures beyond the panels."""
        return {}


class GenericSingleStepView(WithoutPictures[Drawn], SingleStepView):
    """The view of any single-step task: the numbers of its actions, and its chunks."""

    def panels(self, seen: Drawn | None) -> Mapping[str, Figure]:
        """Histograms of the actions, and chunks where they have more than one step."""
        size = self.task.spec.action
        chunks = None if seen is None else seen.x.reshape(len(seen.x), -1, size)
        with matplotlib.rc_context(STYLE):
            found = self.data.histograms(None if chunks is None else chunks.reshape(-1, size))
            if self.task.spec.horizon > 1:
                shown = np.empty((0, self.task.spec.horizon, size)) if chunks is None else chunks
                found["chunks"] = self.data.chunks(shown, shown.shape[1], "chunks, action 0")
        return found

    def stops(self, trajectory: SamplingPath) -> Mapping[str, Figure]:
        """Returns no figures: what one number passes through tells nothing of a task nobody drew."""
        return {}

    def lines(self, trajectory: SamplingPath) -> None:
        """Returns None, for the same reason."""


class GenericEpisodesView(WithoutPictures[Rollouts], RolloutsView):
    """The view of any episodic task: the numbers of the actions carried out, and the widest sample fan."""

    def panels(self, seen: Rollouts | None) -> Mapping[str, Figure]:
        """Histograms of the actions that were carried out, and the fan of the first episode that is widest."""
        with matplotlib.rc_context(STYLE):
            if seen is None:
                return self.data.histograms(None)
            done = seen.action.reshape(-1, seen.action.shape[-1])
            found = self.data.histograms(done[np.isfinite(done).all(-1)])
            fans = seen.sample_fan[0]  # Q S H D
            wide = np.nan_to_num(fans.std(1).mean((1, 2)), nan=-1.0)
            at = int(seen.decision_steps[int(wide.argmax())])
            found["fan"] = self.data.chunks(
                fans[int(wide.argmax())], fans.shape[2], f"widest fan, at step {at}, action 0"
            )
        return found

    def more(self, row: Row, files: FigureFiles) -> Mapping[str, Any]:
        """Returns how often it decides: there is no scene to draw strips or videos from."""
        return {"strip": None, "video": None, "every": every(row.seen)}

    def together(self, rows: Sequence[Row]) -> Mapping[str, Any]:
        """Returns no replay: nothing says what a state looks like."""
        return {"replay": None, "bundle": None}

    def film(self, row: Row) -> None:
        """Returns None: nothing says what a state looks like."""
