"""The figure of the whole trajectory from noise to actions: a histogram for every step."""

import math
from collections.abc import Sequence

import matplotlib
import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from eitherway.notebook.display import WIDTH
from eitherway.report.figures import Numbers
from eitherway.report.sampling_path import BARS, SPAN, shares
from eitherway.report.style import DATA, OBSTACLE, PREDICTION, STYLE, stroke
from eitherway.tasks.jumper.distribution import EDGE

MOST = 50  # histograms
COLUMNS = (7, 10)  # at most so many in a row: the second where the first would fill more than four rows
TOP = 2.8  # of the density axes: the data's bars fit, and the time above them

Times = Sequence[float] | Float[np.ndarray, " K1"] | Float[Tensor, " K1"]
Draws = Float[np.ndarray, "K1 N"] | Float[Tensor, "K1 N"]


def histograms(times: Times, draws: Draws, data: Numbers, method: str | None = None) -> Figure:
    """Draws one histogram for each time, noise first; the data as an outline in each."""
    t, x, outline = np.asarray(times, dtype=np.float64), np.asarray(draws), shares(np.asarray(data))
    if len(t) != len(x) or not 1 <= len(t) <= MOST:
        raise ValueError(f"a grid needs 1 to {MOST} times, one for each row of draws, got {len(t)} and {len(x)}")
    colour = PREDICTION if method is None else stroke(method).colour
    rows = math.ceil(len(t) / (COLUMNS[0] if len(t) <= 4 * COLUMNS[0] else COLUMNS[1]))
    columns = math.ceil(len(t) / rows)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 0.35 + rows * (1.0 if columns <= COLUMNS[0] else 0.82)), layout="constrained")
        figure.get_layout_engine().set(w_pad=0.01, h_pad=0.01, wspace=0.01, hspace=0.01)  # type: ignore[union-attr, call-arg]
        panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        for axes, time, now in zip(panels.flat, t, x, strict=False):
            axes.axvspan(-EDGE, EDGE, color=OBSTACLE, alpha=0.1, lw=0)
            axes.stairs(shares(now[np.isfinite(now)]), BARS, fill=True, color=colour)
            axes.stairs(outline, BARS, color=DATA, lw=0.8)
            axes.text(0.97, 0.98, f"t = {time:.2f}", transform=axes.transAxes, ha="right", va="top", fontsize=8)
        for axes in panels.flat[len(t) :]:
            axes.set_axis_off()
        panels[0, 0].set(xlim=(-SPAN, SPAN), ylim=(0, TOP), yticks=(0, 1, 2), xticks=(-3, 0, 3))
        for axes in panels.flat:
            axes.tick_params(labelsize=8)
            axes.label_outer(remove_inner_ticks=True)
        figure.supxlabel("x;  outline: data", fontsize=9)
    return figure
