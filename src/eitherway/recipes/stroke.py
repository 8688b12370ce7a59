"""How a method is drawn wherever it appears: colour, dashes and marker, so that it is known without colour, too."""

import re
from dataclasses import dataclass

Dashes = str | tuple[int, tuple[float, ...]]

DASHED, LONG_DASHED, DOTTED = (0, (5.0, 1.6)), (0, (10.0, 2.0)), (0, (1.4, 1.2))
DASHDOT, TWO_DOTS = (0, (6.0, 1.4, 1.4, 1.4)), (0, (6.0, 1.2, 1.2, 1.2, 1.2, 1.2))
SHORT_DASHED, SPARSE, LONG_DOT = (0, (2.8, 1.2)), (0, (5.0, 3.5)), (0, (11.0, 1.6, 1.4, 1.6))
UNEVEN = (0, (9.0, 1.5, 3.0, 1.5))


@dataclass(frozen=True)
class Stroke:
    """How a method is drawn: its colour as #rrggbb, the dashes of its lines, the marker of its points.

    Families share a hue: one answer earth, densities slate, tokens wine, latents petrol, diffusion green, flow orange,
    one step violet. Two methods differ in lightness or in dashes, and all in their markers.
    """

    colour: str
    dashes: Dashes = "-"
    marker: str | tuple[int, int, int] = "o"  # a tuple: corners, 0 polygon or 1 star, turned by degrees

    def __post_init__(self) -> None:
        if not re.fullmatch("#[0-9a-fA-F]{6}", self.colour):
            raise ValueError(f"a stroke's colour is written #rrggbb, got {self.colour!r}")
