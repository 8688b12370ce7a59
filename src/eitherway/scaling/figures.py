"""The figures of a sweep: every quantity of every method along an axis, with 95 % whiskers where seeds are several."""

from collections.abc import Mapping
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eitherway.report.style import INK, MUTED, RULE, STYLE, TRUTH, plain_numbers, stroke
from eitherway.scaling.axes import AXES
from eitherway.scaling.curves import QUANTITIES, Curve, Quantity, curve

SIZE = (3.6, 2.5)  # inches of a panel
REFERENCES = ("truth", "nearest-neighbour")  # rows without training that are drawn too


def picture(data: Mapping[str, Any], axis: str) -> Figure:
    """Draws all quantities that were measured along one axis, hard to the right."""
    shown = [q for q in QUANTITIES.values() if any(curve(data, axis, name, q.name).at for name in data["recipes"])]
    across = min(4, -(-len(shown) // 2))
    rows = -(-len(shown) // across)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(across * SIZE[0], rows * SIZE[1] + 0.7), layout="constrained")
        grid = figure.subplots(rows, across, squeeze=False)
        for axes, quantity in zip(grid.flat, shown, strict=False):
            draw_panel(axes, data, axis, quantity)
        for empty in grid.flat[len(shown) :]:
            empty.set_axis_off()
        handles, labels = grid.flat[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=6, frameon=False, fontsize=8, handlelength=3)
    return figure


def draw_panel(axes: Axes, data: Mapping[str, Any], axis: str, quantity: Quantity) -> None:
    """Draws one quantity of all methods."""
    if quantity.perfect is not None:
        axes.axhline(quantity.perfect, color=RULE, lw=1.0)
    curves = {name: curve(data, axis, name, quantity.name) for name in (*REFERENCES, *data["recipes"])}
    placed = {name: of for name, of in curves.items() if of.at}
    for name, of in placed.items():
        draw_curve(axes, of, name)
    axes.set_xscale("log")
    if quantity.log and placed:
        axes.set_yscale("log")
        plain_numbers(axes.yaxis)
    axes.set(title=quantity.label, xlabel=AXES[axis].label)
    mark_values(axes, data, axis)


def draw_curve(axes: Axes, of: Curve, name: str) -> None:
    """Draws a line through the means, each with its whisker; what is not trained is drawn in grey and ink."""
    how = TRUTH if name == "truth" else stroke(name)
    colour = {"truth": INK, "nearest-neighbour": MUTED}.get(name, how.colour)
    order = np.argsort(of.at)
    at, means = np.array(of.at)[order], np.array([value.mean for value in of.values])[order]
    axes.plot(at, means, color=colour, ls=how.dashes, marker=how.marker, ms=4.5, lw=1.2, mec=INK, mew=0.4, label=name)
    for place, value in zip(of.at, of.values, strict=True):
        if value.low is not None and value.high is not None:
            axes.plot((place, place), (value.low, value.high), color=colour, lw=0.9)


def mark_values(axes: Axes, data: Mapping[str, Any], axis: str) -> None:
    """Sets ticks at the values themselves; where the hard end is the low one, the axis runs from right to left."""
    values = [value for value, _ in data["axes"][axis]]
    if AXES[axis].place(values[0], {}) is None:
        plain_numbers(axes.xaxis)
        axes.xaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
        axes.xaxis.set_minor_formatter(lambda v, _: "")
    else:
        axes.set_xticks(values, [f"{v:,g}" for v in values], minor=False)
        axes.set_xticks([], minor=True)
    if values[0] > values[-1]:
        axes.invert_xaxis()
