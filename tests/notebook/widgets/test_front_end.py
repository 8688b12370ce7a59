"""The page's side of widgets and reports: its types agree, its own tests pass, what is committed is what it builds."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from needs import need

WEB = Path(__file__).parents[3] / "web"
PACKAGE = Path(__file__).parents[3] / "src" / "eitherway"
STATIC = [PACKAGE / "report" / "static", PACKAGE / "notebook" / "widgets" / "static"]  # all that is built goes there
QUIET = {"npm_config_update_notifier": "false", "npm_config_fund": "false", "npm_config_audit": "false"}

pytestmark = pytest.mark.slow


def run(folder, *words):
    """Runs a program to its end; what it said, if that was a bad one."""
    done = subprocess.run(words, cwd=folder, env={**os.environ, **QUIET}, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    """The front end with what its lock file names, in a place of its own: the working tree stays as it is."""
    npm = need("npm")
    folder = tmp_path_factory.mktemp("front") / "web"
    shutil.copytree(WEB, folder, ignore=shutil.ignore_patterns("node_modules"))
    run(folder, npm, "ci", "--no-audit", "--no-fund")
    return folder


def test_its_types_agree(web):
    run(web, need("npm"), "run", "check")


def test_its_own_tests_pass(web):
    run(web, need("npm"), "test")


def test_what_is_committed_is_what_it_builds_to_byte_for_byte(web, tmp_path):
    run(web, need("npm"), "run", "build", "--", str(tmp_path))
    built = {file.relative_to(tmp_path): file.read_bytes() for file in tmp_path.rglob("*.*")}
    kept = {file.relative_to(PACKAGE): file.read_bytes() for folder in STATIC for file in folder.iterdir()}
    assert built.keys() == kept.keys()
    assert [name for name in kept if built[name] != kept[name]] == [], "run `npm run build` in web/"


def test_what_is_built_is_small_and_asks_for_nothing():
    for file in (file for folder in STATIC for file in folder.iterdir()):
        text = file.read_text(encoding="utf-8")
        assert len(text) < 40_000, file.name
        assert not re.search(r"https?://|\bimport\s*[({\"']|\bfetch\(|XMLHttpRequest|WebSocket|@import|url\(", text)
        assert "sourceMappingURL" not in text


def test_the_lock_file_names_no_registry():
    assert '"resolved"' not in (WEB / "package-lock.json").read_text(encoding="utf-8")
