"""What recordings hold, as tables and remarks in a terminal."""

import math
from collections.abc import Iterator
from statistics import median

from rich.console import Console
from rich.table import Table
from rich.text import Text

from eitherway.data.readers import Reader
from eitherway.data.survey import GAP, MANY, TYPICAL, Facts, Survey
from eitherway.data.view import View

WIDE = 110  # letters; a narrower terminal is spared how arrays are packed
WRAPS = 0.9  # a jump over so much of a column's range looks like an angle that goes round
UNITS = ("B", "kB", "MB", "GB", "TB")


def show(console: Console, reader: Reader, survey: Survey, hz: float | None) -> None:
    """Prints everything but what a policy would see."""
    lengths = sorted(survey.lengths)
    console.print(f"{reader.path}: {reader.kind}", soft_wrap=True, markup=False)
    console.print(
        f"{len(lengths):,} episodes, {survey.frames:,} frames; in an episode {lengths[0]:,} to {lengths[-1]:,}, "
        f"median {median(lengths):g}",
        soft_wrap=True,
    )
    console.print(f"{rate(reader.rate, hz, survey)}\n", soft_wrap=True)
    console.print(arrays(survey, console.width))
    console.print()
    console.print(columns(survey), "")
    told = Table.grid(padding=(0, 1))
    for line in remarks(survey):
        told.add_row("-", Text(line))
    console.print(told)


def rate(stored: float | None, hz: float | None, survey: Survey) -> str:
    """Frames a second, and how long it all takes."""
    if stored is None and hz is None:
        return "Rate: not stored in this format (say --hz)"
    told = f"{stored:g} Hz" if stored is not None else f"not stored in this format; at the {hz:g} Hz of --hz"
    each = stored or hz or math.inf
    shortest, longest = min(survey.lengths) / each, max(survey.lengths) / each
    return f"Rate: {told}: {survey.frames / each / 60:.1f} min in all, an episode {shortest:.1f} to {longest:.1f} s"


def arrays(survey: Survey, width: int) -> Table:
    """One row for each array."""
    table = Table(box=None, padding=(0, 1, 0, 0))
    for title in ("array", "a frame", "type"):
        table.add_column(title, no_wrap=True)
    for title in ("lowest", "highest", "NaN", "constant", "repeated", "on disk"):
        table.add_column(title, justify="right", no_wrap=True)
    if width >= WIDE:
        table.add_column("packed", no_wrap=True)
    for name, f in survey.arrays.items():
        bad = f"{f.nan + f.infinite:,}" if f.nan + f.infinite else "–"
        still = f"{len(f.constant):,}" if f.constant else "–"
        cells = [name, shape(f.key.shape), str(f.key.dtype), number(f.low), number(f.high), bad, still]
        cells += [f"{f.repeated:.1%}", size(f.key.stored)]
        table.add_row(*cells, *([f.key.packing] if width >= WIDE else []))
    return table


def columns(survey: Survey) -> Table:
    """One row for each number that a frame consists of, of arrays that are rows of numbers."""
    table = Table(box=None)
    table.add_column("column", no_wrap=True)
    for title in ("lowest", "highest", "middle 98 %", "normalised to [-1, 1]"):
        table.add_column(title, justify="right", no_wrap=True)
    for name, f in survey.arrays.items():
        if len(f.key.shape) > 1:
            continue
        for i, column in enumerate(f.columns):
            low, high = (f"{v:.2f}" for v in column.normalised)
            middle = f"{number(column.middle[0])} to {number(column.middle[1])}"
            table.add_row(f"{name}\\[{i}]", number(column.low), number(column.high), middle, f"{low} to {high}")
    return table


def remarks(survey: Survey) -> Iterator[str]:
    """What to look at before training on it."""
    for name, f in survey.arrays.items():
        if f.first_bad:
            yield f"{name}: {f.nan:,} NaN and {f.infinite:,} infinite, the first at {f.first_bad}; readers refuse them"
        if f.constant and f.columns:
            yield f"{name}: {', '.join(f'[{i}]' for i in f.constant)} never changes; normalised it is 0 throughout"
        elif f.constant:
            yield f"{name}: {len(f.constant):,} of {math.prod(f.key.shape):,} numbers never change"
        if f.gaps:
            yield gaps(name, f)
        if f.bytes_like and math.prod(f.key.shape) > MANY and f.key.dtype.itemsize > 1:
            whole = survey.frames * f.key.frame_bytes
            less = size(whole // f.key.dtype.itemsize)
            yield f"{name}: whole numbers from 0 to 255 kept as {f.key.dtype}; as bytes {less} instead of {size(whole)}"


def gaps(name: str, f: Facts) -> str:
    """Where the recording jumps."""
    assert f.jump is not None
    of = "" if f.jump.column is None else f"[{f.jump.column}]"
    wraps = f.jump.column is not None and f.jump.size > WRAPS * f.jump.span
    hint = "; as wide as the column's range: an angle that wraps?" if wraps else "; are frames missing?"
    largest = f"{name}{of} by {number(f.jump.size)}, {f.jump.times:.0f} times, to {f.jump.at}"
    return (
        f"{name}: {f.gaps:,} frames are reached by a jump, more than {GAP} times the {TYPICAL}th percentile of its "
        f"column's steps; the largest: {largest}{hint}"
    )


def show_view(console: Console, view: View) -> None:
    """Prints what a policy would see."""
    console.print(f"\nA policy with a history of {view.history} and a horizon of {view.horizon} would see:\n")
    table = Table(box=None)
    for title in ("array", "is", "a window"):
        table.add_column(title, no_wrap=True)
    table.add_column("in memory", justify="right", no_wrap=True)
    for role, part in (*(("observed", p) for p in view.observed), ("done", view.done)):
        table.add_row(part.name, role, shape((part.times, *part.frame)), size(part.held_bytes))
    console.print(table)
    console.print(f"\n{view.windows:,} windows, one for each frame.")
    console.print(f"{view.held_first:.1%} of them repeat the first frame for a past that was not recorded,")
    console.print(f"{view.held_last:.1%} the last action for a future that was not.")
    held, copied = size(view.held_bytes), size(view.copied_bytes)
    console.print(f"Memory: {held}, every frame once and the windows' indices (copied out: {copied}).")


def shape(of: tuple[int, ...]) -> str:
    """A shape in words; of one number, 1."""
    return " x ".join(map(str, of or (1,)))


def number(x: float) -> str:
    """A number of three digits; a dash where there is none."""
    return f"{x:.3g}" if math.isfinite(x) else "–"


def size(count: float) -> str:
    """Bytes in a unit that suits them, thousands of thousands."""
    power = min(int(math.log10(max(count, 1)) / 3), len(UNITS) - 1)
    return f"{count / 1000**power:.3g} {UNITS[power]}"
