"""What an executed notebook has to show: no warning, every figure and every number that its tags promise.

Each check returns complaints, one line each; an empty list is a good notebook.
"""

import base64
import io
import re
from collections.abc import Iterator

import numpy as np
from nbformat import NotebookNode
from PIL import Image

from notebooks.agreement import spoken
from notebooks.clean import STILL, chapter, contents, tags, texts

DECODED = ("image/png", "image/jpeg", "image/webp", "image/gif")
INLINE = re.compile(r"data:(image/(?:png|jpeg|webp|gif)|video/\w+);base64,([A-Za-z0-9+/=\s]+)")
SMALLEST = 100  # pixels, either way
PLAIN = 3.0  # grey levels of 255: an image that varies less is blank; a single thin curve on white has about 10


def shortcomings(book: NotebookNode) -> list[str]:
    """All complaints about the outputs of a notebook."""
    return [
        f"{chapter(book, number)}, cell {number}: {line}"
        for number, cell in enumerate(book.cells)
        if cell.cell_type == "code"
        for line in (*alarms(cell), *missing(cell), *poor_pictures(cell))
    ]


def alarms(cell: NotebookNode) -> Iterator[str]:
    """Errors, and whatever was written to stderr: warnings first of all."""
    for kind, content in contents(cell):
        if kind in ("stderr", "error"):
            yield f"{kind}: {content.strip()[:300]}"


def missing(cell: NotebookNode) -> Iterator[str]:
    """What the tags of a cell promise and its outputs do not hold."""
    if cell.source.strip() and not cell.execution_count:
        yield "was not run"
    if "figure" in tags(cell) and not pictures(cell):
        yield "is tagged figure and shows no picture"
    if "number" in tags(cell) and not any("#" in part.mask for part in spoken(cell)):
        yield "is tagged number and prints none"
    if "live" in tags(cell) and not any(STILL in text for text in texts(cell)):
        yield "is tagged live and shows no widget"


def poor_pictures(cell: NotebookNode) -> Iterator[str]:
    """Pictures that are tiny, of one colour, or cannot be read."""
    for kind, content in pictures(cell):
        if kind.startswith(("video/", "image/svg")):
            continue
        try:
            picture = Image.open(io.BytesIO(base64.b64decode(content)))
            grey = np.asarray(picture.convert("RGBA").convert("L"), dtype=float)
        except (OSError, ValueError) as error:
            yield f"a picture cannot be read: {error}"
            continue
        if min(picture.size) < SMALLEST:
            yield f"a picture of only {picture.size[0]} x {picture.size[1]} pixels"
        if grey.std() < PLAIN:
            yield f"a picture that is blank: its grey varies by {grey.std():.1f} of 255"


def pictures(cell: NotebookNode) -> list[tuple[str, str]]:
    """The kind and the content of every picture and film of a cell, those inside HTML included."""
    found = []
    for kind, content in contents(cell):
        if kind in DECODED or kind.startswith("image/svg"):
            found.append((kind, content))
        elif kind == "text/html":
            found += INLINE.findall(content)
    return found
