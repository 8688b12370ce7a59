"""The report's view of the fork: fans of paths over the open lanes, and where paths end.

Data are blue, predictions orange, walls red; axes are the same for every method.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import matplotlib
import numpy as np
import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from eitherway.registry import register
from eitherway.report.density import Grid, density
from eitherway.report.figures import SIZE
from eitherway.report.quality import ENERGY
from eitherway.report.sampling_path import SamplingPath
from eitherway.report.single_step import Drawn, SingleStepView
from eitherway.report.style import DATA, INK, OBSTACLE, PREDICTION, STYLE, single
from eitherway.tasks import Fork
from eitherway.tasks.fork.lanes import TUBE

PLACES = (-0.6, 0.0, 0.6)  # positions in the first dimension that a fan of paths starts from
FAN = 40  # paths of a fan: those that start nearest
SHOWN = 4_000  # ends that are drawn
CELLS = 400
DOTS: Mapping[str, Any] = {"marker": ".", "color": DATA, "ms": 1.6, "mew": 0, "alpha": 0.45}
CROSSES: Mapping[str, Any] = {"marker": "x", "color": PREDICTION, "ms": 1.5, "mew": 0.28, "alpha": 0.6}


@register
class ForkView(SingleStepView):
    """The view of the fork task: the first dimension's paths from three places, and where they end."""

    shows = Fork
    words, quality = "fork.html", ENERGY
    see = "Do the paths keep to the lanes from the first step to the last, and take each as often as the data do?"
    references = {  # noqa: RUF012
        "truth": (
            "draws from the exact distribution",
            "What perfect looks like: fresh draws from the exact distribution.",
        ),
        "nearest-neighbour": (
            "copies the demonstration with the nearest state",
            "Nothing is learnt: it is as good as the demonstrations are dense, so the worse the more dimensions.",
        ),
        "exact-mean": (
            "the distribution's conditional mean",
            "What a perfectly trained squared error would do: into the wall between the lanes.",
        ),
        "likeliest-mode": (
            "the middle of the likeliest mode",
            "Never in the wall, and it knows one mode only: success is not all.",
        ),
    }

    def __init__(self, task: Fork) -> None:
        self.task = task
        half = float(task.lanes.gap(torch.zeros(()))) * (task.modes - 1) / 2
        self.reach = max(half, 1.0) + 1.6 * TUBE * float(task.lanes.scales[0])  # axes of positions

    @cached_property
    def data(self) -> Drawn:
        """The demonstrations to train on."""
        s, a = self.task.pairs("train")
        return Drawn(s.numpy(), a.flatten(1).numpy())

    @property
    def demonstrations(self) -> int:
        """The number of demonstrations to train on."""
        return self.task.demonstrations

    def panels(self, seen: Drawn | None) -> Mapping[str, Figure]:
        """A fan of paths from each of three places, and the ends of all paths."""
        with matplotlib.rc_context(STYLE):
            fans = {f"paths from near {place:g}": self.fan(place, seen) for place in PLACES}
            ends = {"ends of all paths": self.density(seen) if self.task.dimensions == 1 else self.ends(seen)}
        return {**fans, **ends}

    def fan(self, place: float, drawn: Drawn | None) -> Figure:
        """The first dimension's paths that start nearest to a place, over the walls there."""
        figure, axes = single(*SIZE)
        self.draw_walls(axes, place)
        for of, colour, width in ((self.data, DATA, 0.7), (drawn, PREDICTION, 0.7)):
            if of is not None:
                paths = self.nearest(of, place)
                axes.add_collection(LineCollection(list(paths), colors=colour, linewidths=width, alpha=0.6))
        axes.set(xlim=(0, self.task.steps), ylim=(-self.reach, self.reach), xlabel="step")
        axes.set(title=f"first dimension, s near {place:g}", xticks=range(0, self.task.steps + 1, 2))
        return figure

    def nearest(self, of: Drawn, place: float) -> Float[np.ndarray, "F H1 2"]:
        """Returns those paths as points (step, position), the place where they start first."""
        start, x = newest(of, self.task.dimensions)[:, 0], self.chunks(of)[..., 0]
        some = np.argsort(np.abs(start - place), kind="stable")[:FAN]
        along = np.concatenate([start[some, None], x[some]], axis=1)
        return np.stack([np.broadcast_to(np.arange(along.shape[1]), along.shape), along], axis=-1)

    def chunks(self, of: Drawn) -> Float[np.ndarray, "B H D"]:
        """Rows of numbers as chunks, of at most as many steps as the task has."""
        return of.x.reshape(len(of.x), -1, self.task.dimensions)[:, : self.task.steps]

    def draw_walls(self, axes: Axes, place: float) -> None:
        """Draws the walls at one place, all that no tube covers; a tube as it is for paths through its middle."""
        lanes, s = self.task.lanes, torch.tensor(place)
        middles = lanes.centres(s) + lanes.shift(torch.zeros(()))
        centres, half = middles[lanes.weights(s) > 0].numpy(), TUBE * lanes.scales.numpy()
        steps, edge = np.arange(1, lanes.steps + 1), np.full(lanes.steps, 2 * self.reach)
        lower, upper = [-edge, *(centres + half)], [*(centres - half), edge]
        for low, high in zip(lower, upper, strict=True):
            axes.fill_between(steps, low, high, where=high > low, color=OBSTACLE, alpha=0.1, lw=0, interpolate=True)

    def ends(self, drawn: Drawn | None) -> Figure:
        """The last positions in the first two dimensions."""
        figure, axes = single(*SIZE)
        for of, marks in ((self.data, DOTS), (drawn, CROSSES)):
            if of is not None:
                last = self.chunks(of)[:SHOWN, -1]
                axes.plot(last[:, 0], last[:, 1], rasterized=True, lw=0, **marks)
        axes.set(xlim=(-self.reach, self.reach), ylim=(-self.reach, self.reach))
        axes.set(title="last step, second dimension", xlabel="last step, first dimension")
        self.remark(axes, drawn)
        return figure

    def density(self, drawn: Drawn | None) -> Figure:
        """The density of the last position, where there is but one dimension."""
        figure, axes = single(*SIZE)
        grid = Grid(-self.reach, self.reach, CELLS)
        height = density(self.chunks(self.data)[:, -1, 0], grid)
        axes.fill_between(grid.middles, height, color=DATA, alpha=0.4, lw=0)
        if drawn is not None:
            last = self.chunks(drawn)[:, -1, 0]
            axes.plot(grid.middles, density(last[np.isfinite(last)], grid), color=PREDICTION, lw=1.1)
        axes.set(xlim=(-self.reach, self.reach), ylim=(0, 1.6 * float(height.max())))
        axes.set(title="density of the last position", xlabel="last position")
        self.remark(axes, drawn)
        return figure

    def remark(self, axes: Axes, drawn: Drawn | None) -> None:
        """Writes how many predictions are no numbers."""
        if drawn is not None and drawn.missing:
            said = f"{drawn.missing} of {len(drawn.x)} are NaN"
            axes.text(0.02, 0.99, said, transform=axes.transAxes, va="top", fontsize=8, color=INK)

    def facts(self) -> Mapping[str, Any]:
        """Returns the task, for its numbers."""
        return {"fork": self.task, "noise": []}

    def pictures(self) -> Mapping[str, tuple[str, Figure]]:
        """Returns no figures beyond the panels."""
        return {}

    def stops(self, trajectory: SamplingPath) -> Mapping[str, Figure]:
        """Returns no figures: one number of a chunk does not tell its trajectory."""
        return {}

    def lines(self, trajectory: SamplingPath) -> None:
        """Returns None, for the same reason."""


def newest(of: Drawn, dimensions: int) -> Float[np.ndarray, "B D"]:
    """Returns the newest of the observations that a decision saw."""
    return of.s[:, -dimensions:]
