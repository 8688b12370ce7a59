"""Figures of tokens: the action as one of K classes, their predicted probabilities, and how many it takes."""

from collections.abc import Mapping

import matplotlib
import numpy as np
import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from eitherway.evaluation.data import Floor
from eitherway.notebook.display import WIDTH
from eitherway.notebook.quality import Curve, draw_counts, draw_floor
from eitherway.report.figures import REACH, draw_obstacle
from eitherway.report.style import INK, STYLE, TRUTH, stroke
from eitherway.tasks.jumper.distribution import JumperDistribution

Classes = Float[np.ndarray, " K"] | Float[Tensor, " K"]
Walls = Float[np.ndarray, " W"] | Float[Tensor, " W"]
X = torch.linspace(-REACH, REACH, 1_281, dtype=torch.float64)


def tokens(probabilities: Mapping[float, tuple[Classes, Walls, Classes]], distribution: JumperDistribution) -> Figure:
    """Draws for each start s the classes as bars of density p / width, and the exact density.

    A start's classes are given as centres, widths (or one more number: edges) and probabilities.
    """
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 3.0), layout="constrained")
        panels = figure.subplots(1, len(probabilities), sharey=True, squeeze=False)[0]
        for axes, (s, (centres, walls, p)) in zip(panels, probabilities.items(), strict=True):
            draw_obstacle(axes)
            draw_bars(axes, np.asarray(centres), np.asarray(walls), np.asarray(p))
            exact = distribution.density(X, torch.tensor(float(s)).double())
            axes.plot(X, exact, color=TRUTH.colour, ls=TRUTH.dashes, lw=1.1, label="exact density")
            axes.set(title=f"s = {s:g}", xlim=(-REACH, REACH), xticks=range(-3, 4), xlabel="landing x")
        panels[0].set_ylabel("density")
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper right", ncols=2, frameon=False)
    return figure


def draw_bars(
    axes: Axes, centres: Float[np.ndarray, " K"], walls: Float[np.ndarray, " W"], p: Float[np.ndarray, " K"]
) -> None:
    """Draws classes as bars whose area is their probability."""
    if len(walls) == len(p) + 1:
        left, width = walls[:-1], np.diff(walls)
    elif len(walls) == len(p):
        left, width = centres - walls / 2, walls
    else:
        raise ValueError(f"{len(p)} classes need {len(p)} widths or {len(p) + 1} edges, got {len(walls)}")
    colour = stroke("bins").colour
    axes.bar(
        left, p / width, width, align="edge", color=colour, alpha=0.5, ec=colour, lw=0.5, label="learnt, p / width"
    )


def sizes(curve: Curve, floor: Floor | None = None) -> Figure:
    """Draws success and Wasserstein-1 over the number of classes, the floor as a band where it is given."""
    k, success, w1 = zip(*sorted(curve), strict=True)
    how = stroke("bins")
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 2.7), layout="constrained")
        left, right = figure.subplots(1, 2, sharex=True)
        for axes, y, title in (
            (left, success, "success"),
            (right, w1, "Wasserstein-1 to the distribution, units of x"),
        ):
            axes.plot(k, y, color=how.colour, ls=how.dashes, marker=how.marker, ms=6, lw=1.6)
            axes.set(title=title, xlabel="number of classes K")
            draw_counts(axes, sorted(k))
        left.axhline(1.0, color=INK, lw=0.8, ls=":")
        left.set_ylim(min(0.9, 1.1 * min(success) - 0.1), 1.01)  # a slip of a thousandth shall look like one
        right.set_ylim(bottom=0)
        if floor is not None:
            draw_floor(right, floor)
    return figure
