"""Why the mean is wrong: landings from nearly the same start, their mean and their median."""

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from eitherway.report.figures import REACH, SIZE, Landings
from eitherway.report.look import DATA, INK, OBSTACLE, STYLE, single
from eitherway.tasks.jumper.law import EDGE

SLICE = (0.6, 0.7)  # starts from which the mean of the landings lies in the obstacle


def slice_of(data: Landings) -> Landings:
    """The landings that started in the slice."""
    inside = (data.s > SLICE[0]) & (data.s < SLICE[1])
    return Landings(data.s[inside], data.x[inside])


def slice_picture(data: Landings) -> Figure:
    """A histogram of the slice, with mean and median."""
    x = slice_of(data).x
    with matplotlib.rc_context(STYLE):
        figure, axes = single(1.5 * SIZE[0], SIZE[1])
        axes.axvspan(-EDGE, EDGE, color=OBSTACLE, alpha=0.1, lw=0)
        axes.hist(x, bins=np.linspace(-REACH, REACH, 65).tolist(), color=DATA, alpha=0.6)
        for value, name, style, side in ((x.mean(), "mean", "-", "right"), (np.median(x), "median", "--", "left")):
            axes.axvline(float(value), color=INK, lw=1.3, ls=style)
            text = f"  {name} {value:.2f}  "
            axes.text(float(value), 0.97, text, transform=axes.get_xaxis_transform(), ha=side, va="top", weight="bold")
        axes.text(0, 0.5, "obstacle", transform=axes.get_xaxis_transform(), ha="center", color=OBSTACLE)
        axes.set(
            xlim=(-REACH, REACH), xlabel="landing x", title=f"{len(x)} demonstrations with {SLICE[0]} < s < {SLICE[1]}"
        )
    return figure
