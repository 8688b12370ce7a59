"""The figure of what more network evaluations buy: success and distance to the distribution, method by method."""

from collections.abc import Mapping, Sequence

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eitherway.evaluation.data import Floor
from eitherway.notebook.display import WIDTH
from eitherway.report.style import DATA, INK, MUTED, STYLE, plain_numbers, stroke

Curve = Sequence[tuple[int, float, float]]  # network evaluations (or classes), success, Wasserstein-1


def over_steps(curves: Mapping[str, Curve], floor: Floor) -> Figure:
    """Draws success and Wasserstein-1 over network evaluations, with the best there can be."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 3.3), layout="constrained")
        success, distance = figure.subplots(1, 2, sharex=True)
        draw_limits(success, distance, floor)
        for name, curve in curves.items():
            n, share, w1 = zip(*sorted(curve), strict=True)
            how = stroke(name)
            for axes, y in ((success, share), (distance, w1)):
                axes.plot(n, y, color=how.colour, ls=how.dashes, marker=how.marker, ms=5, lw=1.6, label=name)
        ticks = sorted({n for curve in curves.values() for n, _, _ in curve})
        for axes in (success, distance):
            draw_counts(axes, ticks)
            axes.set_xlabel("network evaluations a decision")
        success.legend(loc="lower right", frameon=False, handlelength=3.2)
    return figure


def draw_limits(success: Axes, distance: Axes, floor: Floor) -> None:
    """Draws titles, and what no method can pass: every landing safe, and the distance of exact draws."""
    success.axhline(1.0, color=INK, lw=0.8, ls=":")
    success.set_title("success: higher is better")
    success.set_ylabel("share of landings")
    draw_floor(distance, floor)
    distance.set_title("Wasserstein-1 to the distribution: lower is better")
    distance.set_ylabel("units of x")
    distance.set_yscale("log")
    plain_numbers(distance.yaxis)


def draw_floor(axes: Axes, floor: Floor) -> None:
    """Draws the sampling floor, what draws of the distribution itself score, as a band."""
    axes.axhspan(*floor.band, color=DATA, alpha=0.25, lw=0)
    said = f"floor {floor.mean:.3f} ± 2 sd, n = {floor.n} sets"
    axes.text(0.01, floor.mean, said, transform=axes.get_yaxis_transform(), va="center", fontsize=8)


def draw_counts(axes: Axes, counts: Sequence[int]) -> None:
    """Draws a logarithmic axis of counts, ticks where there are results, those too close left out."""
    kept: list[int] = []
    for n in counts:
        if not kept or n >= 1.35 * kept[-1]:
            kept.append(n)
    axes.set_xscale("log")
    axes.set_xticks(kept, [str(n) for n in kept])
    axes.tick_params(axis="x", which="minor", bottom=False)
    axes.xaxis.set_minor_formatter(lambda v, _: "")
    axes.grid(axis="y", color=MUTED, alpha=0.18, lw=0.5)
