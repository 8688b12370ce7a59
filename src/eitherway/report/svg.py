"""Figures as SVG text that is the same at every run, and that a page can hold inline and repaint."""

import base64
import io
import re
from collections.abc import Sequence
from typing import Any

import matplotlib
from markupsafe import Markup, escape
from matplotlib.figure import Figure
from PIL import Image

from eitherway.report.style import THEME

DOTS = 144  # per inch, for layers of many points
COLOURS = 48  # of two kinds of marks, one over the other, see-through
SMALL = 20_000  # pixels below which an image stays as it is: smooth shades need all their colours
FIXED: dict[Any, Any] = {"svg.hashsalt": "eitherway", "svg.fonttype": "none"}


def to_svg(figure: Figure) -> str:
    """Returns the figure as an <svg> element; no date, no random names, text as text."""
    held = io.StringIO()
    with matplotlib.rc_context(FIXED):
        figure.savefig(held, format="svg", dpi=DOTS, transparent=True, metadata={"Date": None})
    text = held.getvalue()
    return squeezed(text[text.index("<svg") :])


def squeezed(text: str) -> str:
    """The same picture in fewer bytes, without what would leak into a page: metadata, style rules, unused names."""
    text = re.sub(r"\s*<(metadata|style)\b.*?</\1>", "", text, flags=re.DOTALL)
    text = re.sub(r' id="[A-Za-z0-9.]+_\d+"', "", text)  # matplotlib numbers its groups; nothing refers to these
    text = re.sub(r"<[^>]+>", lambda tag: re.sub(r"(\d\.\d\d)\d+", r"\1", tag[0]), text)  # 0.01 pt is enough
    text = re.sub(r"\s*\n\s*", "\n", text)
    text = re.sub(r"image-rendering:[\w-]+;?", "", text)  # coarse images are meant to be smoothed
    text = re.sub(r"(?<=data:image/png;base64,)[^\"]+", lambda found: few_colours(found[0]), text)
    return text.replace("<svg ", '<svg stroke-linejoin="round" ', 1)


def few_colours(png: str) -> str:
    """Reduces a PNG, in base64, to a palette: a quarter of the bytes, and dots look the same."""
    with Image.open(io.BytesIO(base64.b64decode(png))) as image:
        if image.width * image.height < SMALL:
            return png
        held = io.BytesIO()
        image.quantize(COLOURS, method=Image.Quantize.FASTOCTREE).save(held, "PNG", optimize=True)
    return base64.b64encode(held.getvalue()).decode("ascii")


def inline(svg: str, *, prefix: str, label: str) -> Markup:
    """An <svg> for a page: names made its own, colours the page's, size the page's, described for who cannot see it."""
    prefix = re.sub(r"[^\w-]", "-", prefix)
    text = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}-", svg)
    text = re.sub(r' (width|height)="[\d.]+pt"', "", text, count=2)
    for colour, name in THEME.items():
        text = text.replace(colour, f"var(--{name})")
    return Markup(text.replace("<svg ", f'<svg role="img" aria-label="{escape(label)}" ', 1))


def side_by_side(svgs: Sequence[str]) -> str:
    """Joins several SVGs of the same size into one file, on white."""
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svgs[0])
    assert size is not None  # matplotlib always writes it
    width, height = float(size[1]), float(size[2])
    parts = [re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>p{i}-", svg) for i, svg in enumerate(svgs)]
    moved = [part.replace("<svg ", f'<svg x="{i * width:g}" ', 1) for i, part in enumerate(parts)]
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {len(svgs) * width:g} {height:g}" width="{len(svgs) * width:g}pt" height="{height:g}pt">'
    )
    return head + '<rect width="100%" height="100%" fill="white"/>\n' + "\n".join(moved) + "\n</svg>\n"
