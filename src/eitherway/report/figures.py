"""The four-panel picture: landings over starts, and their density: overall, given s < 0, given s > 0.

Data are blue and filled, predictions orange and drawn as a line; axes are the same for every method.
"""

from collections.abc import Callable
from dataclasses import dataclass

import matplotlib
import numpy as np
from jaxtyping import Bool, Float
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from torch import Tensor

from eitherway.report.density import Grid, density
from eitherway.report.style import DATA, INK, MUTED, OBSTACLE, PREDICTION, STYLE, single, stroke
from eitherway.tasks.jumper.distribution import CLIP, EDGE
from eitherway.tasks.jumper.env import START

REACH = CLIP + 0.2  # axes of x: a little beyond the clips, where the atoms sit
GRID = Grid(-REACH, REACH, 640)  # cells of 0.01: the edges lie between two
SIZE = (3.1, 2.5)  # inches of one panel
EDGES = (0, (4, 2))  # dashes of the obstacle's edges
LEGEND = "data: blue, filled   ·   predictions: orange, line   ·   obstacle: red band between the dashed lines"

Numbers = Float[np.ndarray, " N"] | Float[Tensor, " N"]
Part = Callable[[Float[np.ndarray, " N"]], Bool[np.ndarray, " N"]]


@dataclass(frozen=True)
class Landings:
    """Starts s and landings x that are numbers, and how many were not."""

    s: Float[np.ndarray, " N"]
    x: Float[np.ndarray, " N"]
    missing: int = 0

    @classmethod
    def of(cls, s: Numbers, x: Numbers) -> "Landings":
        """Makes landings from recorded vectors; NaN and infinity are left out, and counted."""
        starts, landings = np.asarray(s), np.asarray(x)
        good = np.isfinite(landings)
        return cls(starts[good], landings[good], int((~good).sum()))

    def remark(self) -> str:
        """Says what the axes do not show: predictions that are not numbers, and those outside; else ''."""
        outside = int((np.abs(self.x) > REACH).sum())
        said = [f"{self.missing} of {len(self.x) + self.missing} are NaN"] if self.missing else []
        return "; ".join([*said, *([f"{outside} lie{'s' if outside == 1 else ''} outside"] if outside else [])])


def anywhere(s: Float[np.ndarray, " N"]) -> Bool[np.ndarray, " N"]:
    """Selects every start."""
    return np.ones(len(s), bool)


def on_left(s: Float[np.ndarray, " N"]) -> Bool[np.ndarray, " N"]:
    """Selects starts left of the obstacle's middle."""
    return s < 0


def on_right(s: Float[np.ndarray, " N"]) -> Bool[np.ndarray, " N"]:
    """Selects starts right of the obstacle's middle."""
    return s > 0


PARTS: tuple[tuple[str, Part], ...] = (("all landings", anywhere), ("given s < 0", on_left), ("given s > 0", on_right))


def four_panel(
    s: Numbers,
    x: Numbers,
    predictions: tuple[Numbers, Numbers] | None = None,
    *,
    title: str = "",
    method: str | None = None,  # whose colour the predictions wear; without it they are orange
) -> Figure:
    """Draws the four panels side by side: data (s, x), and predictions (s, x) over them where there are any."""
    colour = PREDICTION if method is None else stroke(method).colour
    data = Landings.of(s, x)
    drawn = None if predictions is None else Landings.of(*predictions)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(4 * SIZE[0], SIZE[1] + 0.3), layout="constrained")
        scatter, *rest = figure.subplots(1, 4)
        draw_scatter(scatter, data, drawn, colour)
        for axes, (name, part) in zip(rest, PARTS, strict=True):
            draw_density(axes, data, drawn, name, part, colour)
        if method is not None or predictions is None:
            draw_legend(figure, title, None if predictions is None else method, colour)
        else:
            figure.suptitle("   ·   ".join(t for t in (title, LEGEND) if t), fontsize=9, color=MUTED)
    return figure


def panels(data: Landings, drawn: Landings | None) -> list[Figure]:
    """Draws the same four panels, each a figure of its own, for a page that wraps."""
    with matplotlib.rc_context(STYLE):
        figures = [single(*SIZE) for _ in range(4)]
        draw_scatter(figures[0][1], data, drawn)
        for (_, axes), (name, part) in zip(figures[1:], PARTS, strict=True):
            draw_density(axes, data, drawn, name, part)
    return [figure for figure, _ in figures]


def draw_legend(figure: Figure, title: str, method: str | None, colour: str) -> None:
    """Draws the title, and on the same line a legend."""
    handles: list[Patch | Line2D] = [Patch(color=DATA, alpha=0.4, lw=0, label="data")]
    if method is not None:
        handles.append(Line2D([], [], color=colour, lw=1.8, label=method))
    handles.append(Patch(fc=to_rgba(OBSTACLE, 0.1), ec=OBSTACLE, lw=0.8, ls=EDGES, label="obstacle"))
    figure.legend(handles=handles, loc="outside upper right", ncols=3, frameon=False, fontsize=9, handlelength=1.6)
    figure.suptitle(title, x=0.01, y=0.95, ha="left", fontsize=11, color=INK)


def draw_scatter(axes: Axes, data: Landings, drawn: Landings | None, colour: str = PREDICTION) -> None:
    """Draws landing over start; the obstacle is the band between the two dashed lines."""
    axes.axhspan(-EDGE, EDGE, color=OBSTACLE, alpha=0.1, lw=0)
    for edge in (-EDGE, EDGE):
        axes.axhline(edge, color=OBSTACLE, lw=0.8, ls=EDGES)
    axes.plot(data.s, data.x, ".", ms=1.6, mew=0, color=DATA, alpha=0.45, rasterized=True)
    if drawn is not None:
        axes.plot(drawn.s, drawn.x, "x", ms=1.5, mew=0.28, color=colour, alpha=0.6, rasterized=True)
        axes.text(0.02, 0.99, drawn.remark(), transform=axes.transAxes, va="top", fontsize=8, color=INK)
    axes.set(xlim=(-START, START), ylim=(-REACH, REACH), xticks=(-1, 0, 1), yticks=range(-3, 4))
    axes.set(title="landing x over start s", xlabel="start s")


def draw_obstacle(axes: Axes) -> None:
    """Draws the obstacle on axes whose x is the landing: an upright band between two dashed lines."""
    axes.axvspan(-EDGE, EDGE, color=OBSTACLE, alpha=0.1, lw=0)
    for edge in (-EDGE, EDGE):
        axes.axvline(edge, color=OBSTACLE, lw=0.8, ls=EDGES)


def draw_density(
    axes: Axes, data: Landings, drawn: Landings | None, name: str, part: Part, colour: str = PREDICTION
) -> None:
    """Draws the density of the landings whose start lies in a part; a peak that leaves the axes is written there."""
    top = ceiling(data)
    draw_obstacle(axes)
    shape = np.column_stack(
        [GRID.middles, density(data.x[part(data.s)], GRID)]
    )  # closes along the axis: 0 at both ends
    axes.add_collection(PolyCollection([shape], color=DATA, alpha=0.4, lw=0), autolim=False)
    if drawn is not None:
        height = density(drawn.x[part(drawn.s)], GRID)
        axes.plot(GRID.middles, height, color=colour, lw=1.1)
        if height.max() > top:
            peak = GRID.middles[height.argmax()]
            axes.text(
                0.02, 0.98, f"↑ {height.max():.0f}\nat {peak:.2f}", transform=axes.transAxes, va="top", fontsize=8
            )
    axes.set(xlim=(-REACH, REACH), ylim=(0, top), xticks=range(-3, 4), title=f"density, {name}", xlabel="landing x")


def ceiling(data: Landings) -> float:
    """The top of the density axes: all parts of the data fit, with room above; 1 where none lie on the axes."""
    return 1.6 * max(float(density(data.x[part(data.s)], GRID).max()) for _, part in PARTS) or 1.0
