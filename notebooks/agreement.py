"""Whether two executions of the notebook say the same, number by number.

Text must be the same once numbers are masked. Numbers must be the same, or close: another CPU adds in another order,
and a training of a thousand steps turns that into another policy, about as far away as another seed's. That sentences
still say what their numbers say is not left to this: they carry the facts they rest on, and warn. What a clock
measured is not compared: numbers before a unit of time, and all numbers of a cell tagged `timing`.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from notebooks.clean import ENCODED, chapter, contents, tags

NUMBER = r"(?<![\w.])[-−+]?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?"
CLOCK = r"(?:s|ms|µs|μs|seconds?|milliseconds?|min|minutes?|steps/s|steps per second)\b"
UNIT = rf"(?:\s*(%|{CLOCK}))?"
RANGE = rf"(?:\s*(?:±|to|–)\s*{NUMBER})?"
INTERVAL = rf"(?:\s*\[{NUMBER},\s*{NUMBER}\])?"
QUANTITY = re.compile(rf"{NUMBER}{RANGE}{UNIT}{INTERVAL}{UNIT}")  # 25.4 % [24.6, 26.3]; 1.8 ± 0.1 ms; 3.2
TINY = 1e-7  # a rounding error below is one as good as none
TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)


Tolerance = Callable[[str, str, str], bool]  # two numbers as written, and their unit: whether they are the same


def same(a: str, b: str, unit: str) -> bool:
    """To the last digit, as two executions on one machine must be."""
    return value(a) == value(b)


def close(a: str, b: str, unit: str) -> bool:
    """As far apart as two trainings may be: another CPU makes another policy of the same recipe.

    Shares within 10 points (absolute error's success has a standard deviation of 3 over seeds, docs/results); numbers
    with an exponent, which are rounding errors, within two powers of ten; whole numbers within 2 or 1 %; all others
    within 0.01 or a third.
    """
    x, y = value(a), value(b)
    if "e" in (a + b).lower():
        return abs(math.log10(max(abs(x), TINY)) - math.log10(max(abs(y), TINY))) <= 2
    if unit == "%":
        return abs(x - y) <= 10
    if "." not in a + b:
        return abs(x - y) <= max(2, abs(y) / 100)
    return math.isclose(x, y, rel_tol=1 / 3, abs_tol=0.01)


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


def differences(book: NotebookNode, before: NotebookNode, tolerance: Tolerance = same) -> list[str]:
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
            if not tolerance(a, b, unit):
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
