"""How figures look: one palette for light and dark, told apart by lightness, fill and dashes as well as by colour."""

from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK = "#1b1f25"
MUTED = "#5a6371"
RULE = "#c8cdd6"
DATA = "#2f7fc9"
PREDICTION = "#d9590f"
OBSTACLE = "#c0392e"
LEFT = "#0f7f74"
RIGHT = "#8b45b5"

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
