"""Scatters of several methods side by side: landings over starts, the same axes for all."""

from collections.abc import Callable, Mapping, Sequence

import matplotlib
import numpy as np
from jaxtyping import Bool, Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eitherway.notebook.display import WIDTH
from eitherway.report.figures import Landings, Numbers, draw_scatter
from eitherway.report.numbers import percent
from eitherway.report.style import DATA, INK, STYLE, stroke
from eitherway.tasks.jumper.distribution import safe

ROW = 3  # panels side by side where there are more than four
MOST = 6
HEIGHT = 2.5  # inches of a panel
DOTS = 2_000  # data and landings shown in a panel: more would only be more bytes
DOT = 2.4  # points across, larger than where all are drawn


Right = Callable[[Float[np.ndarray, " N"]], Bool[np.ndarray, " N"]]


def side_by_side(
    s: Numbers,
    x: Numbers,
    predictions: Mapping[str, tuple[Numbers, Numbers]],
    *,
    method: str | None = None,  # whose colour all panels wear; without it each that of the method it is named after
    right: Right = safe,  # which landings count as safe
) -> Figure:
    """Draws a scatter for each method, over the data (s, x), with the share of its landings that are safe."""
    drawn = {name: Landings.of(*given) for name, given in predictions.items()}
    data = Landings.of(s, x)
    titles = [f"{name}: {percent(share(landings, right))} safe" for name, landings in drawn.items()]
    colours = [stroke(method or name).colour for name in drawn]
    return panels([(data, landings) for landings in drawn.values()], titles, colours)


def data_sets(sets: Mapping[str, tuple[Numbers, Numbers]]) -> Figure:
    """Draws a scatter for each set of demonstrations."""
    return panels([(Landings.of(*given), None) for given in sets.values()], list(sets), [DATA] * len(sets))


def panels(shown: Sequence[tuple[Landings, Landings | None]], titles: Sequence[str], colours: Sequence[str]) -> Figure:
    """Draws a scatter for each pair of data and predictions, on shared axes."""
    if not 1 <= len(shown) <= MOST:
        raise ValueError(f"side by side fit 1 to {MOST} scatters, got {len(shown)}")
    columns = len(shown) if len(shown) <= 4 else ROW
    rows = -(-len(shown) // columns)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH * min(columns, 3) / 3, HEIGHT * rows), layout="constrained")
        grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        for axes, (data, drawn), title, colour in zip(grid.flat, shown, titles, colours, strict=False):
            draw_scatter(axes, few(data), None)
            axes.lines[-1].set(markersize=DOT, alpha=0.6)  # the data: the last that is drawn
            if drawn is not None:
                draw_dots(axes, drawn, colour)
            axes.set_title(title)
        for axes in grid.flat[len(shown) :]:
            axes.set_axis_off()
        for axes in grid[:, 0]:
            axes.set_ylabel("landing x")
        for axes in grid[:-1].flat:
            axes.set_xlabel("")
    return figure


def draw_dots(axes: Axes, drawn: Landings, colour: str) -> None:
    """Draws some of the landings, larger than the data's dots for they are few; the remark speaks of all."""
    shown = few(drawn)
    axes.plot(shown.s, shown.x, ".", ms=DOT, mew=0, color=colour, alpha=0.75, rasterized=True)
    axes.text(0.02, 0.99, drawn.remark(), transform=axes.transAxes, va="top", fontsize=8, color=INK)


def few(all_of_them: Landings) -> Landings:
    """Returns the first of the landings, as many as are drawn."""
    return Landings(all_of_them.s[:DOTS], all_of_them.x[:DOTS], all_of_them.missing)


def share(drawn: Landings, right: Right = safe) -> float:
    """The share of landings that are safe; those that are not numbers are not."""
    return float(right(drawn.x).sum()) / max(len(drawn.x) + drawn.missing, 1)
