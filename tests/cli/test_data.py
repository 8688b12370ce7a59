"""`eitherway data`: what is said of a buffer is what is in it, and damage costs one line."""

import os
from types import SimpleNamespace

import numpy as np
import pytest

from buffers import chunk, metadata, recorded, write
from eitherway.cli.main import main
from eitherway.data.data_dir import VARIABLE
from needs import need_data


@pytest.fixture
def buffer(tmp_path):
    return write(tmp_path / "replay.zarr")


@pytest.fixture(params=[80, 120])
def width(request, monkeypatch):
    """The letters that a terminal's line holds."""
    monkeypatch.setenv("COLUMNS", str(request.param))
    return request.param


def said(capsys, *words):
    assert main(["data", *map(str, words)]) == 0
    return capsys.readouterr().out


def complaint(capsys, *words):
    """The one line with which a command is refused."""
    try:
        status = main(["data", *map(str, words)])
    except SystemExit as stopped:
        status = stopped.code
    error = capsys.readouterr().err
    assert status not in (0, None) and error.count("\n") == 1 and "Traceback" not in error
    return error


def test_a_buffer_is_told_in_full(buffer, width, capsys):
    out = said(capsys, "inspect", buffer)
    expected = ["3 episodes, 50 frames", "3 to 27, median 20", "not stored", "6 x 6 x 3", "float64", "state[4]"]
    assert [part for part in expected if part not in out] == []
    assert max(len(line.rstrip()) for line in out.splitlines()[3:]) <= width
    assert "…" not in out
    assert ("7 frames a chunk" in out) == (width == 120)


def test_the_view_is_of_the_windows_asked_for(buffer, capsys):
    out = said(
        capsys, "inspect", buffer, "--observe", "img", "--n-obs-steps", "3", "--horizon", "5", "--action", "state"
    )
    assert "n_obs_steps of 3 and a horizon of 5" in out and "3 x 6 x 6 x 3" in out and "5 x 5" in out
    assert "50 windows" in out


def test_a_rate_that_is_said_gives_seconds(buffer, capsys):
    assert "at the 10 Hz of --hz: 0.1 min in all, an episode 0.3 to 2.7 s" in said(
        capsys, "inspect", buffer, "--hz", 10
    )


def test_without_an_action_the_rest_is_told(tmp_path, capsys):
    path = write(tmp_path / "replay.zarr", {"state": recorded()["state"]})
    assert "No array is called 'action'" in said(capsys, "inspect", path)


def test_numbers_that_are_none_are_told_first_and_then_fail(tmp_path, capsys):
    arrays = recorded()
    arrays["state"][22, 1] = np.nan
    path = write(tmp_path / "replay.zarr", arrays)
    assert main(["data", "inspect", str(path)]) == 1
    captured = capsys.readouterr()
    second = captured.out.splitlines()[1]
    assert second.startswith("NOT FIT FOR TRAINING: state has 1 NaN and 0 infinite numbers, the first at episode 1, fr")
    assert "50 windows" in captured.out
    assert captured.err.count("\n") == 1 and "state has numbers that are none" in captured.err


def test_damage_is_one_line(buffer, capsys):
    file = chunk(buffer, "data/img", 2)
    file.write_bytes(file.read_bytes()[:20])
    assert "data/img" in complaint(capsys, "inspect", buffer)


def test_chunks_left_out_are_filled_when_asked(tmp_path, capsys):
    path = write(tmp_path / "replay.zarr", {**recorded(), "reward": np.zeros(50)})
    assert "is missing" in complaint(capsys, "inspect", path)
    assert "[0] never changes" in said(capsys, "inspect", path, "--sparse")


WRONG = {
    "no such path": (["inspect", "nowhere.zarr"], ["there is nothing at nowhere.zarr"]),
    "array": (["inspect", "BUFFER", "--observe", "state,imge"], ["unknown array 'imge'", "'img'"]),
    "action": (["inspect", "BUFFER", "--action", "actoin"], ["unknown array 'actoin'", "'action'"]),
    "n_obs_steps": (["inspect", "BUFFER", "--n-obs-steps", "0"], ["--n-obs-steps", "at least 1"]),
    "rate": (["inspect", "BUFFER", "--hz", "-3"], ["--hz", "above 0"]),
    "rate in words": (["inspect", "BUFFER", "--hz", "fast"], ["--hz", "'fast'"]),
    "command": (["inspct", "BUFFER"], ["did you mean inspect?"]),
    "a rate of no use": (["inspect", "BUFFER", "--hz", "1e-320"], ["--hz", "from 0.0001 to 1e+06"]),
    "the same twice": (["inspect", "BUFFER", "--observe", "state,state"], ["--observe names 'state' twice"]),
    "no array": (["inspect", "BUFFER", "--observe", ""], ["unknown array ''"]),
    "no action": (["inspect", "BUFFER", "--action", ""], ["unknown array ''"]),
    "data set": (["fetch", "psht"], ["unknown data set 'psht'", "'pusht'"]),
    "absent data set": (["inspect", "pusht"], ["pusht is not at", "eitherway data fetch pusht"]),
}


LONG = "observation.images.camera_of_the_left_wrist"


@pytest.mark.parametrize("columns", [80, 100, 200])
def test_nothing_is_cut_however_long_names_and_numbers_are(columns, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(columns))
    x = recorded()
    arrays = {"action": -x["action"] * 123456.7, LONG: x["img"] * -1e-5, f"{LONG}[bold]": x["state"] * -1e30}
    out = said(capsys, "inspect", write(tmp_path / "replay.zarr", arrays))
    assert "…" not in out and max(len(line.rstrip()) for line in out.splitlines()[3:]) <= columns
    heads = [
        "a frame",
        "type",
        "lowest",
        "highest",
        "NaN",
        "constant",
        "repeated",
        "on disk",
        "middle 98 %",
        "a window",
    ]
    assert [head for head in heads if head not in out] == []
    squeezed = "".join(out.split())
    cells = [f"{v:.3g}" for x in arrays.values() for v in (x.min(), x.max())]
    assert [part for part in cells if part not in squeezed] == []


@pytest.mark.parametrize("array", ["[bold]x", "[red]", ":smile:"])
def test_a_name_is_never_taken_for_markup(array, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "200")
    path = write(tmp_path / "[bold]" / "q[/x]" / "replay.zarr", {"action": recorded()["action"]})
    metadata(path, "data/action").parent.rename(path / "data" / array)
    out = said(capsys, "inspect", path, "--action", array, "--observe", array)
    assert f"{path}: zarr" in out and f"{array}[0]" in out and out.count(array) == 5  # of arrays, columns and the view


def test_an_angle_that_goes_round_is_told(tmp_path, capsys):
    x = np.stack([np.arange(50) * 0.312 % (2 * np.pi), np.arange(50)], 1)
    out = " ".join(said(capsys, "inspect", write(tmp_path / "replay.zarr", {"action": x})).split())
    assert "action[0]: goes round like an angle from 0 to 2 pi and leaps over its range (leaps: 2, the first at" in out
    assert "episode 1, frame 1); give a policy" in out
    assert "(cos, sin)" in out and "action[1]:" not in out


def test_an_outlier_is_told_with_where_it_is(tmp_path, capsys):
    x = recorded()["action"]
    x[22, 1] = 1e5
    out = " ".join(said(capsys, "inspect", write(tmp_path / "replay.zarr", {"action": x})).split())
    assert (
        "action[1]: 1 number far outside the rest, the farthest 1e+05 at episode 1, frame 2," in out
        and "normalise with Quantile" in out
    )


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_named_with_what_would_be_right(case, buffer, capsys, monkeypatch):
    monkeypatch.chdir(buffer.parent)
    monkeypatch.delenv(VARIABLE, raising=False)
    words, parts = WRONG[case]
    text = complaint(capsys, *(buffer if w == "BUFFER" else w for w in words))
    assert [part for part in parts if part not in text] == []


@pytest.mark.parametrize("words", [["data", "inspect", "pusht"], ["compare", "--recipes", "mse", "--task", "jumper"]])
def test_the_folder_of_data_reaches_workers_through_the_variable(words, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "nowhere")
    found = []
    command = SimpleNamespace(
        run=lambda options: found.append(os.environ[VARIABLE]) or 0, load_plugins=lambda modules: None
    )
    monkeypatch.setattr("importlib.import_module", lambda name: command)
    assert main([*words, "--data", str(tmp_path)]) == 0
    assert (found, os.environ[VARIABLE]) == ([str(tmp_path)], "nowhere")


@pytest.mark.slow
def test_push_t_is_known_by_its_name(capsys):
    need_data("pusht")
    out = said(capsys, "inspect", "pusht")
    expected = [
        "206 episodes, 25,650 frames",
        "49 to 246",
        "an angle from 0 to 2 pi",
        "25,650 windows",
        "as bytes 709 MB",
    ]
    assert [part for part in expected if part not in " ".join(out.split())] == []
