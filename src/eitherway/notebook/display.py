"""Figures shown in a notebook: crisp at its width, few bytes, the same at every run, described for the blind."""

import base64
import io
from collections.abc import Sequence
from html import escape
from itertools import chain

import matplotlib
import numpy as np
from IPython.display import HTML, Image
from jaxtyping import UInt8
from matplotlib.figure import Figure
from PIL import Image as Pixels
from PIL import ImageColor

from eitherway.recipes import METHODS
from eitherway.report.style import FURTHER, STYLE, THEME

WIDTH = 9.6  # inches: what fills a notebook's column; wider figures are laid out anew to fit
COLUMN = 900  # CSS pixels of that column
SHARP = 1.5  # pixels of the picture for each of these
COLOURS = 64  # of the palette
CODE = np.array([65_536, 256, 1])  # one number for a colour
SEEN = 10  # pixels from which on such a colour is held to be in the picture


def show(figure: Figure, alt: str) -> Image:
    """Returns the figure as a PNG with few colours, to be shown by a cell."""
    width, height = figure.get_size_inches()
    figure.set_size_inches(min(width, WIDTH), height)
    shown = round(COLUMN * min(width / WIDTH, 1.0))
    return Image(data=png(figure), format="png", width=shown, alt=alt)


def png(figure: Figure) -> bytes:
    """Returns the figure as PNG bytes with a palette; nothing of the time or the machine."""
    drawn, held = io.BytesIO(), io.BytesIO()
    with matplotlib.rc_context(STYLE):
        figure.savefig(drawn, format="png", dpi=COLUMN * SHARP / WIDTH, facecolor="white")
    with Pixels.open(drawn) as image:
        few_colours(image.convert("RGB")).save(held, "PNG", optimize=True)
    return held.getvalue()


def meant() -> list[tuple[int, ...]]:
    """The colours that have a meaning: those of all figures, and those of methods, each once."""
    own = [method.stroke for method in METHODS.values() if method.stroke is not None]
    return [ImageColor.getrgb(c) for c in dict.fromkeys(("white", *THEME, *(s.colour for s in (*own, *FURTHER))))]


def few_colours(image: Pixels.Image) -> Pixels.Image:
    """Fits a palette to an image, in which colours that have a meaning stay exactly what they are."""
    counted = image.getcolors(image.width * image.height) or []
    seen = {colour for n, colour in counted if n >= SEEN}
    kept = [colour for colour in meant() if colour in seen]
    fitted = image.quantize(COLOURS, Pixels.Quantize.MEDIANCUT, dither=Pixels.Dither.NONE)
    place, wide = np.array(fitted), np.asarray(image).astype(np.int32)
    codes = wide @ CODE
    for i, colour in enumerate(kept):
        place[codes == np.array(colour) @ CODE] = COLOURS + i
    few = Pixels.frombytes("P", image.size, place.astype(np.uint8).tobytes())
    base = [*(fitted.getpalette() or []), *[0] * 3 * COLOURS][: 3 * COLOURS]  # a plain image needs fewer
    few.putpalette([*base, *chain.from_iterable(kept)])
    return few


def movie(frames: Sequence[UInt8[np.ndarray, "h w 3"]], alt: str, *, fps: float = 10, quality: int = 30) -> HTML:
    """Returns an endless animation: a lossy WebP inside an <img>, so that it needs no other file."""
    if not frames:
        raise ValueError("a movie needs at least one frame, got none")
    held = io.BytesIO()
    first, *rest = (Pixels.fromarray(frame) for frame in frames)
    duration = round(1000 / fps)  # milliseconds
    first.save(held, "WEBP", save_all=True, append_images=rest, duration=duration, loop=0, quality=quality, method=4)
    data = base64.b64encode(held.getvalue()).decode("ascii")
    return HTML(f'<img src="data:image/webp;base64,{data}" alt="{escape(alt)}" style="max-width: 100%">')
