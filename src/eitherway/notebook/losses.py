"""Figures of losses: what an error costs, how hard it pulls, and what one answer to many landings costs.

    ρ(r)                    what an error of r costs                                         (1)
    ρ'(r)                   how hard it pulls the prediction back                            (2)
    C(m) = 1/N Σ_i ρ(x_i - m)   what the one prediction m costs on the landings x_1 ... x_N  (3)

A regression walks downhill on (3): it ends in the minimum below its start, which need not be the lowest.
"""

from collections.abc import Mapping

import matplotlib
import numpy as np
import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from scipy.signal import find_peaks
from torch import Tensor

from eitherway.heads.penalties import Penalty
from eitherway.notebook.display import WIDTH
from eitherway.notebook.penalties import SIX
from eitherway.report.figures import EDGES, Numbers
from eitherway.report.style import DATA, INK, MUTED, OBSTACLE, STYLE, stroke
from eitherway.tasks.jumper.distribution import CLIP, EDGE

FORMULAS: Mapping[str, str] = {
    "mse": "r²",
    "mae": "|r|",
    "welsch": "1 - exp(-r²)",
    "truncated": "min(|r|, 2)",
    "cauchy": "log(1 + r²)",
    "laplace-kernel": "1 - exp(-|r|)",
}
FAR = 4.0  # errors shown
ERRORS = torch.linspace(-FAR, FAR, 800, dtype=torch.float64)  # an even number: none is 0, where |r| has no slope
STEP = 0.01  # between the predictions tried in (3)
DEEP = 0.003  # a dip is a minimum where it is this much of the curve's height deep: single landings make tinier ones
SEEN = 2.2  # predictions tried


def pull(penalty: Penalty, r: Float[Tensor, " R"]) -> Float[Tensor, " R"]:
    """Returns the slope ρ'(r), eq. (2), by automatic differentiation."""
    r = r.clone().requires_grad_()
    (slope,) = torch.autograd.grad(penalty(r).sum(), r)
    return slope


def total(penalty: Penalty, x: Float[Tensor, " N"], m: Float[Tensor, " M"]) -> Float[Tensor, " M"]:
    """Returns the mean cost C(m), eq. (3)."""
    return penalty(x - m[:, None]).mean(1)


def minima(cost: Float[np.ndarray, " M"]) -> list[int]:
    """Returns where a curve has its minima, the lowest first."""
    found, _ = find_peaks(-cost, prominence=DEEP * np.ptp(cost))
    return sorted((int(i) for i in found), key=lambda i: float(cost[i]))


def shapes() -> Figure:
    """Draws the six penalties, and below each its gradient."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 3.2), layout="constrained")
        grid = figure.subplots(2, len(FORMULAS), sharex=True, sharey="row")
        for (above, below), (name, formula) in zip(grid.T, FORMULAS.items(), strict=True):
            colour = stroke(name).colour
            penalty = SIX[name]()
            slope = pull(penalty, ERRORS).numpy()
            slope[:-1][np.abs(np.diff(slope)) > 0.5] = np.nan  # a jump is a gap, not a steep line
            above.plot(ERRORS, penalty(ERRORS), color=colour, lw=1.8)
            below.axhline(0, color=MUTED, lw=0.5)
            below.plot(ERRORS, slope, color=colour, lw=1.8)
            above.set(title=name, ylim=(-0.15, 4.2), xlim=(-FAR, FAR), xticks=(-2, 0, 2))
            above.text(0.5, 0.97, formula, transform=above.transAxes, ha="center", va="top", fontsize=8.5)
            below.set(ylim=(-2.2, 2.2), xlabel="error r")
        grid[0, 0].set_ylabel("cost ρ(r)")
        grid[1, 0].set_ylabel("gradient ρ'(r)")
    return figure


def totals(x: Numbers, scale: float = 1.0) -> Figure:
    """Draws C(m) for each penalty on the landings x: the lowest minimum filled, the others empty."""
    landings = torch.as_tensor(np.asarray(x), dtype=torch.float64)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 4.6), layout="constrained")
        grid = figure.subplots(2, 3, sharex=True)
        for axes, (name, formula) in zip(grid.flat, FORMULAS.items(), strict=True):
            draw_total(axes, name, SIX[name](scale=scale), landings)
            axes.set_title(f"{name}: {formula}")
        for axes in grid[-1]:
            axes.set_xlabel("prediction m, and landings x")
        for axes in grid[:, 0]:
            axes.set_ylabel("mean cost C(m)")
        draw_legend(figure)
    return figure


def basins(begin: Numbers, ends: Mapping[str, Numbers]) -> Figure:
    """Where a constant ends that follows the slope of its cost, over where it began; the diagonal: it never moved."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 2.2), layout="constrained")
        row = figure.subplots(1, len(ends), sharex=True, sharey=True)
        first, last = float(min(begin)), float(max(begin))
        for axes, (name, end) in zip(row, ends.items(), strict=True):
            axes.axhspan(-EDGE, EDGE, color=OBSTACLE, alpha=0.1, lw=0)
            axes.plot((first, last), (first, last), color=MUTED, lw=0.7, ls=":")
            how = stroke(name)
            axes.plot(begin, end, marker=how.marker, ls="none", ms=3.2, mew=0, color=how.colour)
            axes.set(title=name, xlabel="began at m", xlim=(first, last), ylim=(first, last), aspect="equal")
        row[0].set_ylabel("ended at m")
    return figure


def draw_legend(figure: Figure) -> None:
    """Draws the legend of the lines, bars and marks."""
    handles: list[Patch | Line2D] = [
        Patch(color=DATA, alpha=0.5, lw=0, label="landings"),
        Line2D([], [], color=INK, lw=0.9, label="their mean"),
        Line2D([], [], color=INK, lw=0.9, ls=EDGES, label="their median"),
        Line2D([], [], ls="", marker="o", ms=7, mfc=MUTED, mec=INK, label="lowest minimum"),
        Line2D([], [], ls="", marker="o", ms=7, mfc="white", mec=INK, label="another minimum"),
        Patch(color=OBSTACLE, alpha=0.1, lw=0, label="obstacle"),
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles), frameon=False, handlelength=1.6)


def draw_total(axes: Axes, name: str, penalty: Penalty, x: Float[Tensor, " N"]) -> None:
    """Draws one curve over its landings, with mean, median and minima."""
    m = torch.arange(-SEEN, SEEN + STEP / 2, STEP, dtype=torch.float64)
    cost = total(penalty, x, m).numpy()
    low, high = float(cost.min()), float(cost.max())
    axes.set(xlim=(-SEEN, SEEN), ylim=(low - 0.4 * (high - low), high + 0.08 * (high - low)))
    axes.set_yticks([tick for tick in MaxNLocator(4).tick_values(low, high) if low <= tick <= high])  # none at the bars
    axes.axvspan(-EDGE, EDGE, color=OBSTACLE, alpha=0.1, lw=0)
    counts, walls = np.histogram(x, np.linspace(-CLIP, CLIP, 121))
    tops = 0.26 * counts / max(counts.max(), 1)  # of the panel's height
    axes.stairs(tops, walls, fill=True, color=DATA, alpha=0.5, transform=axes.get_xaxis_transform())
    for value, dashes in ((float(x.mean()), "-"), (float(x.median()), EDGES)):
        axes.axvline(value, color=INK, lw=0.9, ls=dashes)
    axes.plot(m, cost, color=stroke(name).colour, lw=1.8)
    for i, place in enumerate(minima(cost)):
        face = "white" if i else stroke(name).colour
        axes.plot(m[place], cost[place], "o", ms=7, mfc=face, mec=INK, mew=1.0, zorder=4)
