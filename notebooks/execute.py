"""Makes either_way.ipynb from either_way.py: `make notebook`, or from the root of the repository

    python -m notebooks.execute             run every cell and write the notebook, outputs kept
    python -m notebooks.execute --check     run every cell, write nothing, fail where the committed numbers differ

The source is a percent script: `# %% tags=["figure"]` starts a cell. Tags that mean something here and in the tests:
`training` (its time is summed), `figure` (must show a picture), `number` (must print one), `live` (a widget), `timing`
(all its numbers come from a clock and are not compared).
"""

import argparse
import os
import re
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from eitherway.files import write_text
from notebooks.agreement import differences, pictures_that_differ
from notebooks.checks import shortcomings
from notebooks.clean import chapter, cleaned, complaints, digest, tags, written

SOURCE = Path(__file__).with_name("either_way.py")
NOTEBOOK = SOURCE.with_suffix(".ipynb")
COLOUR = re.compile(r"\x1b\[[\d;]*m")
LONGEST = 300  # seconds for one cell
QUIET = ["--IPKernelApp.log_level=40"]  # errors: that a kernel on this machine is not encrypted is no news
SHOWN = 20  # differences that are listed


class CellFailed(RuntimeError):
    """A cell raised an error, took too long or took the kernel with it."""


@dataclass(frozen=True)
class Executed:
    """A notebook that ran from top to bottom, as it came from the kernel, and the seconds each cell took."""

    book: NotebookNode
    seconds: Mapping[str, float]  # by cell id

    def total(self, tag: str | None = None) -> float:
        """Seconds of all cells, or of those with a tag."""
        return sum(self.seconds[c.id] for c in self.book.cells if tag is None or tag in tags(c))


def read(source: Path = SOURCE) -> NotebookNode:
    """The script as a notebook without outputs; a cell is named after its text, so that it keeps its name."""
    book, seen = jupytext.read(source), {}
    for cell in book.cells:
        seen[cell.source] = seen.get(cell.source, 0) + 1
        cell.id = digest(f"{seen[cell.source]} {cell.cell_type} {cell.source}")
    return book


def execute(book: NotebookNode) -> Executed:
    """Runs every cell in a fresh kernel, in an empty folder, without any settings of IPython's from this machine."""
    seconds = {}
    with tempfile.TemporaryDirectory() as folder:
        options = {"timeout": LONGEST, "kernel_name": "python3", "coalesce_streams": True, "extra_arguments": QUIET}
        client = NotebookClient(book, resources={"metadata": {"path": folder}}, record_timing=False, **options)
        own = {"IPYTHONDIR": str(Path(folder, ".ipython")), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        with client.setup_kernel(env={**os.environ, **own}):
            for number, cell in enumerate(book.cells):
                begin = time.perf_counter()
                run(client, number)
                seconds[cell.id] = time.perf_counter() - begin
    return Executed(book, seconds)


def run(client: NotebookClient, number: int) -> None:
    """Runs one cell; a failure is told in one line with where it was, and the traceback below."""
    cell, where = client.nb.cells[number], f"{chapter(client.nb, number)}, cell {number}"
    client.allow_errors = True  # the traceback is in the outputs then
    try:
        client.execute_cell(cell, number)
    except CellTimeoutError:
        raise CellFailed(f"{where}: took more than {LONGEST} s\n{cell.source}") from None
    except DeadKernelError:
        raise CellFailed(f"{where}: the kernel died\n{cell.source}") from None
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            lines = [f"{where}: {output.ename}: {output.evalue}", cell.source, *output.traceback]
            raise CellFailed(COLOUR.sub("", "\n".join(lines)))


def made(source: Path = SOURCE) -> tuple[NotebookNode, Executed]:
    """The notebook as it is to be committed, and the execution it comes from."""
    executed = execute(read(source))
    return cleaned(executed.book), executed


def told(executed: Executed) -> str:
    """What the execution cost."""
    cells = [c for c in executed.book.cells if c.cell_type == "code"]
    trained = [c for c in cells if "training" in tags(c)]
    return (
        f"{len(cells)} cells of code in {executed.total():.1f} s, "
        f"of which {executed.total('training'):.1f} s in {len(trained)} training cells"
    )


def compared(book: NotebookNode, before: NotebookNode) -> list[str]:
    """Prints how far two notebooks are apart; returns the differences of text and numbers."""
    found = differences(book, before)
    pictures = pictures_that_differ(book, before)
    print(f"{len(found)} numbers or texts differ from the notebook that is here, and {pictures} pictures")
    print("".join(f"  {line}\n" for line in found[:SHOWN]), end="")
    return found


def main() -> int:
    """Executes, cleans, checks, compares and writes."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true", help="write nothing; fail where the committed numbers differ")
    check = options.parse_args().check
    before = nbformat.read(NOTEBOOK, as_version=4) if NOTEBOOK.is_file() else None
    if check and before is None:
        print(f"there is no {NOTEBOOK.name} to check", file=sys.stderr)
        return 1
    try:
        book, executed = made()
    except CellFailed as error:
        print(f"{SOURCE.name}: {error}", file=sys.stderr)
        return 1
    print(told(executed))
    unfit, poor = complaints(book), shortcomings(book)
    print("".join(f"{NOTEBOOK.name}: {line}\n" for line in unfit + poor), end="", file=sys.stderr)
    moved = compared(book, before) if before else []
    if not unfit and not check:  # one that is merely poor is written, to be looked at
        write_text(NOTEBOOK, written(book))
        print(f"{NOTEBOOK.name}: {NOTEBOOK.stat().st_size / 1e6:.2f} MB")
    return 1 if unfit or poor or (check and moved) else 0


if __name__ == "__main__":
    sys.exit(main())
