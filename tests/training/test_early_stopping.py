"""What early stopping holds out are whole demonstrations, with all their images, and nothing trains on them."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from eitherway.data import Episode, Windows
from eitherway.heads import Regression
from eitherway.make import Make
from eitherway.randomness import stream
from eitherway.tasks import Jumper
from eitherway.training.augmentations import Mirror
from eitherway.training.early_stopping import EarlyStopping
from eitherway.training.recipe import Recipe
from eitherway.training.train import demonstrations

PROPERTY = settings(deadline=None, derandomize=True, max_examples=40)


def shown(lengths, images):
    """Windows of demonstrations, each with so many images: its frames say whose they are."""
    numbers = [number for _ in range(images) for number in range(len(lengths))]
    episodes = [
        Episode({"whose": np.full((lengths[n], 1), float(n))}, np.random.default_rng(i).random((lengths[n], 1)))
        for i, n in enumerate(numbers)
    ]
    return Windows.cut(episodes, 1, 2, origin=numbers)


def owners(windows):
    return set(windows.obs["whose"].flatten().tolist())


@PROPERTY
@given(st.lists(st.integers(1, 9), min_size=2, max_size=8), st.integers(1, 3), st.floats(0.05, 0.6), st.integers(0, 9))
def test_no_demonstration_is_on_both_sides(lengths, images, share, seed):
    data = shown(lengths, images)
    count = max(1, round(share * len(lengths)))
    if count == len(lengths):
        return
    kept, held = EarlyStopping(share=share).split(data, stream(seed, "early"))
    assert not owners(kept) & owners(held)
    assert len(owners(held)) == count and owners(kept) | owners(held) == set(map(float, range(len(lengths))))
    assert len(kept) + len(held) == len(data)


def test_which_are_held_out_is_drawn_by_the_seed():
    data, early_stopping = shown([2] * 20, 1), EarlyStopping()
    drawn = [frozenset(owners(early_stopping.split(data, stream(seed, "early"))[1])) for seed in (0, 0, *range(1, 9))]
    assert drawn[0] == drawn[1] and len(set(drawn)) > 5


def test_one_demonstration_is_too_few_however_often_it_is_shown():
    with pytest.raises(ValueError, match="at least 2 demonstrations to hold one out, got 1"):
        EarlyStopping().split(shown([5], 2), stream(0, "early"))


class Mirrored(Jumper):
    """Demonstrations of 3, 1 and 2 steps that say whose they are, and have a mirror."""

    @property
    def transforms(self):
        return {"mirrored": lambda x: -x}

    def originals(self):
        return [np.full((steps, 1), number + 1.0) for number, steps in enumerate([3, 1, 2])]

    def episode(self, original):
        return Episode({"state": original}, original)


def test_a_mirror_image_has_the_number_of_what_it_mirrors():
    windows = demonstrations(Mirrored(), Recipe(head=Make(Regression), augment=(Make(Mirror),)))
    assert len(windows) == 12
    assert torch.equal(windows.origin + 1.0, windows.obs["state"].flatten().abs())
