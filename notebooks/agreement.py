"""Whether two executions of the notebook say the same, number by number.

Text must be the same once numbers are masked. Numbers must be the same, or close: another CPU adds in another order,
and a training of a thousand steps turns that into another policy, about as far away as another seed's. What a clock
measured is not compared: numbers before a unit of time, and all numbers of a cell tagged `timing`.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from notebooks.clean import ENCODED, chapter, contents, tags

NUMBER = r"(?<![\w.])[-−+]?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?"
CLOCK = r"(?:s|ms|µs|μs|seconds?|milliseconds?|min|minutes?|steps/s|steps per second)\b"
UNIT = rf"(?:\s*(%|{CLOCK}))?"
RANGE = rf"(?:\s*(?:±|to|–)\s*{NUMBER})?"
INTERVAL = rf"(?:\s*\[{NUMBER},\s*{NUMBER}\])?"
QUANTITY = re.compile(rf"{NUMBER}{RANGE}{UNIT}{INTERVAL}{UNIT}")  # 25.4 % [24.6, 26.3]; 1.8 ± 0.1 ms; 3.2
TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)


@dataclass(frozen=True)
class Tolerance:
    """How far a number may be from another: by `share` (of 1; times 100 before a %), or by a part of the larger."""

    share: float
    part: float

    def holds(self, a: float, b: float, unit: str) -> bool:
        """Whether two numbers are the same as far as this tolerance can tell."""
        reach = self.share * (100 if unit == "%" else 1)
        return a == b or math.isclose(a, b, rel_tol=self.part, abs_tol=reach)


SAME = Tolerance(share=0, part=0)
OTHER_MACHINE = Tolerance(share=0.03, part=0.1)  # success of the same recipe over training seeds: ± 0.03 (docs/results)


@dataclass(frozen=True)
class Said:
    """An output's text with its numbers masked, and the numbers with their units."""

    mask: str
    numbers: list[tuple[str, str]]


def said(text: str, clock: bool = False) -> Said:
    """Splits a text; `clock`: every number in it was measured by one."""
    numbers: list[tuple[str, str]] = []

    def mask(quantity: re.Match[str]) -> str:
        unit = quantity[1] or quantity[2] or ""
        if not (clock or re.fullmatch(CLOCK, unit)):
            numbers.extend((number, unit) for number in re.findall(NUMBER, quantity[0]))
        return re.sub(NUMBER, "#", quantity[0])

    return Said(" ".join(QUANTITY.sub(mask, text).split()), numbers)


def spoken(cell: NotebookNode) -> Iterator[Said]:
    """What a cell's outputs say; of HTML what a reader sees."""
    for kind, content in contents(cell):
        if kind == "text/html":
            content = TAG.sub(" ", ENCODED.sub("", content))
        if kind in ("stdout", "text/plain", "text/markdown", "text/html"):
            yield said(content, clock="timing" in tags(cell))


def differences(book: NotebookNode, before: NotebookNode, tolerance: Tolerance = SAME) -> list[str]:
    """Every number or text that is not the same in both notebooks, with where it is."""
    code = [(n, c) for n, c in enumerate(book.cells) if c.cell_type == "code"]
    old = {cell.id: cell for cell in before.cells}
    found = []
    for number, cell in code:
        where = f"{chapter(book, number)}, cell {number}"
        if cell.id not in old:
            found.append(f"{where}: its code is new or has changed")
            continue
        found += [f"{where}: {line}" for line in apart(list(spoken(cell)), list(spoken(old[cell.id])), tolerance)]
    return found


def apart(now: list[Said], then: list[Said], tolerance: Tolerance) -> Iterator[str]:
    """Where the outputs of one cell differ."""
    if len(now) != len(then):
        yield f"{len(now)} outputs of text instead of {len(then)}"
        return
    for new, old in zip(now, then, strict=True):
        if new.mask != old.mask or len(new.numbers) != len(old.numbers):
            yield f"says {new.mask[:200]!r} instead of {old.mask[:200]!r}"
            continue
        for (a, unit), (b, _) in zip(new.numbers, old.numbers, strict=True):
            if not tolerance.holds(value(a), value(b), unit):
                yield f"{a} instead of {b} in {new.mask[:200]!r}"


def value(number: str) -> float:
    """The number that a text writes."""
    return float(number.replace(",", "").replace("−", "-"))


def pictures_that_differ(book: NotebookNode, before: NotebookNode) -> int:
    """How many pictures are not byte for byte the same."""
    old = {cell.id: cell for cell in before.cells}
    return sum(pictures(cell) != pictures(old[cell.id]) for cell in book.cells if cell.id in old)


def pictures(cell: NotebookNode) -> list[str]:
    """The pictures among a cell's outputs."""
    return [content for kind, content in contents(cell) if kind.startswith("image/")]
