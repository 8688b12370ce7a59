"""`eitherway notebook`: the notebook is found wherever the package is, and nobody's work is written over."""

import json
import os
import shlex
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import psutil
import pytest

from eitherway.cli.main import main
from eitherway.cli.notebook import NAME

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / NAME
OWN = {"ServerApp": {"port": 0}}  # a free port


def test_the_notebook_is_copied_as_it_is(tmp_path, capsys):
    assert main(["notebook", str(tmp_path / "new" / "folder"), "--no-open"]) == 0
    copy = tmp_path / "new" / "folder" / NAME
    assert copy.read_bytes() == NOTEBOOK.read_bytes()
    assert capsys.readouterr().out == f"Notebook: {copy}\n"


def test_without_a_folder_it_is_the_current_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["notebook", "--no-open"]) == 0
    assert [p.name for p in tmp_path.iterdir()] == [NAME]


def test_asking_twice_is_fine(tmp_path):
    words = ["notebook", str(tmp_path), "--no-open"]
    assert (main(words), main(words)) == (0, 0)


def test_a_notebook_that_was_changed_is_not_written_over(tmp_path, capsys):
    (tmp_path / NAME).write_bytes(b"my notes, \xe9")
    assert main(["notebook", str(tmp_path), "--no-open"]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and f"{tmp_path / NAME} is there and differs from the published one" in error
    assert (tmp_path / NAME).read_bytes() == b"my notes, \xe9"


def test_a_notebook_that_was_worked_in_is_kept_and_opened(tmp_path, capsys, monkeypatch):
    opened = []
    monkeypatch.setattr("os.execv", lambda program, words: opened.append(words))
    (tmp_path / NAME).write_bytes(b"my notes")
    main(["notebook", str(tmp_path), "--allow-root"])  # who runs tests in a container is root
    assert opened[0][-1] == str((tmp_path / NAME).resolve()) and "--ServerApp.ip=127.0.0.1" in opened[0]
    assert "yours, kept" in capsys.readouterr().out and (tmp_path / NAME).read_bytes() == b"my notes"


def test_a_folder_that_is_a_file_is_named(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert main(["notebook", str(tmp_path / "file"), "--no-open"]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and str(tmp_path / "file") in error


def test_without_jupyterlab_one_line_says_how_to_get_it(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "jupyterlab", None)
    assert main(["notebook", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "pip install 'eitherway[notebook]'" in error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="has no root")
def test_root_is_told_the_option_that_jupyterlab_wants(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert main(["notebook", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "--allow-root" in error and list(tmp_path.iterdir()) == []


def test_copying_does_without_torch(tmp_path):
    copy = "import sys\nfrom eitherway.cli.main import main\nmain(['notebook', '--no-open'])\n"
    code = f"{copy}assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)


@pytest.mark.slow
def test_a_built_wheel_brings_the_notebook(tmp_path):
    words = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path, ROOT]
    subprocess.run([sys.executable, *words], check=True, cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    alone = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    ask = [sys.executable, "-m", "eitherway.cli.main", "notebook", "copy", "--no-open"]
    subprocess.run(ask, check=True, cwd=tmp_path, env=alone)
    published = tmp_path / "installed" / "eitherway" / "copies"
    assert (published / "notebooks" / NAME).is_file() and (published / "docs" / "results" / "jumper.json").is_file()
    assert (tmp_path / "copy" / NAME).read_bytes() == NOTEBOOK.read_bytes()


@pytest.fixture
def session(tmp_path):
    """`eitherway notebook book`, which has become a JupyterLab; its browser only keeps the page it is sent to."""
    places = {f"JUPYTER_{name.upper()}_DIR": str(tmp_path / name) for name in ("config", "data", "runtime")}
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "jupyter_server_config.json").write_text(json.dumps(OWN))
    kept = shlex.quote(str(tmp_path / "opened"))  # copied first, then named: who finds the page finds all of it
    (tmp_path / "browser").write_text(f'#!/bin/sh\ncp "${{1#file://}}" {kept} && mv {kept} {kept}.html\n')
    (tmp_path / "browser").chmod(0o755)
    alone = {**os.environ, **places, "BROWSER": str(tmp_path / "browser")}
    with (tmp_path / "log").open("w") as log:
        words = [sys.executable, "-m", "eitherway.cli.main", "notebook", "book", "--allow-root"]
        process = subprocess.Popen(words, cwd=tmp_path, env=alone, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=15)


@pytest.mark.slow
def test_opening_starts_a_jupyterlab_on_the_copy_that_only_this_machine_can_reach(session, tmp_path):
    deadline = time.monotonic() + 60
    while not (tmp_path / "opened.html").is_file():
        assert session.poll() is None and time.monotonic() < deadline, (tmp_path / "log").read_text()
        time.sleep(0.1)
    listening = [c.laddr.ip for c in psutil.Process(session.pid).net_connections() if c.status == psutil.CONN_LISTEN]
    assert set(listening) == {"127.0.0.1"}
    assert f"/lab/tree/{NAME}?" in (tmp_path / "opened.html").read_text()
    assert (tmp_path / "book" / NAME).is_file()
