"""The house style, as far as a machine can see it.

retired.txt lists words of our own whose place the field's words took (docs/glossary.md), as regular expressions.
"""

import ast
import importlib
import inspect
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from eitherway.heads.base import HEADS

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "eitherway"
SOURCES = sorted(PACKAGE.rglob("*.py"))
LENGTH = 250
LEFTOVERS = {"utils", "util", "helpers", "helper", "misc", "manager", "common", "tools"}
HEADINGS = [
    "Idea",
    "Equation",
    "Code",
    "On the jumper",
    "When it fails",
    "Options",
    "Differences from the paper",
    "Numbers",
    "References",
]
TEXTS = {".md", ".py", ".toml", ".txt", ".sh", ".yml", ".yaml", ".html", ".css", ".json", ".ipynb", ".ts", ".js", ""}
RETIRED = re.compile(rf"\b({'|'.join((ROOT / 'tests' / 'retired.txt').read_text(encoding='utf-8').split())})\b")
MACHINE = re.compile(r"(?<![\w.}])/(?:work|home|root|tmp|Users)/\w")
CONCRETE = list(HEADS.values())


def named(file):
    return str(file.relative_to(ROOT))


def tree(file):
    return ast.parse(file.read_text(encoding="utf-8"))


def calls(file):
    """What a file calls or reaches into, as written: 'print', 'torch.load', ..."""
    return {ast.unparse(node.func) for node in ast.walk(tree(file)) if isinstance(node, ast.Call)}


def page_of(head):
    return ROOT / "docs" / "heads" / f"{head.__module__.rsplit('.', 1)[-1]}.md"


@pytest.mark.parametrize("head", CONCRETE, ids=lambda head: head.__name__)
def test_every_head_has_a_page_and_a_test(head):
    assert page_of(head).is_file(), f"write {named(page_of(head))}"
    name, tests = head.__name__, (ROOT / "tests" / "heads").glob("test_*.py")
    assert any(f.stem == f"test_{name.lower()}" or re.search(rf"\b{name}\b", f.read_text()) for f in tests)


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "heads").glob("*.md")), ids=named)
def test_every_page_of_a_head_has_the_same_headings(page):
    text = re.sub(r"^(`{3,}).*?^\1`*$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert re.findall(r"^#{2,} (.+)$", text, flags=re.MULTILINE) == HEADINGS


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "heads").glob("*.md")), ids=named)
def test_every_page_of_a_head_shows_its_source_options_and_numbers_from_where_they_are_made(page):
    kinds = re.findall(r"<!-- generated: (\w+)", page.read_text(encoding="utf-8"))
    assert {"code", "options", "numbers", "figure"} <= set(kinds)


@pytest.mark.parametrize("file", SOURCES, ids=named)
def test_no_file_is_long(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= LENGTH


@pytest.mark.parametrize("file", SOURCES, ids=named)
def test_no_module_is_named_after_what_was_left_over(file):
    assert not {file.stem, *file.relative_to(PACKAGE).parts} & LEFTOVERS


@pytest.mark.parametrize("file", SOURCES, ids=named)
def test_the_library_never_prints(file):
    if "cli" not in file.relative_to(PACKAGE).parts:
        assert "print" not in calls(file)


@pytest.mark.parametrize("file", SOURCES, ids=named)
def test_nothing_is_unpickled_or_evaluated_and_nobody_is_asked_what_he_can_do(file):
    assert not calls(file) & {"hasattr", "eval", "exec", "torch.load", "torch.save", "joblib.load", "joblib.dump"}
    imported = {a.name for n in ast.walk(tree(file)) if isinstance(n, ast.Import) for a in n.names}
    imported |= {n.module for n in ast.walk(tree(file)) if isinstance(n, ast.ImportFrom)}
    assert not imported & {"pickle", "dill", "cloudpickle", "marshal", "shelve"}
    assert "allow_pickle=True" not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", SOURCES, ids=named)
def test_all_that_is_public_says_what_it_is(file):
    assert ast.get_docstring(tree(file)), "the module has no docstring"
    module = importlib.import_module(
        ".".join(file.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")
    )
    for node in tree(file).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} has no docstring"
            for method in (n for n in node.body if isinstance(node, ast.ClassDef) and isinstance(n, ast.FunctionDef)):
                said = method.name.startswith("_") or inspect.getdoc(getattr(vars(module)[node.name], method.name))
                assert said, f"{node.name}.{method.name} has no docstring, its own or inherited"


def imports_of(file):
    """The rooms of the package that a file imports when it is read."""
    modules = (n.module.split(".") for n in tree(file).body if isinstance(n, ast.ImportFrom) and n.module)
    return {m[1] for m in modules if m[0] == "eitherway" and len(m) > 1}


def room(file):
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_packages_and_modules_do_not_import_each_other_in_circles():
    needs = {}
    for file in SOURCES:
        needs.setdefault(room(file), set()).update(imports_of(file) - {room(file)})
    TopologicalSorter(needs).prepare()


def test_rooms_import_only_what_stands_above_them_in_the_list_of_rooms():
    lines = (ROOT / "docs/design.md").read_text(encoding="utf-8").split("\n## The rooms\n")[1].splitlines()
    rows = [
        re.findall(r"\]\(\.\./src/eitherway/(\w+)\)", line.split("|")[1]) for line in lines if line.startswith("| [")
    ]
    rank = {name: i for i, names in enumerate(rows) for name in names}
    assert set(rank) == {p.name for p in PACKAGE.iterdir() if (p / "__init__.py").exists()}
    for file in SOURCES:
        below = {name for name in imports_of(file) if rank.get(name, -1) > rank.get(room(file), -1)}
        assert not below or file == PACKAGE / "__init__.py", f"{named(file)} imports {below}, which stands below it"


@pytest.mark.parametrize(
    "place", ["src", "docs", "notebooks", "tests", "benchmarks", "web/src", "web/tests", ".ci", "."]
)
def test_no_text_names_a_place_on_somebodys_machine(place):
    files = (ROOT / place).glob("*") if place == "." else (ROOT / place).rglob("*")
    for file in files:
        if file.is_file() and file.suffix in TEXTS:
            found = MACHINE.search(file.read_text(encoding="utf-8", errors="replace"))
            assert not found, f"{named(file)} names {found[0]}..."


@pytest.mark.parametrize(
    "place", ["src", "docs", "notebooks", "tests", "benchmarks", "web/src", "README.md", "CONTRIBUTING.md"]
)
def test_no_retired_word_is_left(place):
    files = [ROOT / place] if (ROOT / place).is_file() else (ROOT / place).rglob("*")
    for file in files:
        if file.is_file() and file.suffix in {".md", ".py", ".html", ".ts", ".sh"}:
            found = RETIRED.search(file.read_text(encoding="utf-8"))
            assert not found, f"{named(file)} says {found[0]!r}"
