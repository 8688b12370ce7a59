"""A package from outside is installed, and does through the command line all that ours does, in a new process each."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
SHORT = ["--task", "corridor", "--recipes", "logistic", "--seeds", "1", "--jobs", "1", "--set", "logistic.steps=30"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Where the package lies once pip has installed it."""
    place = tmp_path_factory.mktemp("installed")
    words = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target", str(place)]
    done = subprocess.run([sys.executable, *words, str(ROOT / "examples" / "stranger")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return place


@pytest.fixture
def eitherway(installed):
    """Runs a command in a new process where the package is installed."""

    def run(*words, there=True, status=0):
        path = os.pathsep.join([str(installed)] * there + sys.path)
        done = subprocess.run(
            [sys.executable, "-m", "eitherway.cli.main", *map(str, words)],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout if status == 0 else done.stderr

    return run


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return tmp_path_factory.mktemp("runs") / "corridor"


def test_it_is_listed_and_shown(eitherway):
    listed = eitherway("list")
    assert all(f"  {name} " in listed for name in ("corridor", "logistic", "dawdling", "Logistic", "NpzFolder"))
    assert "logistic.head = Logistic" in eitherway("show", "logistic")


def test_it_is_compared_reported_evaluated_and_resumed(eitherway, run):
    assert "dawdling" in eitherway("compare", *SHORT, "--out", run)
    results = json.loads((run / "results.json").read_text())
    assert results["summary"]["logistic"]["dawdling"]["n"] == 1
    page = (run / "report.html").read_text()
    assert "A cart leaves a corridor by either of its ends." in page and "widest fan" in page
    made = (run / "logistic" / "seed-0" / "record.json").stat().st_mtime_ns
    (run / "report.html").unlink()
    assert eitherway("report", run) and (run / "report.html").read_text() == page
    assert "dawdling" in eitherway("compare", *SHORT, "--out", run)
    assert (run / "logistic" / "seed-0" / "record.json").stat().st_mtime_ns == made
    assert "dawdling" in eitherway("evaluate", run / "logistic" / "seed-0")


def test_without_the_package_it_is_said_what_is_missing_and_nothing_is_lost(eitherway, run):
    for words in (["report", run], ["evaluate", run / "logistic" / "seed-0"]):
        said = eitherway(*words, there=False, status=1)
        assert "--plugin MODULE" in said and "delete" not in said and said.count("\n") == 1


def test_a_module_that_is_not_installed_is_named(eitherway, installed, tmp_path):
    (tmp_path / "mine.py").write_text("import stranger\n")
    path = os.pathsep.join([str(tmp_path), str(ROOT / "examples" / "stranger" / "src"), *sys.path])
    words = [sys.executable, "-m", "eitherway.cli.main", "list", "--plugin"]
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run([*words, "mine"], capture_output=True, text=True, env=environment)
    assert done.returncode == 0 and "  Logistic " in done.stdout
    done = subprocess.run([*words, "nobody"], capture_output=True, text=True, env=environment)
    assert done.returncode == 1 and done.stderr.startswith(
        "eitherway: error: the plugin of --plugin, the module 'nobody'"
    )
    assert done.stderr.count("\n") == 1


def test_its_reader_opens_recordings(eitherway, tmp_path):
    for i in range(2):
        np.savez(tmp_path / f"episode_{i}.npz", action=np.ones((5, 1)), state=np.arange(5.0)[:, None])
    assert "2 episodes" in eitherway("data", "inspect", tmp_path)
