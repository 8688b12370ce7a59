"""The style of figures: one palette for light and dark, told apart by lightness, fill and dashes besides colour."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

INK = "#1b1f25"
MUTED = "#5a6371"
RULE = "#c8cdd6"
DATA = "#2f7fc9"
PREDICTION = "#d9590f"
OBSTACLE = "#c0392e"
LEFT = "#0f7f74"
RIGHT = "#8b45b5"

Dashes = str | tuple[int, tuple[float, ...]]


@dataclass(frozen=True)
class Stroke:
    """How a method is drawn wherever it appears: its colour, the dashes of its lines, the marker of its points."""

    colour: str
    dashes: Dashes = "-"
    marker: str | tuple[int, int, int] = "o"  # a tuple: corners, 0 polygon or 1 star, turned by degrees


DASHED, LONG, DOTTED = (0, (5.0, 1.6)), (0, (10.0, 2.0)), (0, (1.4, 1.2))
DASHDOT, TWO_DOTS = (0, (6.0, 1.4, 1.4, 1.4)), (0, (6.0, 1.2, 1.2, 1.2, 1.2, 1.2))
SHORT, SPARSE, LONG_DOT = (0, (2.8, 1.2)), (0, (5.0, 3.5)), (0, (11.0, 1.6, 1.4, 1.6))
UNEVEN = (0, (9.0, 1.5, 3.0, 1.5))
TRUTH = Stroke(INK, DASHDOT, "*")

# Families share a hue: one answer earth, densities slate, tokens wine, latents petrol, diffusion green, flow orange,
# one step violet. Within and across families two methods differ in lightness or in dashes, and all in their markers.
METHOD: Mapping[str, Stroke] = {
    "mse": Stroke("#573417", "-", "s"),
    "mae": Stroke("#b07f00", DASHED, "D"),
    "welsch": Stroke("#5c6b00", DASHDOT, "^"),
    "truncated": Stroke("#8d9a10", DOTTED, "v"),
    "cauchy": Stroke("#9a6a5c", TWO_DOTS, "<"),
    "laplace-kernel": Stroke("#b3925c", TWO_DOTS, ">"),
    "side": Stroke("#de6a9f", "-", "P"),
    "side-sampled": Stroke("#a83279", DASHED, "X"),
    "bins": Stroke("#6b1048", DOTTED, "h"),
    "diffusion": Stroke("#14693f", "-", "p"),
    "ddpm": Stroke("#3d9f66", LONG, "d"),
    "flow": Stroke("#c8500f", "-", "o"),
    "flow-heun": Stroke("#ec8a33", DASHDOT, "8"),
    "huber": Stroke("#614107", SHORT, "H"),
    "quantile": Stroke("#c67e49", SPARSE, (3, 0, 30)),
    "mip": Stroke("#855227", TWO_DOTS, (4, 1, 0)),
    "mdn": Stroke("#4d555d", SPARSE, (5, 0, 36)),
    "spline": Stroke("#8891a8", LONG_DOT, (6, 1, 0)),
    "laplace": Stroke("#6b7c8d", DOTTED, (3, 1, 0)),
    "autoregressive": Stroke("#c77694", UNEVEN, (5, 1, 36)),
    "fast": Stroke("#99586b", LONG, (7, 0, 0)),
    "bet": Stroke("#7d3650", LONG_DOT, (4, 0, 20)),
    "vq-bet": Stroke("#ae426e", SHORT, (7, 1, 0)),
    "cvae": Stroke("#1f8e8f", DASHDOT, (3, 0, -15)),
    "act": Stroke("#0d6f7d", LONG_DOT, (8, 1, 0)),
    "ibc": Stroke("#298e9e", SHORT, (4, 1, 45)),
    "edm": Stroke("#004d36", DASHDOT, (5, 0, 18)),
    "score": Stroke("#274e28", UNEVEN, (3, 1, 180)),
    "meanflow": Stroke("#52367a", DASHED, (6, 1, 30)),
    "shortcut": Stroke("#6a3793", DOTTED, (4, 0, 65)),
    "consistency": Stroke("#8f58b2", SPARSE, (3, 0, 75)),
    "reflow": Stroke("#4e3e94", LONG, (9, 0, 0)),
    "distilled": Stroke("#6460cf", UNEVEN, (9, 1, 0)),
}


def stroke(name: str) -> Stroke:
    """Returns a method's stroke: its own, that of the one whose name it extends, or any prediction's where unknown.

    >>> stroke("flow-long") == stroke("original-flow") == stroke("flow"), stroke("guess").colour == PREDICTION
    (True, True)
    """
    name = name.removeprefix("original-")
    while name not in METHOD and "-" in name:
        name = name.rpartition("-")[0]
    return METHOD.get(name, Stroke(PREDICTION))


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
