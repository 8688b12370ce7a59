"""The command line from end to end, on settings that take a moment."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from eitherway.cli.main import main
from eitherway.compare import Plan, claimed
from eitherway.metrics import METRICS
from eitherway.recipes import METHODS
from eitherway.registry import leaves
from eitherway.tasks import TASKS

TIMINGS = {"ms_per_decision", "ms_per_decision_p95", "ms_per_1000", "train_seconds"}
SHORT = ["--recipes", "side,side-sampled", "--seeds", "2", "--set", "side.steps=400", "--set", "side-sampled.steps=400"]


def python(*words, **options):
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False, **options)


def said(capsys, *words):
    """What a command that goes well prints."""
    assert main(words) == 0
    captured = capsys.readouterr()
    return captured.out


def untimed(folder):
    """results.json without what a clock measured."""
    data = json.loads((folder / "results.json").read_text())
    for metrics in (*(r["metrics"] for r in data["records"]), *data["summary"].values()):
        for name in TIMINGS & set(metrics):
            del metrics[name]
    return data


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A finished comparison that nobody disturbed."""
    folder = tmp_path_factory.mktemp("cli") / "run"
    assert main(["compare", *SHORT, "--jobs", "1", "--out", str(folder)]) == 0
    return folder


@pytest.mark.parametrize("words", [["--help"], ["compare", "--help"], ["train", "--help"]])
def test_help_does_without_torch(words):
    done = python(
        "-c",
        "import sys\nfrom eitherway.cli.main import main\n"
        f"try: main({words})\n"
        "except SystemExit as stopped: sys.exit(stopped.code or ('torch' in sys.modules))",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "eitherway" in done.stdout


def test_list_names_everything(capsys):
    out = said(capsys, "list")
    missing = [name for name in (*TASKS, *METHODS, *METRICS, "MLP", "KMeans") if name not in out]
    assert missing == []


def test_show_prints_what_set_takes(capsys):
    assert f"flow.steps = {METHODS['flow'].recipe.steps}\n" in said(capsys, "show", "flow")


def test_show_begins_with_what_a_recipe_says_itself(capsys):
    lines = said(capsys, "show", "flow").splitlines()
    own, rest = lines[2 : lines.index("defaults:")], lines[lines.index("defaults:") + 1 :]
    assert lines[1] == "its own:" and "  flow.head = Flow" in own and "  flow.clip = null" in rest
    assert len(own) + len(rest) == len(leaves(METHODS["flow"].recipe.to_data())) and len(own) < len(rest)


def test_train_keeps_a_policy_that_evaluate_scores(capsys, tmp_path):
    folder = str(tmp_path / "policy")
    said(capsys, "train", "side", "--set", "side.steps=50", "--out", folder)
    out = said(capsys, "evaluate", folder)
    assert [m for m in ("success", "w1", "nfe", "95 % interval") if m not in out] == []


def test_a_training_that_diverges_is_one_line(capsys, tmp_path):
    status = main(["train", "mse", "--set", "mse.optimiser.lr=1e30", "--out", str(tmp_path / "policy")])
    error = capsys.readouterr().err
    assert status == 1 and error.count("\n") == 1 and "mse, seed 0: the loss is not finite from step" in error


def test_compare_leaves_results_and_a_page(run):
    assert {"results.json", "report.html"} <= {p.name for p in run.iterdir()}


def test_the_results_name_the_command_that_makes_them(run):
    assert untimed(run)["command"] == "eitherway compare --task jumper " + " ".join(SHORT)


def test_report_writes_the_page_again(run, capsys):
    (run / "report.html").unlink()
    said(capsys, "report", str(run))
    assert (run / "report.html").stat().st_size > 1000


def test_a_second_start_prints_the_same_table(run, capsys):
    before = (run / "results.json").read_text()
    out = said(capsys, "compare", *SHORT, "--out", str(run))
    assert "side-sampled" in out and (run / "results.json").read_text() == before


def test_a_diverged_row_is_told_and_the_status_is_not_0(capsys, tmp_path):
    words = ["compare", "--recipes", "mse", "--seeds", "1", "--jobs", "1", "--set", "mse.optimiser.lr=1e30"]
    status = main([*words, "--out", str(tmp_path / "run")])
    captured = capsys.readouterr()
    assert status == 1 and "failed: mse, seed 0: the loss is not finite from step" in captured.out


def test_a_second_run_in_one_folder_says_so(run, capsys):
    plan = Plan(task_name="jumper", task=TASKS["jumper"], recipes={}, seeds=(0,))
    with claimed(run, plan):
        status = main(["compare", *SHORT, "--out", str(run)])
    assert status == 1 and "another run is at work" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["trainings/*/seed-0/policy.json", "*/seed-1/record.json"])
def test_killed_and_started_again_is_as_if_undisturbed(moment, run, tmp_path):
    folder = tmp_path / "run"
    words = [sys.executable, "-m", "eitherway.cli.main", "compare", *SHORT, "--out", str(folder)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    first = subprocess.Popen([*words, "--jobs", "2"], start_new_session=True, **quiet)
    deadline = time.monotonic() + 90
    while not list(folder.glob(moment)) and first.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert not (folder / "results.json").exists()
    assert main([*words[3:], "--jobs", "1"]) == 0
    assert untimed(folder) == untimed(run)


@pytest.mark.slow
def test_workers_go_with_the_run_that_started_them(tmp_path):
    """Only the parent is killed: its lock is free then, so nobody may go on writing."""
    words = [sys.executable, "-m", "eitherway.cli.main", "compare", "--jobs", "2", "--out", str(tmp_path / "run")]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    first = subprocess.Popen(words, start_new_session=True, **quiet)
    deadline = time.monotonic() + 90
    while not list(tmp_path.glob("run/trainings/*/seed-*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    first.kill()
    first.wait()
    assert emptied(first.pid, seconds=15)


def emptied(group, seconds):
    """Whether all processes of a group are gone in time."""
    for _ in range(seconds * 10):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_train_never_takes_the_place_of_something_else(capsys, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    status = main(["train", "mse", "--set", "mse.steps=5", "--out", str(tmp_path)])
    assert status == 1 and "is no checkpoint" in capsys.readouterr().err
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_train_does_not_take_the_folder_it_is_called_from(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "mse", "--set", "mse.steps=5", "--out", "."]) == 1
    assert "not the one you are in" in capsys.readouterr().err


def test_evaluate_draws_as_the_row_of_a_run_does(run, capsys):
    """Both rows share a training; its checkpoint alone would not tell them apart."""
    once = said(capsys, "evaluate", str(run / "side" / "seed-0"))
    many = said(capsys, "evaluate", str(run / "side-sampled" / "seed-0"))
    assert "0.5" in once and once != many
