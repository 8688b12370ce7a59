"""The pages are true: their code runs, their links lead somewhere, and what is generated is current."""

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the marks behind it, where it starts and what it says."""

    language: str
    marks: list[str]
    line: int
    text: str


def blocks(page: Path) -> list[Block]:
    """All fenced blocks of a page; a fence is closed by one of at least its own length."""
    found, fence, info, begin, held = [], "", [], 0, []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if not fence and (opened := re.match(r"(`{3,})(.*)", line)):
            fence, info, begin, held = opened[1], shlex.split(opened[2]) or [""], number, []
        elif fence and line.strip("`") == "" and len(line) >= len(fence):
            found.append(Block(info[0], info[1:], begin, "\n".join(held) + "\n"))
            fence = ""
        elif fence:
            held.append(line)
    assert not fence, f"{page}: the fence of line {begin} is never closed"
    return found


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return re.sub(r"^(`{3,}).*?^\1`*$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """What a link may name in a page: its headings, as GitHub spells them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def generator():
    """The script docs/generate.py as a module."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_python_block_of_a_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace = {"__name__": "page"}
    for block in blocks(page):
        if block.language == "python" and not block.marks:
            exec(compile("\n" * block.line + block.text, page, "exec"), namespace)
    plt.close("all")


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_python_blocks_that_do_not_run_say_so_in_a_known_way(page):
    for block in blocks(page):
        if block.language == "python":
            known = block.marks == ["no-run"] or all(m.startswith(("file=", "before=")) for m in block.marks)
            assert known, f"line {block.line}: {block.marks}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_relative_link_leads_somewhere(page):
    for _, target in LINK.findall(prose(page)):
        place, _, anchor = target.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        found = (page.parent / place).resolve() if place else page
        assert found.exists(), f"{target}: no such file"
        assert not anchor or anchor in anchors(found), f"{target}: no such heading"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_link_named_after_a_piece_of_source_leads_to_it(page):
    for text, target in LINK.findall(prose(page)):
        if (code := re.fullmatch(r"`([\w.]+)`", text)) and target.endswith(".py"):
            source = (page.parent / target).read_text(encoding="utf-8")
            for name in code[1].split("."):
                assert re.search(rf"(class|def) {name}\b", source), f"{text} is not in {target}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_the_generated_parts_of_a_page_are_current(page):
    text = page.read_text(encoding="utf-8")
    assert generator().generated(text) == text, "run python docs/generate.py"


def test_every_page_is_in_the_index():
    index = ROOT / "docs" / "index.md"
    listed = {(index.parent / target).resolve() for _, target in LINK.findall(index.read_text(encoding="utf-8"))}
    assert {p for p in PAGES if p.parent != ROOT} - {index} <= listed


@pytest.mark.slow
def test_following_the_page_on_adding_a_head_adds_a_head(tmp_path):
    for folder in ("src", "docs", "examples"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tests").mkdir()
    shared = [f"tests/{f.name}" for f in (ROOT / "tests").glob("*.*") if not f.name.startswith("test_")]
    for file in ("README.md", "pyproject.toml", "tests/test_contract.py", "tests/test_house.py", *shared):
        shutil.copy(ROOT / file, tmp_path / file)
    follow(blocks(ROOT / "docs" / "add_a_head.md"), tmp_path)
    assert (tmp_path / "policies" / "logistic" / "policy.safetensors").is_file()
    assert "softplus" in (tmp_path / "docs" / "heads" / "logistic.md").read_text(encoding="utf-8")


def follow(steps: list[Block], folder: Path) -> None:
    """Writes the files, makes the insertions and runs the commands that a page asks for."""
    for block in steps:
        marks = dict(m.split("=", 1) for m in block.marks if "=" in m)
        if "before" in marks:
            insert(folder / marks["file"], marks["before"], block.text)
        elif "file" in marks:
            (folder / marks["file"]).parent.mkdir(parents=True, exist_ok=True)
            (folder / marks["file"]).write_text(block.text, encoding="utf-8")
        elif block.marks == ["follow"]:
            for line in block.text.splitlines():
                run(shlex.split(line), folder)


def insert(file: Path, before: str, text: str) -> None:
    """Puts text above the one line that starts so."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    (place,) = [i for i, line in enumerate(lines) if line.startswith(before)]
    file.write_text("".join([*lines[:place], text, *lines[place:]]), encoding="utf-8")


def run(words: list[str], folder: Path) -> None:
    """A command of the page, with the package of the folder and the Python that runs the tests."""
    module = {"python": [], "pytest": ["-m", "pytest"], "eitherway": ["-m", "eitherway.cli.main"]}[words[0]]
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *module, *words[1:]]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{shlex.join(words)}\n{done.stdout}\n{done.stderr}"
