"""The style of figures: one palette for light and dark, told apart by lightness, fill and dashes besides colour."""

from collections.abc import Mapping
from typing import Any
from zlib import crc32

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from eitherway.recipes import METHODS
from eitherway.recipes.stroke import DASHDOT, Stroke

INK = "#1b1f25"
MUTED = "#5a6371"
RULE = "#c8cdd6"
DATA = "#2f7fc9"
PREDICTION = "#d9590f"
OBSTACLE = "#c0392e"
LEFT = "#0f7f74"
RIGHT = "#8b45b5"

TRUTH = Stroke(INK, DASHDOT, "*")

# The strokes of methods that have none, nor a base with one: no built-in method has these dashes, colours or markers.
THREE_DOTS, PAIRED = (0, (7.0, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2)), (0, (4.0, 1.2, 4.0, 3.4))
FURTHER = (
    Stroke("#3b1f5e", THREE_DOTS, (4, 1, 22)),
    Stroke("#7d1f1a", THREE_DOTS, (6, 0, 15)),
    Stroke("#4a7a12", THREE_DOTS, (8, 1, 22)),
    Stroke("#a39a86", THREE_DOTS, (3, 1, 90)),
    Stroke("#2f3a1f", PAIRED, (10, 1, 0)),
    Stroke("#8a2be2", PAIRED, (7, 1, 26)),
    Stroke("#7f7f00", PAIRED, (3, 0, 52)),
    Stroke("#d97d78", PAIRED, (5, 1, 18)),
)


def stroke(name: str) -> Stroke:
    """Returns a method's stroke: its own, that of the one whose name it extends, or one of a few further ones.

    >>> stroke("flow-long") == stroke("original-flow") == stroke("flow"), stroke("guess") in FURTHER
    (True, True)
    """
    base = name
    while base:
        if base in METHODS and (own := METHODS[base].stroke) is not None:
            return own
        base = base.removeprefix("original-") if base.startswith("original-") else base.rpartition("-")[0]
    return FURTHER[crc32(name.encode()) % len(FURTHER)]  # the same in every process, which hash() is not


# What a page may repaint: figures name these colours, and the page's style sheet says what they are in the dark.
THEME: Mapping[str, str] = {
    INK: "ink",
    MUTED: "muted",
    RULE: "rule",
    DATA: "data",
    PREDICTION: "prediction",
    OBSTACLE: "obstacle",
    LEFT: "left",
    RIGHT: "right",
}

STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.color": INK,
}


def single(width: float, height: float, *, bottom: float = 0.40) -> tuple[Figure, Axes]:
    """A figure with one pair of axes, in inches, margins fixed: all such figures line up."""
    figure = Figure(figsize=(width, height))
    left, right, top = 0.44, 0.10, 0.26
    box = (left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + top) / height)
    return figure, figure.add_axes(box)


def plain_numbers(axis: Axis) -> None:
    """Labels a logarithmic axis with 0.1, 0.2, 0.5, 1, ... instead of powers of ten."""
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(lambda v, _: f"{v:g}" if f"{v:e}"[0] in "25" else "")
