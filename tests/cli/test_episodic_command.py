"""Episodic tasks on the command line: compared, resumed, and asked what is left without chance."""

import json

import numpy as np
import pytest

from eitherway.cli import choose
from eitherway.cli.main import main
from eitherway.recipes import METHODS
from eitherway.tasks import TASKS

SMALL = ["--starts", "40000:12", "--set", "task.demonstrations=20"]
TINY = [word for name in ("l1-policy", "flow-policy") for word in ("--set", f"{name}.backbone.width=16")]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A finished comparison of two recipes on `avoiding`, losses written for TensorBoard."""
    folder = tmp_path_factory.mktemp("episodic tasks")
    words = ["compare", "--task", "avoiding", "--recipes", "l1-policy,flow-policy", "--seeds", "2", "--effort", "0.001"]
    assert (
        main(
            [*words, *SMALL, *TINY, "--jobs", "1", "--tensorboard", str(folder / "board"), "--out", str(folder / "run")]
        )
        == 0
    )
    return folder / "run"


@pytest.fixture(scope="module")
def results(run):
    return json.loads((run / "results.json").read_text())


def test_what_a_journey_is_judged_by_is_measured_for_every_row(results):
    assert {"l1-policy", "flow-policy", "nearest-neighbour"} == set(results["summary"])
    for row in results["summary"].values():
        assert {"success", "mode_entropy", "mode_switch_rate"} <= set(row)
    assert (
        results["summary"]["l1-policy"]["nfe"]["mean"] == 1 and results["summary"]["flow-policy"]["nfe"]["mean"] == 10
    )


def test_rows_that_cannot_be_told_apart_share_a_rank(results):
    standing = results["standings"]["success"]
    assert standing["nearest-neighbour"]["rank"] == 1  # it copies, and 20 demonstrations are enough for that
    assert standing["l1-policy"]["rank"] == standing["flow-policy"]["rank"] > 1
    assert standing["nearest-neighbour"]["behind"]["mean"] == 0


def test_the_command_says_how_much_effort_was_made(results):
    assert "--effort 0.001" in results["command"]
    assert results["records"][0]["hyper_parameters"]["steps"] == METHODS["l1-policy"].recipe.steps // 1000


def test_the_page_and_the_losses_are_there(run):
    assert (run / "report.html").is_file()
    boards = sorted(p.parent.relative_to(run.parent / "board").as_posix() for p in run.parent.rglob("events.out.*"))
    assert boards == ["flow-policy/seed-0", "flow-policy/seed-1", "l1-policy/seed-0", "l1-policy/seed-1"]


def test_results_say_where_they_were_taken(run, results):
    assert results["task"]["options"]["starts"] == [40_000, 12]
    assert "--starts 40000:12" in results["command"]
    assert len(np.load(run / "l1-policy" / "seed-0" / "draws.npz")["success"]) == 12


def test_a_folder_of_other_starts_is_refused(run, capsys):
    words = ["compare", "--task", "avoiding", "--recipes", "l1-policy", "--starts", "40001:12", *SMALL[2:]]
    assert main([*words, "--out", str(run)]) == 1
    assert "another task or other task options" in capsys.readouterr().err


def test_a_kept_policy_is_judged_at_other_starts_than_it_was(run, capsys):
    assert main(["evaluate", str(run / "l1-policy" / "seed-0"), "--starts", "77:5"]) == 0
    out = capsys.readouterr().out
    assert "starts 77:5" in out and "5 starts" in out


def test_what_is_finished_is_not_made_again(run, results):
    """One record is lost, as if the run had been killed before it; the others keep their very bytes."""
    kept = {p: p.read_bytes() for p in run.rglob("draws.npz") if "flow-policy" not in p.parts}
    lost = run / "flow-policy" / "seed-1" / "draws.npz"
    before = lost.read_bytes()
    lost.unlink()
    words = ["compare", "--task", "avoiding", "--recipes", "l1-policy,flow-policy", "--seeds", "2", "--effort", "0.001"]
    assert main([*words, *SMALL, *TINY, "--jobs", "1", "--out", str(run)]) == 0
    assert lost.read_bytes() == before and {p: p.read_bytes() for p in kept} == kept


@pytest.mark.parametrize(("row", "draw"), [("flow-policy", "mean"), ("flow-policy", "zero"), ("l1-policy", "mean")])
def test_a_policy_is_asked_what_is_left_of_it_without_chance(row, draw, run, capsys):
    assert main(["evaluate", str(run / row / "seed-0"), "--draw", draw]) == 0
    out = capsys.readouterr().out
    assert draw in out and "same 12 starts" in out and "success" in out


def test_a_policy_without_noise_cannot_leave_it_out(run, capsys):
    assert main(["evaluate", str(run / "l1-policy" / "seed-0"), "--draw", "zero"]) == 1
    assert "ZeroNoise needs a head that draws from noise; Regression does not" in capsys.readouterr().err


def test_other_modes_to_draw_are_refused(run, capsys):
    assert main(["evaluate", str(run / "l1-policy" / "seed-0"), "--draw", "median"]) == 1
    assert "unknown way to draw 'median'; did you mean 'mean'?" in capsys.readouterr().err


def test_evaluate_gives_the_intervals_of_this_policy(run, capsys):
    assert main(["evaluate", str(run / "flow-policy" / "seed-0")]) == 0
    assert "95 % interval" in capsys.readouterr().out


def test_what_cannot_be_carried_out_is_found_before_anything_is_trained(capsys, tmp_path):
    words = ["compare", "--task", "avoiding", "--recipes", "l1-policy", "--set", "l1-policy.execution.n_action_steps=0"]
    assert main([*words, "--out", str(tmp_path / "run")]) == 1
    assert "l1-policy: a chunk must serve for at least 1 step, got 0" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_single_episode_has_no_standing(tmp_path):
    words = ["compare", "--task", "avoiding", "--recipes", "l1-policy", "--seeds", "1", "--effort", "0.0005", *TINY[:2]]
    small = ["--starts", "40000:1", "--set", "task.demonstrations=5", "--jobs", "1"]
    assert main([*words, *small, "--out", str(tmp_path / "run")]) == 0
    assert json.loads((tmp_path / "run" / "results.json").read_text())["standings"] == {}


def test_the_default_is_what_a_first_look_at_the_task_should_show():
    here, there = (list(choose.recipes("default", TASKS[name])) for name in ("jumper", "avoiding"))
    assert "mse" in here and "l1-policy" not in here
    assert "l1-policy" in there and "mse" not in there
    assert "paper-act" in choose.recipes("all", TASKS["pusht"]) and "paper-act" not in choose.recipes(
        "all", TASKS["fork"]
    )


@pytest.mark.parametrize("text", ["0", "-1", "much", "inf", "nan"])
def test_effort_is_a_number_above_nothing(text, capsys):
    with pytest.raises(SystemExit):
        main(["compare", f"--effort={text}"])
    assert f"must be a number above 0, got '{text}'" in capsys.readouterr().err
