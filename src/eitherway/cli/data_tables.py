"""Tables and remarks about recordings, printed in a terminal."""

import math
from collections.abc import Iterator, Mapping
from statistics import median

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from eitherway.data.columns import GAP, TYPICAL, Column
from eitherway.data.readers import Reader
from eitherway.data.statistics import MANY, DatasetStatistics, Facts
from eitherway.data.window_summary import WindowSummary

WIDE = 110  # letters; a narrower terminal is spared how arrays are packed
UNBOUNDED = 10_000  # letters: how wide a table would be if it could
NONE = "-"
WORDS = ("a frame", "type", "packed")  # columns that are read from the left
UNITS = ("B", "kB", "MB", "GB", "TB")


def show(console: Console, reader: Reader, survey: DatasetStatistics, hz: float | None) -> None:
    """Prints the tables of a recording: everything but what a policy would see."""
    lengths = sorted(survey.lengths)
    console.print(f"{reader.path}: {reader.kind}", soft_wrap=True, markup=False)
    for line in bad(survey):
        console.print(line, soft_wrap=True, markup=False)
    console.print(
        f"{len(lengths):,} episodes, {survey.frames:,} frames; in an episode {lengths[0]:,} to {lengths[-1]:,}, "
        f"median {median(lengths):g}",
        soft_wrap=True,
    )
    console.print(f"{rate(reader.rate, hz, survey)}\n", soft_wrap=True)
    for table in (*arrays(survey, console), columns(survey)):
        console.print(table, "")
    told = Table.grid(padding=(0, 1))
    for line in remarks(survey):
        told.add_row("-", Text(line))
    console.print(told)


def rate(stored: float | None, hz: float | None, survey: DatasetStatistics) -> str:
    """Returns the line about the frame rate, and how long all of it and the episodes last."""
    if stored is None and hz is None:
        return "Rate: not stored in this format (say --hz)"
    told = f"{stored:g} Hz" if stored is not None else f"not stored in this format; at the {hz:g} Hz of --hz"
    each = stored or hz or math.inf
    shortest, longest = min(survey.lengths) / each, max(survey.lengths) / each
    return f"Rate: {told}: {survey.frames / each / 60:.1f} min in all, an episode {shortest:.1f} to {longest:.1f} s"


def bad(survey: DatasetStatistics) -> Iterator[str]:
    """Yields a line for each array with NaN or infinite numbers: nobody can learn from these."""
    for name, f in survey.arrays.items():
        if f.first_bad:
            yield (
                f"NOT FIT FOR TRAINING: {name} has {f.nan:,} NaN and {f.infinite:,} infinite numbers, the first at "
                f"{f.first_bad}; readers refuse them"
            )


def arrays(survey: DatasetStatistics, console: Console) -> list[Table]:
    """Returns the table of arrays, a row for each; two tables where one is wider than the terminal."""
    titles = ("type", "lowest", "highest", "NaN", "constant", "repeated", "on disk")
    rows = {}
    for name, f in survey.arrays.items():
        wrong = f"{f.nan + f.infinite:,}" if f.first_bad else NONE
        still = f"{len(f.constant):,}" if f.constant else NONE
        cells = (str(f.key.dtype), number(f.low), number(f.high), wrong, still, f"{f.repeated:.1%}", size(f.key.stored))
        rows[name] = (shape(f.key.shape), *cells, f.key.packing)
    whole = rows_of(("array", "a frame", *titles), {name: row[:-1] for name, row in rows.items()})
    if console.width >= WIDE:
        whole = rows_of(("array", "a frame", *titles, "packed"), rows)
    if Measurement.get(console, console.options.update(width=UNBOUNDED), whole).maximum <= console.width:
        return [whole]
    halves = (("a frame", "type", "on disk"), (0, 1, 7)), (titles[1:-1], (2, 3, 4, 5, 6))
    return [rows_of(("array", *t), {name: tuple(row[i] for i in at) for name, row in rows.items()}) for t, at in halves]


def rows_of(titles: tuple[str, ...], rows: Mapping[str, tuple[str, ...]]) -> Table:
    """Builds a table of names, which go over several lines where they must, and of their cells, each on one line."""
    table = Table(box=None, padding=(0, 1, 0, 0))
    table.add_column(titles[0], overflow="fold")
    for title in titles[1:]:
        table.add_column(title, justify="left" if title in WORDS else "right", no_wrap=True)
    for name, cells in rows.items():
        table.add_row(Text(name), *cells)
    return table


def columns(survey: DatasetStatistics) -> Table:
    """Returns the table of columns: a row for each number of a frame, of arrays that are rows of numbers."""
    rows = {}
    for name, f in survey.arrays.items():
        for i, column in enumerate(f.columns if len(f.key.shape) < 2 else ()):
            low, high = (f"{v:.2f}" for v in column.normalised)
            middle = f"{number(column.middle[0])} to {number(column.middle[1])}"
            rows[f"{name}[{i}]"] = (number(column.low), number(column.high), middle, f"{low} to {high}")
    return rows_of(("column", "lowest", "highest", "middle 98 %", "in [-1, 1]"), rows)


def remarks(survey: DatasetStatistics) -> Iterator[str]:
    """Yields remarks on what to look at before training on the data."""
    for name, f in survey.arrays.items():
        if f.constant and f.columns:
            yield f"{name}: {', '.join(f'[{i}]' for i in f.constant)} never changes; normalised it is 0 throughout"
        elif f.constant:
            yield f"{name}: {len(f.constant):,} of {math.prod(f.key.shape):,} numbers never change"
        for i, column in enumerate(f.columns):
            yield from remarks_on(f"{name}[{i}]", column)
        if f.gaps:
            yield gaps(name, f)
        if f.bytes_like and math.prod(f.key.shape) > MANY and f.key.dtype.itemsize > 1:
            whole = survey.frames * f.key.frame_bytes
            less = size(whole // f.key.dtype.itemsize)
            yield f"{name}: whole numbers from 0 to 255 kept as {f.key.dtype}; as bytes {less} instead of {size(whole)}"


def remarks_on(name: str, column: Column) -> Iterator[str]:
    """Yields remarks on what is odd about one column."""
    if wrap := column.wrap:
        like = f"an angle from {wrap.turn}" if wrap.turn else "an angle"
        yield (
            f"{name}: goes round like {like} and leaps over its range (leaps: {wrap.times:,}, the first at "
            f"{wrap.first}); give a policy (cos, sin) of it instead"
        )
    if out := column.outliers:
        count = "1 number" if out.count == 1 else f"{out.count:,} numbers"
        yield (
            f"{name}: {count} far outside the rest, the farthest {number(out.farthest)} at {out.at}, "
            f"{number(out.away)} times as far away as the rest is wide; scaled by lowest and highest, the rest is "
            "squeezed into a point: correct it, or normalise with Quantile"
        )


def gaps(name: str, f: Facts) -> str:
    """Returns the remark on where a recording jumps."""
    assert f.jump is not None
    of = "" if f.jump.column is None else f"[{f.jump.column}]"
    largest = f"{name}{of} by {number(f.jump.size)}, {number(f.jump.times)} times, to {f.jump.at}"
    return (
        f"{name}: {f.gaps:,} frames are reached by a jump, more than {GAP} times the {TYPICAL}th percentile of its "
        f"column's steps; the largest: {largest}; are frames missing?"
    )


def show_view(console: Console, view: WindowSummary) -> None:
    """Prints what a policy would see."""
    console.print(f"\nA policy with n_obs_steps of {view.n_obs_steps} and a horizon of {view.horizon} would see:\n")
    table = Table(box=None)
    table.add_column("array", overflow="fold")
    for title in ("is", "a window"):
        table.add_column(title, no_wrap=True)
    table.add_column("in memory", justify="right", no_wrap=True)
    for role, part in (*(("observed", p) for p in view.observed), ("done", view.done)):
        table.add_row(Text(part.name), role, shape((part.times, *part.frame)), size(part.held_bytes))
    console.print(table)
    console.print(f"\n{view.windows:,} windows, one for each frame.")
    console.print(f"{view.held_first:.1%} of them repeat the first frame for a past that was not recorded,")
    console.print(f"{view.held_last:.1%} the last action for a future that was not.")
    held, copied = size(view.held_bytes), size(view.copied_bytes)
    console.print(f"Memory: {held}, every frame once and the windows' indices (copied out: {copied}).")


def shape(of: tuple[int, ...]) -> str:
    """Formats a shape in words; of one number, 1."""
    return " x ".join(map(str, of or (1,)))


def number(x: float) -> str:
    """Formats a number with three digits; a dash where there is none."""
    return f"{x:.3g}" if math.isfinite(x) else NONE


def size(count: float) -> str:
    """Formats a number of bytes in a unit that suits it, powers of a thousand."""
    power = min(int(math.log10(max(count, 1)) / 3), len(UNITS) - 1)
    return f"{count / 1000**power:.3g} {UNITS[power]}"
