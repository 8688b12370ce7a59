"""What is kept of an executed notebook: sources, outputs and tags, and nothing of the machine that ran it."""

import hashlib
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}  # without one JupyterLab asks for it
MEGABYTES = 3.0  # GitHub shows no larger notebook
WIDGET = "application/vnd.jupyter.widget-view+json"
STILL = "A live widget: it appears here when the cell is run."
ENCODED = re.compile(r"base64,[A-Za-z0-9+/=\s]+")
PLACE = r"(?<![\w.}])/(?:work|home|root|tmp|Users|private|var/folders|content|kaggle)/\w"
ADDRESS = r"\bat 0x[0-9a-fA-F]{6,}"


def cleaned(book: NotebookNode) -> NotebookNode:
    """The notebook as it is to be committed."""
    clean = nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}})
    clean.nbformat_minor = 5
    count = 0
    for cell in book.cells:
        kept = NotebookNode(cell_type=cell.cell_type, id=cell.id, metadata={}, source=cell.source)
        if tags(cell):
            kept.metadata["tags"] = tags(cell)
        if cell.cell_type == "code":
            count += bool(cell.execution_count)
            kept.execution_count = count if cell.execution_count else None
            kept.outputs = [still(output, count) for output in cell.outputs]
        clean.cells.append(kept)
    nbformat.validate(clean)
    return clean


def still(output: NotebookNode, count: int) -> NotebookNode:
    """An output without what needs a kernel: where a widget was, a line says so."""
    kept = nbformat.from_dict(output)
    if output.output_type == "execute_result":
        kept.execution_count = count
    if WIDGET in output.get("data", {}):
        kept.data, kept.metadata = NotebookNode({"text/plain": STILL}), NotebookNode()
    return kept


def complaints(book: NotebookNode) -> list[str]:
    """Why a cleaned notebook must not be committed: paths and addresses of a machine, or too many bytes."""
    found = []
    for number, cell in enumerate(book.cells):
        for text in (cell.source, *texts(cell)):
            if around := machine(ENCODED.sub("", text)):
                found.append(f"{chapter(book, number)}, cell {number}: names a place on a machine: {around!r}")
    size = len(written(book).encode()) / 1e6
    if size > MEGABYTES:
        found.append(f"{size:.2f} MB is more than {MEGABYTES} MB; the biggest outputs: {'; '.join(biggest(book))}")
    return found


def machine(text: str) -> str:
    """The surroundings of the first folder or address of a machine in a text; nothing where there is none."""
    own = {sys.prefix, str(Path.home()), str(Path(__file__).parents[1]), tempfile.gettempdir()}
    folders = [rf"{re.escape(folder)}(?=\W|$)" for folder in sorted(own) if len(folder) > 1]
    met = re.search("|".join([PLACE, ADDRESS, *folders]), text)
    return text[max(met.start() - 30, 0) : met.end() + 30] if met else ""


def biggest(book: NotebookNode, n: int = 5) -> list[str]:
    """The largest outputs of a notebook and where they are."""
    sizes = [
        (len(json.dumps(content)) / 1e3, f"{kind} in {chapter(book, number)}, cell {number}")
        for number, cell in enumerate(book.cells)
        for kind, content in contents(cell)
    ]
    return [f"{size:.0f} kB of {what}" for size, what in sorted(sizes, reverse=True)[:n]]


def contents(cell: NotebookNode) -> Iterator[tuple[str, str]]:
    """Every piece of every output: its kind ('image/png', 'stdout', ...) and its content."""
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            yield output.name, output.text
        elif output.output_type == "error":
            yield "error", "\n".join(output.traceback)
        else:
            yield from sorted(output.data.items())  # as the file has them


def texts(cell: NotebookNode) -> list[str]:
    """The outputs of a cell that are text."""
    return [
        content for kind, content in contents(cell) if not kind.startswith(("image/png", "image/jpeg", "image/webp"))
    ]


def chapter(book: NotebookNode, number: int) -> str:
    """The last heading above a cell."""
    above = "\n".join(c.source for c in book.cells[: number + 1] if c.cell_type == "markdown")
    headings = re.findall(r"^#{1,3} (.+)$", above, flags=re.MULTILINE)
    return headings[-1] if headings else "above the first heading"


def tags(cell: NotebookNode) -> list[str]:
    """What a cell says it is."""
    return list(cell.metadata.get("tags", []))


def digest(text: str) -> str:
    """Eight hexadecimal digits that stay while the text stays."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def written(book: NotebookNode) -> str:
    """The file's text."""
    return nbformat.writes(book, version=4).rstrip() + "\n"
