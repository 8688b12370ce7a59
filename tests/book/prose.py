"""What the notebook's own words may and must be: no typed results, a rhythm, links that lead somewhere.

A number that somebody measured is computed where it is told. What prose may type are definitions: the constants of the
jumper's distribution, the options of the tasks and recipes, levels of intervals. Each check returns complaints.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from notebooks.clean import tags

QUIET = re.compile(  # what is no prose: fences, code, formulas, targets of links, tags of HTML
    r"^```.*?^```|``.+?``|`[^`\n]+`|\$\$.+?\$\$|\$[^$]+\$|(?<=\])\([^)\s]+\)|<https?://[^>]+>|<[^>]*>"
    r"|\b\d{4}\.\d{5}\b",  # arXiv
    re.DOTALL | re.MULTILINE,
)
DECIMAL = r"(?<![\w.,])[-−+]?\d[\d,]*\.\d+"
RESULT = re.compile(
    rf"(?P<share>(?:{DECIMAL}|(?<![\w.,])\d+)\s*(?:%|per\s?cent\b))"
    rf"|(?P<clock>(?:{DECIMAL}|(?<![\w.,])\d+)\s*(?:s|ms|seconds?|milliseconds?|minutes?)\b)"
    rf"|(?P<decimal>{DECIMAL})"
    rf"|(?P<count>(?<![\w.,])\d[\d,]*\s+(?:of|out of)\s+(?:the\s+)?\d[\d,]*)",
)
HEADING = re.compile(r"^## (\d+)\. (.+)$", re.MULTILINE)
RHYTHM = {"5", "6", "7", "8", "10", "12"}
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<(https?://[^>\s]+)>")


def prose(text: str) -> str:
    """Markdown without what is no prose, and without the numbers of its headings."""
    return re.sub(r"^(#+) [\d.]+ ", r"\1 ", QUIET.sub(" ", text), flags=re.MULTILINE)


def typed_results(book: NotebookNode, shares: set[float], numbers: set[float]) -> list[str]:
    """Percentages, decimals, durations and counts in prose that no definition explains."""
    found = []
    for cell in book.cells:
        text = prose(cell.source) if cell.cell_type == "markdown" else ""
        for met in RESULT.finditer(text):
            if not defined(met, shares, numbers):
                found.append(f"{met[0]!r} in ...{' '.join(text[max(met.start() - 60, 0) : met.end() + 30].split())}...")
    return found


def defined(met: re.Match[str], shares: set[float], numbers: set[float]) -> bool:
    """Whether a number in prose is one of a definition, rounded to the digits that are written."""
    if met["clock"] or met["count"]:
        return False
    digits = re.search(r"[\d,]+(?:\.(\d+))?", met[0])
    written, places = abs(float(digits[0].replace(",", ""))), len(digits[1] or "")
    allowed = {100 * s for s in shares} if met["share"] else shares | numbers
    return any(abs(round(abs(value), places) - written) < 1e-9 for value in allowed)


def definitions() -> tuple[set[float], set[float]]:
    """The shares and the numbers that prose may type."""
    from eitherway.recipes import METHODS
    from eitherway.registry import leaves
    from eitherway.tasks import TASKS
    from eitherway.tasks.jumper import distribution as distribution
    from eitherway.tasks.jumper.env import START

    shares = {
        0.0,
        0.5,
        0.9,
        0.95,
        1.0,
        distribution.JumperDistribution.atom,
    }  # nothing, half, levels of intervals, all; and the distribution's
    shares |= {o for task in TASKS.values() for o in task.options.values() if isinstance(o, float)}
    overshoot, interval = 0.2, 1.96  # E δ, and the half-width of a 95 % interval in standard deviations
    numbers = {distribution.EDGE, distribution.CLIP, distribution.SIGMA, distribution.MU, overshoot, interval, START}
    for method in METHODS.values():
        for _, value in leaves(method.recipe.to_data()):
            numbers |= set(floats(value))
    return shares, numbers


def floats(text: str) -> Iterator[float]:
    """The numbers in a leaf of a recipe, which may be a list."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError:
        return
    yield from (float(v) for v in (data if isinstance(data, list) else [data]) if isinstance(v, int | float))


def chapters(book: NotebookNode) -> dict[str, list[NotebookNode]]:
    """The cells of every numbered chapter; a cell of text belongs to the heading it holds."""
    found: dict[str, list[NotebookNode]] = {}
    current: list[NotebookNode] = []
    for cell in book.cells:
        heading = HEADING.search(cell.source) if cell.cell_type == "markdown" else None
        if heading:
            current = found.setdefault(heading[1], [])
        current.append(cell)
    return found


def broken_rhythm(cells: list[NotebookNode]) -> list[str]:
    """What a chapter on a method lacks."""
    text = "\n\n".join(c.source for c in cells if c.cell_type == "markdown")
    code = [c for c in cells if c.cell_type == "code"]
    parts = {
        "a formula": re.search(r"\$\$.+?\$\$", text, re.DOTALL),
        "code": code,
        "a cell tagged number": [c for c in code if "number" in tags(c)],
        "a cell tagged figure": [c for c in code if "figure" in tags(c)],
        "a paragraph that starts with **What you should see": re.search(r"^\*\*What you should see", text, re.M),
        "a question": re.search(r"^\*\*Question", text, re.M),
        "a folded answer": re.search(r"<details>.*?<summary>.*?</details>", text, re.DOTALL),
    }
    return [f"lacks {part}" for part, there in parts.items() if not there]


def links(book: NotebookNode) -> list[str]:
    """Where the links of the text lead, each once."""
    text = "\n".join(
        re.sub(r"^```.*?^```", "", c.source, flags=re.M | re.S) for c in book.cells if c.cell_type == "markdown"
    )
    return list(dict.fromkeys(a or b for a, b in LINK.findall(text)))


def lost(targets: list[str], folder: Path) -> list[str]:
    """Relative links that lead to no file."""
    inside = [t for t in targets if "://" not in t and not t.startswith("#")]
    return [t for t in inside if not (folder / t.partition("#")[0]).exists()]
