"""A package from outside is installed, and does through the command line all that ours does, in a new process each."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

STRANGER = Path(__file__).parents[1] / "examples" / "stranger"
SHORT = ["--task", "corridor", "--recipes", "student-t", "--seeds", "1", "--jobs", "1", "--set", "student-t.steps=30"]
MINE = """
from dataclasses import replace

from eitherway import register
from eitherway.heads import Regression
from eitherway.make import Make
from eitherway.recipes import METHODS


@register
class Mine(Regression):
    \"\"\"A head of the current folder.\"\"\"


mse = METHODS["mse"]
register(replace(mse, recipe=mse.recipe.replace("head", Make(Mine)).replace("steps", 3)), name="mine")
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Where the package lies once pip has installed it."""
    place = tmp_path_factory.mktemp("installed")
    words = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target", str(place)]
    done = subprocess.run([sys.executable, *words, str(STRANGER)], capture_output=True, text=True)
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


def python(installed, *words):
    """Runs Python in a new process where the package is installed."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(installed), *sys.path])}
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return tmp_path_factory.mktemp("runs") / "corridor"


def test_it_is_listed_and_shown(eitherway):
    listed = eitherway("list")
    assert all(f"  {name} " in listed for name in ("corridor", "student-t", "dawdling", "StudentT", "NpzFolder"))
    assert "student-t.head = StudentT" in eitherway("show", "student-t")


def test_it_is_compared_reported_evaluated_and_resumed(eitherway, run):
    assert "dawdling" in eitherway("compare", *SHORT, "--out", run)
    results = json.loads((run / "results.json").read_text())
    assert results["summary"]["student-t"]["dawdling"]["n"] == 1
    page = (run / "report.html").read_text()
    assert "A cart leaves a corridor by either of its ends." in page and "widest fan" in page
    made = (run / "student-t" / "seed-0" / "record.json").stat().st_mtime_ns
    (run / "report.html").unlink()
    assert eitherway("report", run) and (run / "report.html").read_text() == page
    assert "dawdling" in eitherway("compare", *SHORT, "--out", run)
    assert (run / "student-t" / "seed-0" / "record.json").stat().st_mtime_ns == made
    assert "dawdling" in eitherway("evaluate", run / "student-t" / "seed-0")


def test_without_the_package_it_is_said_what_is_missing_and_nothing_is_lost(eitherway, run):
    for words in (["report", run], ["evaluate", run / "student-t" / "seed-0"]):
        said = eitherway(*words, there=False, status=1)
        assert "--plugin MODULE" in said and "delete" not in said and said.count("\n") == 1


def test_a_module_of_the_current_folder_is_found_by_a_console_script_and_by_its_workers(tmp_path):
    (tmp_path / "mine.py").write_text(MINE)
    words = [sys.executable, "-P", "-m", "eitherway.cli.main"]  # -P: as in a console script, no folder is added
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}

    def run(*more):
        return subprocess.run([*words, *more], capture_output=True, text=True, env=environment, cwd=tmp_path)

    done = run("list", "--plugin", "mine")
    assert done.returncode == 0 and "  Mine " in done.stdout, done.stderr
    done = run(
        "compare", "--recipes", "mine", "--seeds", "2", "--jobs", "2", "--starts", "20000:100", "--plugin", "mine"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    done = run("list", "--plugin", "nobody")
    assert done.returncode == 1 and done.stderr.startswith(
        "eitherway: error: the plugin of --plugin, the module 'nobody'"
    )
    assert done.stderr.count("\n") == 1


def test_all_recipes_can_be_compared_on_the_jumper_and_on_its_own_task_its_recipe_is_among_them(installed):
    code = """
from eitherway.cli.compare import planned
from eitherway.cli.main import parser

planned(parser().parse_args(["compare", "--recipes", "all"])).check()
planned(parser().parse_args(["compare", "--recipes", "student-t"])).check()
everything = planned(parser().parse_args(["compare", "--recipes", "all", "--task", "corridor"]))
everything.check()
assert "student-t" in everything.recipes
"""
    python(installed, "-c", code)


def test_its_own_tests_pass(installed):
    python(installed, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(STRANGER / "tests"))


def test_its_reader_opens_recordings(eitherway, tmp_path):
    for i in range(2):
        np.savez(tmp_path / f"episode_{i}.npz", action=np.ones((5, 1)), state=np.arange(5.0)[:, None])
    assert "2 episodes" in eitherway("data", "inspect", tmp_path)


def test_its_reader_refuses_arrays_of_unequal_length_and_other_arrays(eitherway, tmp_path):
    np.savez(tmp_path / "episode_0.npz", action=np.ones((5, 1)), state=np.ones((4, 1)))
    assert "the same number of frames" in eitherway("data", "inspect", tmp_path, status=1)
    np.savez(tmp_path / "episode_0.npz", action=np.ones((5, 1)), state=np.ones((5, 1)))
    np.savez(tmp_path / "episode_1.npz", action=np.ones((5, 1)))
    assert "must hold action, state" in eitherway("data", "inspect", tmp_path, status=1)


def test_an_episode_in_which_the_cart_never_left_took_no_mode(installed):
    code = """
import numpy as np
from eitherway import registry
registry.load()
from eitherway.tasks import TASKS
ends = np.array([-1.05, 0.4, 1.0])[:, None, None]
assert TASKS["corridor"]().mode_of({"position": ends}).tolist() == [0, -1, 1]
"""
    python(installed, "-c", code)
