"""Damaged, forged and oddly named files: one line, nothing read or written elsewhere, what was whole is kept."""

import json
import os
import random
import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from eitherway.cli.main import main
from eitherway.compare.storage import read_card, sha256

WORDS = "compare --recipes side --seeds 1 --jobs 1 --starts 20000:100 --set side.steps=5 --set task.held_out=10 --out"
ODD = (None, True, -1, 1e308, 10**400, "", "../../outside", [], {}, [[1]], {"a": 1})


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A small run."""
    folder = tmp_path_factory.mktemp("made") / "run"
    assert main([*WORDS.split(), str(folder)]) == 0
    return folder


@pytest.fixture
def run(made, tmp_path):
    """A copy to damage."""
    return shutil.copytree(made, tmp_path / "run")


def outcome(words, capsys):
    """The status and the lines of errors."""
    capsys.readouterr()
    status = main([str(w) for w in words])
    return status, capsys.readouterr().err


def edit(file, key, value):
    """Another value under a key, whatever it is; the key gone where it is `...`."""
    card = json.loads(file.read_text())
    card.pop(key) if value is ... else card.update({key: value})
    file.write_text(json.dumps(card))


@pytest.mark.parametrize("key", ["digest", "sha256", "seed", "recipe", "evaluations", "parameters", "train_seconds"])
def test_a_record_that_lost_its_form_is_none(key, run):
    place = run / "side" / "seed-0"
    whole = (place / "record.json").read_text()
    for value in (..., [], "x", float("nan"), True if key != "seed" else 1.5):
        (place / "record.json").write_text(whole)
        edit(place / "record.json", key, value)
        assert read_card(place) is None or (key == "digest" and value == "x")


def test_a_damaged_record_is_made_again(run, made, capsys):
    edit(run / "side" / "seed-0" / "record.json", "evaluations", "many")
    assert outcome([*WORDS.split(), run], capsys)[0] == 0
    assert read_card(run / "side" / "seed-0") == read_card(made / "side" / "seed-0")


def test_draws_with_a_forged_sum_are_named(run, capsys):
    place = run / "side" / "seed-0"
    np.savez(place / "draws.npz", success=np.zeros((2, 2)), s=np.zeros(3))
    edit(place / "record.json", "sha256", sha256(place / "draws.npz"))
    status, error = outcome([*WORDS.split(), run], capsys)
    assert status == 1 and error.count("\n") == 1 and str(place) in error and "damaged" in error


def test_a_training_is_named_by_ten_digits_and_nothing_else(run, made, tmp_path, capsys):
    """A checkpoint from elsewhere is not loaded because a record names a path."""
    place = run / "side" / "seed-0"
    edit(place / "record.json", "training", str(next((made / "trainings").iterdir())))
    status, error = outcome(["evaluate", place], capsys)
    assert status == 1 and "ten hexadecimal digits" in error and error.count("\n") == 1


@pytest.mark.parametrize("name", ["../../outside", "a/b", ".hidden", ".."])
def test_a_row_that_is_called_like_a_path_is_refused(name, run, capsys):
    file = run / "results.json"
    results = json.loads(file.read_text())
    results["summary"][name], results["about"][name] = results["summary"]["side"], results["about"]["side"]
    results["records"].append({**results["records"][0], "recipe": name})
    file.write_text(json.dumps(results))
    before = sorted(run.parent.rglob("*"))
    status, error = outcome(["report", run], capsys)
    assert status == 1 and repr(name) in error and error.count("\n") == 1 and sorted(run.parent.rglob("*")) == before


def test_weights_of_another_kind_with_a_forged_sum_are_refused(run, capsys):
    place = next((run / "trainings").glob("*/seed-0"))
    weights = {k: v.to(torch.int32) for k, v in load_file(place / "policy.safetensors").items()}
    save_file(weights, place / "policy.safetensors")
    edit(place / "policy.json", "sha256", sha256(place / "policy.safetensors"))
    status, error = outcome(["evaluate", place], capsys)
    assert status == 1 and "int32" in error and error.count("\n") == 1


@pytest.mark.parametrize("there", [".", "seed-0"])
def test_a_row_is_found_from_inside_the_run(there, run, capsys, monkeypatch):
    monkeypatch.chdir(run / "side" / ("seed-0" if there == "." else ""))
    assert outcome(["evaluate", there], capsys) == (0, "")


@pytest.mark.parametrize("name", ["p[bold]x", "q[/x]"])
def test_a_folder_may_be_called_anything(name, tmp_path, capsys):
    place = tmp_path / name
    assert main(["train", "side", "--set", "side.steps=5", "--out", str(place)]) == 0
    assert str(place) in capsys.readouterr().out.replace("\n", "")


@pytest.mark.parametrize("seed", range(10))
def test_damage_anywhere_in_a_run_costs_one_line_at_most(seed, run, capsys):
    """A file cut short, a byte turned, or a value of its JSON replaced by something odd."""
    lot = random.Random(seed)
    file = lot.choice(sorted(p for p in run.rglob("*") if p.suffix in (".json", ".npz", ".safetensors")))
    raw = bytearray(file.read_bytes())
    if file.suffix == ".json" and lot.random() < 0.6:
        data = json.loads(raw)
        holder = data
        while isinstance(holder, dict | list) and holder:
            key = lot.choice(list(holder)) if isinstance(holder, dict) else lot.randrange(len(holder))
            if lot.random() < 0.4 or not isinstance(holder[key], dict | list) or not holder[key]:
                holder[key] = lot.choice(ODD)
                break
            holder = holder[key]
        file.write_text(json.dumps(data))
    elif lot.random() < 0.5:
        file.write_bytes(raw[: lot.randrange(len(raw))])
    else:
        raw[lot.randrange(len(raw))] ^= 1 << lot.randrange(8)
        file.write_bytes(raw)
    outside = sorted(p for p in run.parent.iterdir())
    for words in (["report", run], ["evaluate", run / "side" / "seed-0"], [*WORDS.split(), run]):
        status, error = outcome(words, capsys)
        assert (status == 0 and error == "") or (status == 1 and error.count("\n") == 1), (file, error)
    assert sorted(run.parent.iterdir()) == outside


def test_a_terminal_of_few_letters_is_written_to_all_the_same(made):
    code = f"""
import sys

from eitherway.cli.main import main

for encoding in ("ascii", "latin-1", "cp437", "cp1251", "cp932", "gbk"):
    sys.stdout.reconfigure(encoding=encoding, errors="strict")
    for words in (["list"], ["show", "flow"], ["report", {str(made)!r}]):
        assert main(words) == 0, (encoding, words)
"""
    surroundings = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    found = subprocess.run([sys.executable, "-c", code], env=surroundings, capture_output=True)
    assert found.returncode == 0 and not found.stderr, found.stderr
