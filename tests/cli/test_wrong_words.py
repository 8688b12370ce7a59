"""Every mistake on the command line costs one line on stderr and a status that is not 0."""

import pytest

from eitherway.cli.main import main


def complaint(capsys, *words):
    """The one line with which these words are refused."""
    try:
        status = main(words)
    except SystemExit as stopped:
        status = stopped.code
    captured = capsys.readouterr()
    assert status not in (0, None)
    assert captured.err.count("\n") == 1 and "Traceback" not in captured.err
    return captured.err


WRONG = {
    "recipe": (["compare", "--recipes", "flwo"], ["unknown recipe 'flwo'", "'flow'"]),
    "recipe to train": (["train", "difusion"], ["unknown recipe 'difusion'", "'diffusion'"]),
    "recipe to show": (["show", "bns"], ["unknown recipe 'bns'", "'bins'"]),
    "task": (["compare", "--task", "jumpr"], ["unknown task 'jumpr'", "'jumper'"]),
    "command": (["comprae"], ["comprae", "compare"]),
    "flag": (["compare", "--recipe-names", "flow"], ["--recipe-names"]),
    "no seeds": (["compare", "--seeds", "0"], ["--seeds", "at least 1", "'0'"]),
    "half a seed": (["compare", "--seeds", "1.5"], ["--seeds", "'1.5'"]),
    "starts without a count": (["compare", "--starts", "5"], ["--starts must be FIRST:COUNT", "'5'"]),
    "starts from below 0": (["compare", "--starts=-5:9"], ["--starts must be FIRST:COUNT", "'-5:9'"]),
    "no starts": (["compare", "--starts", "5:0"], ["at least one start, got 5:0"]),
    "starts of the demonstrations": (
        ["compare", "--task", "pusht", "--starts", "150:100"],
        ["starts must not reach the demonstrations' own, of seed 0 to 205: got 150:100"],
    ),
    "no jobs": (["compare", "--jobs", "0"], ["--jobs", "at least 1"]),
    "negative seed": (["train", "mse", "--seed=-1"], ["--seed", "at least 0"]),
    "device": (["compare", "--device", "nonsense"], ["device 'nonsense'"]),
    "absent device": (["train", "mse", "--device", "cuda:7"], ["device 'cuda:7'"]),
    "field": (["compare", "--set", "flow.stpes=3"], ["'stpes'", "'steps'"]),
    "option": (["compare", "--set", "flow.head.samplr.steps=3"], ["'samplr'", "'sampler'"]),
    "owner": (["compare", "--recipes", "flow", "--set", "flo.steps=3"], ["'flo'", "'flow'"]),
    "absent recipe": (["compare", "--recipes", "flow", "--set", "mse.steps=3"], ["'mse'"]),
    "task option": (["compare", "--set", "task.wrnog=0.1"], ["'wrnog'", "'wrong'"]),
    "task value": (["compare", "--set", "task.wrong=1.5"], ["wrong must be a share"]),
    "type": (["compare", "--set", "flow.backbone.width=wide"], ["MLP.width must be int, got 'wide'"]),
    "class": (["compare", "--set", "flow.head=Flaw"], ["'Flaw'", "'Flow'"]),
    "negative steps": (["compare", "--set", "flow.head.sampler.steps=-1"], ["flow", "step", "-1"]),
    "no training": (["compare", "--set", "flow.steps=0"], ["steps must be at least 1, got 0"]),
    "no value": (["compare", "--set", "flow.steps"], ["RECIPE.FIELD=VALUE"]),
    "no checkpoint": (["evaluate", "/nowhere"], ["no checkpoint in /nowhere"]),
    "a seed of twenty digits": (["train", "mse", "--seed", "9" * 20], ["--seed", f"at most {2**63 - 1}"]),
    "seeds nobody could wait for": (["compare", "--seeds", "9" * 5_000], ["--seeds", "at least 1"]),
    "more jobs than anybody has cores": (["compare", "--jobs", "1" * 19], ["--jobs", "at most 1000000"]),
    "a number of twenty digits": (["compare", "--set", "mse.backbone.width=" + "9" * 20], ["MLP.width", "64 bits"]),
    "too many octaves": (
        ["train", "mse", "--set", "mse.backbone.fourier_octaves=2000"],
        ["mse: fourier_octaves", "from 0 to 64"],
    ),
    "no run": (["report", "/nowhere"], ["no finished run in /nowhere"]),
    "too many octaves to compare": (
        ["compare", "--set", "mse.backbone.fourier_octaves=2000"],
        ["mse: fourier_octaves", "from 0 to 64"],
    ),
    "no steps to carry out": (
        ["train", "mse", "--set", "mse.execution.n_action_steps=-1"],
        ["at least 1 step, got -1"],
    ),
    "endless": (["compare", "--effort", "1e308"], ["--effort", "at most"]),
    "infinite": (["compare", "--set", "mse.clip=1e400"], ["clip must be finite, got inf"]),
    "infinite option": (["compare", "--set", "mse.optimiser.lr=1e400"], ["lr must be finite, got inf"]),
    "truth for a number": (["compare", "--set", "mse.optimiser.lr=true"], ["lr must be float", "True"]),
    "truth for a count": (["compare", "--set", "mse.steps=true"], ["steps must be int", "True"]),
    "nested thousands deep": (["compare", "--set", f"mse.steps={'[' * 100_000}"], ["--set mse.steps"]),
    "thousands of digits": (["compare", "--set", f"mse.steps={'9' * 10_000}"], ["--set mse.steps"]),
    "half a letter": (["compare", "--recipes", "ml\udcffp"], ["unknown recipe"]),
    "no recipes to scale": (["scaling", "--recipes", ""], ["unknown recipe ''"]),
    "data for a task that reads none": (["compare", "--data", "own.zarr"], ["--data", "Jumper reads none"]),
    "data for a training that reads none": (["train", "flow", "--data", "own.zarr"], ["--data", "Jumper reads none"]),
    "nothing": ([], ["COMMAND"]),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_named_with_what_would_be_right(case, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words, said = WRONG[case]
    text = complaint(capsys, *words)
    assert [part for part in said if part not in text] == []


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_leaves_nothing_behind(case, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    complaint(capsys, *WRONG[case][0])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [["compare", "--recipes", "mse"], ["train", "mse", "--set", "mse.steps=1"]])
def test_a_folder_that_cannot_be_is_named(command, capsys, tmp_path):
    (tmp_path / "file").touch()
    place = tmp_path / "file" / "below"
    assert str(tmp_path / "file") in complaint(capsys, *command, "--out", str(place))


def test_a_folder_with_something_else_is_named(capsys, tmp_path):
    (tmp_path / "thesis.txt").touch()
    assert "holds no run" in complaint(capsys, "compare", "--recipes", "mse", "--out", str(tmp_path))
