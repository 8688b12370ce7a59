"""`eitherway data`: what is said of a buffer is what is in it, and damage costs one line."""

import os

import numpy as np
import pytest

from buffers import chunk, recorded, write
from eitherway.cli.main import main
from eitherway.data.place import VARIABLE
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
    out = said(capsys, "inspect", buffer, "--observe", "img", "--history", "3", "--horizon", "5", "--action", "state")
    assert "history of 3 and a horizon of 5" in out and "3 x 6 x 6 x 3" in out and "5 x 5" in out
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
    assert "1 NaN and 0 infinite, the first at episode 1, frame 2" in captured.out and "50 windows" in captured.out
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
    "history": (["inspect", "BUFFER", "--history", "0"], ["--history", "at least 1"]),
    "rate": (["inspect", "BUFFER", "--hz", "-3"], ["--hz", "above 0"]),
    "rate in words": (["inspect", "BUFFER", "--hz", "fast"], ["--hz", "'fast'"]),
    "command": (["inspct", "BUFFER"], ["did you mean inspect?"]),
    "data set": (["fetch", "psht"], ["unknown data set 'psht'", "'pusht'"]),
    "absent data set": (["inspect", "pusht"], ["pusht is not at", "eitherway data fetch pusht"]),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_named_with_what_would_be_right(case, buffer, capsys, monkeypatch):
    monkeypatch.chdir(buffer.parent)
    monkeypatch.delenv(VARIABLE, raising=False)
    words, parts = WRONG[case]
    text = complaint(capsys, *(buffer if w == "BUFFER" else w for w in words))
    assert [part for part in parts if part not in text] == []


@pytest.mark.parametrize("words", [["data", "inspect", "pusht"], ["compare", "--recipes", "mse", "--task", "jumper"]])
def test_the_folder_of_data_reaches_workers_through_the_variable(words, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(VARIABLE, "nowhere")  # and put back afterwards
    main([*words, "--data", str(tmp_path), *(["--set", "mse.steps=0"] if words[0] == "compare" else [])])
    assert os.environ[VARIABLE] == str(tmp_path)
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.slow
def test_push_t_is_known_by_its_name(capsys):
    need_data("pusht")
    out = said(capsys, "inspect", "pusht")
    expected = ["206 episodes, 25,650 frames", "49 to 246", "an angle that wraps?", "25,650 windows", "as bytes 709 MB"]
    assert [part for part in expected if part not in " ".join(out.split())] == []
