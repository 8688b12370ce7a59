"""A checkpoint comes back as it was saved, or is refused in one line."""

import json

import pytest
import torch

from eitherway.backbones import MLP
from eitherway.codebooks import KMeans
from eitherway.heads import Categorical
from eitherway.make import Make
from eitherway.tasks import TASKS
from eitherway.training.checkpoint import CARD, WEIGHTS, BadCheckpoint, Trained, load_trained, save_trained
from eitherway.training.recipe import Recipe, build
from eitherway.training.train import train

RECIPE = Recipe(
    head=Make(Categorical, codebook=Make(KMeans, size=4), offset=1.0), backbone=Make(MLP, width=8), steps=5, batch=100
)
OBS = {"state": torch.linspace(-1, 1, 9)[:, None, None]}


@pytest.fixture(scope="module")
def trained(jumper, demos):
    policy = build(RECIPE, jumper, seed=2)
    list(train(policy, demos, RECIPE, seed=2))
    return Trained(policy=policy, recipe=RECIPE, task=TASKS["jumper-noisy"], seed=2, train_seconds=1.5)


@pytest.fixture
def folder(tmp_path, trained):
    save_trained(tmp_path / "policy", trained)
    return tmp_path / "policy"


def refusal(folder):
    """The one line with which a folder is refused."""
    with pytest.raises(BadCheckpoint) as caught:
        load_trained(folder)
    text = str(caught.value)
    assert "\n" not in text and str(folder) in text
    return text


def edited(folder, **changes):
    card = json.loads((folder / CARD).read_text())
    (folder / CARD).write_text(json.dumps({**card, **changes}))


def test_a_policy_comes_back_with_the_same_draws(folder, trained):
    first, second = (
        p.sample(OBS, 3, torch.Generator().manual_seed(0)) for p in (trained.policy, load_trained(folder).policy)
    )
    assert torch.equal(first, second)


def test_all_else_comes_back_too(folder, trained):
    loaded = load_trained(folder)
    assert (loaded.recipe, loaded.task, loaded.seed, loaded.train_seconds) == (RECIPE, trained.task, 2, 1.5)


def test_nothing_is_pickled(folder):
    assert sorted(p.name for p in folder.iterdir()) == [CARD, WEIGHTS]
    assert json.loads((folder / CARD).read_text())["format"] == 2


def test_saving_again_takes_the_old_ones_place(folder, trained):
    (folder / "left over").touch()
    save_trained(folder, trained)
    assert sorted(p.name for p in folder.iterdir()) == [CARD, WEIGHTS]


@pytest.mark.parametrize("kept", [0, 5, 100, -1])
def test_cut_off_weights_are_refused(folder, kept):
    data = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(data[:kept])
    assert WEIGHTS in refusal(folder)


@pytest.mark.parametrize("place", [0, 20, -1])
def test_a_flipped_bit_is_refused(folder, place):
    data = bytearray((folder / WEIGHTS).read_bytes())
    data[place] ^= 1
    (folder / WEIGHTS).write_bytes(data)
    assert WEIGHTS in refusal(folder)


@pytest.mark.parametrize("name", [CARD, WEIGHTS])
def test_a_missing_file_is_refused(folder, name):
    (folder / name).unlink()
    assert "no checkpoint in" in refusal(folder)


def test_a_missing_folder_is_refused(tmp_path):
    assert "no checkpoint in" in refusal(tmp_path / "nowhere")


@pytest.mark.parametrize("version", [0, 1, None, "2"])
def test_another_version_is_refused(folder, version):
    edited(folder, format=version)
    assert "this version reads 2" in refusal(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '"text"', "{}"])
def test_a_card_that_is_none_is_refused(folder, text):
    (folder / CARD).write_text(text)
    refusal(folder)


@pytest.mark.parametrize(
    "changes",
    [
        {"recipe": {"head": {"class": "Flaw"}}},
        {"recipe": {"head": {"class": "Categorical", "tempo": 1}}},
        {"recipe": {"head": {"class": "Categorical"}, "backbone": {"class": "MLP", "width": 9}}},
        {"recipe": {"head": {"class": "Categorical"}, "stepps": 3}},
        {"recipe": None},
        {"task": {"class": "Jumpr"}},
        {"task": 3},
        {"sha256": "0"},
    ],
    ids=str,
)
def test_an_edited_card_is_refused(folder, changes):
    edited(folder, **changes)
    refusal(folder)
