"""The figure of quality against milliseconds: what a better answer costs at decision time."""

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eitherway.compare.stats import Interval
from eitherway.evaluation.data import Floor
from eitherway.recipes import Stroke
from eitherway.report.figures import SIZE
from eitherway.report.quality import W1, Quality
from eitherway.report.row import Row
from eitherway.report.style import DATA, INK, MUTED, PREDICTION, STYLE, plain_numbers, single

COST, QUALITY = "ms_per_decision", W1.metric
SHARES = (-0.04, 1.04)  # of a linear axis: marks at 0 and 1 are whole
PLAIN = Stroke(PREDICTION)  # where one colour is enough, for a label says who it is
LETTER, LINE = 5.2, 10.0  # points: about the width of a letter of a label, and the height of a line

Box = tuple[float, float, float, float]
Pair = tuple[float, float]


@dataclass(frozen=True)
class Place:
    """The place of a method or reference in the figure: milliseconds, quality, and how it is drawn."""

    label: str
    reference: bool
    cost: Interval
    quality: Interval
    stroke: Stroke = PLAIN


def costed(rows: Sequence[Row], quality: str) -> list[Place]:
    """Returns the places of the rows that have both milliseconds and a quality."""
    known = [row for row in rows if COST in row.numbers and quality in row.numbers]
    return [Place(row.label, row.reference, row.numbers[COST], row.numbers[quality]) for row in known]


def tradeoff(places: Sequence[Place], least: Floor | None, quality: Quality = W1) -> Figure:
    """Draws quality over milliseconds, distances and costs on logarithmic axes, 95 % whiskers; the floor as a band."""
    with matplotlib.rc_context(STYLE):
        rows = max(1.0, len(places) / 20)  # each name needs a place of its own
        figure, axes = single(2.9 * SIZE[0], 1.9 * SIZE[1] * rows**0.6)
        axes.set(xscale="log", yscale="log" if quality.log else "linear")
        axes.set_xlabel("milliseconds per decision (median, one thread)")
        axes.set_title(quality.title)
        axes.set_xlim(around([place.cost.mean for place in places], 4.0))
        seen = [place.quality.mean for place in places] + ([least.mean] if least else [])
        axes.set_ylim(around(seen, 2.0) if quality.log else SHARES)
        draw_floor(axes, least)
        for place in places:
            draw_point(axes, place)
        for axis in (axes.xaxis, axes.yaxis) if quality.log else (axes.xaxis,):
            plain_numbers(axis)
        write_labels(axes, places)
    return figure


def around(values: Sequence[float], room: float) -> tuple[float, float]:
    """Limits of a logarithmic axis: the means, not the whiskers, decide, with a factor of room on both sides."""
    positive = [v for v in values if v > 0] or [1.0]
    return min(positive) / room, max(positive) * room


def draw_floor(axes: Axes, least: Floor | None) -> None:
    """Draws the floor and two standard deviations around it, where it is known."""
    if least is not None:
        axes.axhspan(*least.band, color=DATA, alpha=0.25, lw=0)
        note = f"floor {least.mean:.3f}: what draws of the distribution score (± 2 sd, n = {least.n} sets)"
        axes.text(0.99, least.mean, note, transform=axes.get_yaxis_transform(), ha="right", va="center", fontsize=8)


def draw_point(axes: Axes, place: Place) -> None:
    """Draws a method as a filled mark, a reference as an empty square; whiskers where there are intervals."""
    cost, quality = place.cost, place.quality
    draw_whisker(axes, reach(cost, axes.get_xlim()), (quality.mean, quality.mean), ("|", "<", ">"))
    draw_whisker(axes, (cost.mean, cost.mean), reach(quality, axes.get_ylim()), ("_", "v", "^"))
    mark, face = ("s", "none") if place.reference else (place.stroke.marker, place.stroke.colour)
    axes.plot(cost.mean, quality.mean, marker=mark, ls="none", ms=5.5, mfc=face, mec=INK, mew=0.7, zorder=3)


def draw_whisker(axes: Axes, x: Pair, y: Pair, ends: tuple[str, str, str]) -> None:
    """A line from end to end; where it ends at the axes' own limit, for the interval goes on, an arrow-head says so."""
    axes.plot(x, y, color=MUTED, lw=0.9)
    cap, low, high = ends
    limits = (*axes.get_xlim(), *axes.get_ylim())
    for i, head in enumerate((low, high)):
        mark = head if x[i] in limits[:2] or y[i] in limits[2:] else cap
        axes.plot(x[i], y[i], mark, ms=4, color=MUTED, mew=0.9, clip_on=False)


def reach(number: Interval, limits: Pair) -> Pair:
    """The interval's ends, or the axis's where these come first; the mean twice where there is no interval."""
    if number.low is None or number.high is None:
        return number.mean, number.mean
    return max(number.low, limits[0]), min(number.high, limits[1])


def write_labels(axes: Axes, places: Sequence[Place]) -> None:
    """Writes names by the points, each where it covers least of points, whiskers and other names; a line leads back."""
    taken = [box for place in places for box in marks(axes, place)]
    for place in sorted(places, key=lambda place: -place.quality.mean):
        point = (place.cost.mean, place.quality.mean)
        x, y = points(axes, *point)
        width = LETTER * len(place.label) + 4
        spots = [(dx, dy) for dy in range(-66, 67, 11) for dx in (10, -10 - width, -width / 2)]
        boxes = {(dx, dy): (x + dx, y + dy - LINE / 2, x + dx + width, y + dy + LINE / 2) for dx, dy in spots}
        dx, dy = min(spots, key=lambda spot: 2 * overlap(boxes[spot], taken) + abs(spot[1]))
        taken.append(boxes[dx, dy])
        lead = {"arrowstyle": "-", "color": MUTED, "lw": 0.5, "shrinkA": 0, "shrinkB": 4}
        axes.annotate(
            place.label, point, (dx, dy), textcoords="offset points", va="center", arrowprops=lead if dy else None
        )


def points(axes: Axes, x: float, y: float) -> tuple[float, float]:
    """Returns where a place on the axes lies in the figure, in points."""
    across, up = axes.transData.transform((x, y)) * 72 / axes.figure.dpi
    return float(across), float(up)


def marks(axes: Axes, place: Place) -> list[Box]:
    """The boxes that a point and its whiskers take, in points."""
    cost, quality = place.cost, place.quality
    x, y = points(axes, cost.mean, quality.mean)
    (left, right), (low, high) = reach(cost, axes.get_xlim()), reach(quality, axes.get_ylim())
    (left, low), (right, high) = points(axes, left, low), points(axes, right, high)
    return [(x - 4, y - 4, x + 4, y + 4), (left, y - 3, right, y + 3), (x - 3, low, x + 3, high)]


def overlap(box: Box, taken: Sequence[Box]) -> float:
    """How much of the boxes taken so far a box covers, square points."""
    return sum(
        max(0.0, min(box[2], b[2]) - max(box[0], b[0])) * max(0.0, min(box[3], b[3]) - max(box[1], b[1])) for b in taken
    )
