"""Sampling trajectories from noise to actions: histograms at some stops, and the lines that single draws follow."""

from collections.abc import Mapping
from dataclasses import dataclass

import matplotlib
import numpy as np
from jaxtyping import Bool, Float
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from eitherway.recipes.stroke import Dashes
from eitherway.report.density import Grid, density
from eitherway.report.figures import SIZE
from eitherway.report.style import DATA, INK, LEFT, OBSTACLE, PREDICTION, RIGHT, STYLE, single
from eitherway.tasks.jumper.distribution import EDGE, safe

SHOWN = 10  # stops that get a histogram
LINES = 150  # draws that get a line
GREY = "#8c96a3"  # stands out from light and from dark
SPAN = 4.2  # noise is wider than the landings
CELLS = Grid(-SPAN, SPAN, 160)
BARS = np.linspace(-SPAN, SPAN, 64)

STROKES: Mapping[str, tuple[str, Dashes, float]] = {
    "left": (LEFT, "-", 0.7),
    "right": (RIGHT, (0, (3.0, 1.2)), 0.7),
    "obstacle": (INK, (0, (1.0, 1.0)), 1.3),
}


@dataclass(frozen=True)
class SamplingPath:
    """Sampling trajectories: P draws at K + 1 stops; t falls from about 1 at the noise to 0 at the action."""

    t: Float[np.ndarray, " K1"]
    x: Float[np.ndarray, "K1 P"]

    def stops(self) -> list[int]:
        """The stops to show, first and last among them, evenly spread over the steps."""
        return sorted({round(i) for i in np.linspace(0, len(self.t) - 1, min(SHOWN, len(self.t)))})

    def drawn(self) -> Float[np.ndarray, "K1 L"]:
        """The draws that get a line: those that are numbers at every stop, the first of them."""
        return self.x[:, np.isfinite(self.x).all(0)][:, :LINES]

    def ends(self) -> dict[str, Bool[np.ndarray, " L"]]:
        """Which of these end left, right and in the obstacle."""
        last = self.drawn()[-1]
        return {"left": last <= -EDGE, "right": last >= EDGE, "obstacle": ~safe(last)}


def histogram(trajectory: SamplingPath, stop: int, data: Float[np.ndarray, " N"]) -> Figure:
    """Draws a histogram of one stop, as bars; the data as an outline behind."""
    x = trajectory.x[stop]
    with matplotlib.rc_context(STYLE):
        figure, axes = single(1.75, 1.25, bottom=0.24)
        axes.axvspan(-EDGE, EDGE, color=OBSTACLE, alpha=0.1, lw=0)
        axes.stairs(shares(x[np.isfinite(x)]), BARS, fill=True, color=PREDICTION, alpha=0.8)
        axes.stairs(shares(data), BARS, color=DATA, lw=0.8)
        axes.set(xlim=(-SPAN, SPAN), ylim=(0, 2.2), yticks=(0, 1, 2), xticks=(-3, -1, 1, 3))
        axes.set_title(f"step {stop}, t = {trajectory.t[stop]:.2g}", fontsize=8.5)
    return figure


def shares(x: Float[np.ndarray, " N"]) -> Float[np.ndarray, " C"]:
    """The share of the numbers in each bar, per unit of x; what lies beyond the bars counts in N alone."""
    return np.histogram(x, BARS)[0] / (max(len(x), 1) * (BARS[1] - BARS[0]))


def lines(trajectory: SamplingPath) -> Figure:
    """Draws trajectories as lines, told apart by where they end; behind them the density of all draws at each stop."""
    x, ends = trajectory.drawn(), trajectory.ends()
    with matplotlib.rc_context(STYLE):
        figure, axes = single(2.9 * SIZE[0], 1.5 * SIZE[1])
        draw_background(axes, trajectory)
        for end, (colour, style, width) in STROKES.items():
            paths = [np.column_stack([np.arange(len(x)), one]) for one in x[:, ends[end]].T]
            axes.add_collection(LineCollection(paths, colors=colour, linestyles=[style], linewidths=width, alpha=0.6))
        for edge in (-EDGE, EDGE):
            axes.axhline(edge, color=OBSTACLE, lw=0.8, ls=(0, (4, 2)))
        stops = list(range(len(x))) if len(x) <= 2 * SHOWN else trajectory.stops()
        axes.set(xlim=(0, len(x) - 1), ylim=(-SPAN, SPAN), yticks=range(-4, 5), xticks=stops)
        axes.set_xticklabels([f"{trajectory.t[i]:.2g}" for i in stops])
        axes.set(title="x at each step: noise left, actions right", xlabel="t at that step")
    return figure


def draw_background(axes: Axes, trajectory: SamplingPath) -> None:
    """Draws the density of all draws at each stop, as shades of grey."""
    columns = np.stack([density(x[np.isfinite(x)], CELLS, narrow=0.3) for x in trajectory.x], axis=1)  # cells K+1
    shade = np.sqrt(np.clip(columns / 2.0, 0, 1))  # the root lifts the thin noise against the peaks
    image = np.concatenate([np.broadcast_to(to_rgb(GREY), (*shade.shape, 3)), shade[..., None] * 0.65], axis=-1)
    extent = (-0.5, len(trajectory.t) - 0.5, -SPAN, SPAN)
    axes.imshow(image, origin="lower", extent=extent, aspect="auto", interpolation="none")


def tally(trajectory: SamplingPath) -> dict[str, int]:
    """Counts how many of the drawn lines end left, right and in the obstacle."""
    return {end: int(mask.sum()) for end, mask in trajectory.ends().items()}
