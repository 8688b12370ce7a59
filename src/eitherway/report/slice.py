"""Why the mean is wrong: landings from nearly the same start, their mean and their median."""

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eitherway.report.figures import REACH, SIZE, Landings
from eitherway.report.style import DATA, INK, OBSTACLE, STYLE, single
from eitherway.tasks.jumper.distribution import EDGE

SLICE = (0.6, 0.7)  # starts from which the mean of the landings lies in the obstacle
HEADROOM = 1.25  # above the bars, for the names of the lines
GAP = 5  # points between a line and its name


def slice_of(data: Landings) -> Landings:
    """Returns the landings that started in the slice."""
    inside = (data.s > SLICE[0]) & (data.s < SLICE[1])
    return Landings(data.s[inside], data.x[inside])


def slice_picture(data: Landings) -> Figure:
    """Draws a histogram of the slice, with mean and median."""
    x = slice_of(data).x
    with matplotlib.rc_context(STYLE):
        figure, axes = single(1.5 * SIZE[0], SIZE[1])
        axes.axvspan(-EDGE, EDGE, color=OBSTACLE, alpha=0.1, lw=0)
        axes.hist(x, bins=np.linspace(-REACH, REACH, 65).tolist(), color=DATA, alpha=0.6)
        axes.set_ylim(top=axes.get_ylim()[1] * HEADROOM)
        draw_middles(axes, float(x.mean()), float(np.median(x)))
        axes.text(0, 0.5, "obstacle", transform=axes.get_xaxis_transform(), ha="center", color=OBSTACLE)
        axes.set(
            xlim=(-REACH, REACH), xlabel="landing x", title=f"{len(x)} demonstrations with {SLICE[0]} < s < {SLICE[1]}"
        )
    return figure


def draw_middles(axes: Axes, mean: float, median: float) -> None:
    """Draws mean and median as lines, each with its name on the side away from the other."""
    for value, name, style, other in ((mean, "mean", "-", median), (median, "median", "--", mean)):
        axes.axvline(value, color=INK, lw=1.3, ls=style)
        away, side = (-GAP, "right") if value < other or (value == other and name == "mean") else (GAP, "left")
        axes.annotate(
            f"{name} {value:.2f}",
            (value, 0.98),
            (away, 0),
            xycoords=axes.get_xaxis_transform(),
            textcoords="offset points",
            ha=side,
            va="top",
            weight="bold",
        )
