"""Windows are what a plain loop over episodes and steps says they are."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from eitherway.data import Episode, Windows

PROPERTY = settings(deadline=None, derandomize=True, max_examples=60)

lengths = st.lists(st.integers(1, 7), min_size=1, max_size=5)
spans = st.integers(1, 6)


def episodes(lengths):
    """Every number occurs once, so that none can stand in for another."""
    ends = np.cumsum(lengths)
    count = np.arange(ends[-1], dtype=float)
    return [
        Episode({"state": np.stack([part, -part], 1), "goal": part[:, None] + 0.25}, part[:, None] + 0.5)
        for part in np.split(count, ends[:-1])
    ]


def by_definition(episodes, history, horizon):
    """(observations of "state", actions) of each window: the nearest step of the episode where there is none."""
    for e in episodes:
        for t in range(len(e)):
            past = [max(0, t + k) for k in range(1 - history, 1)]
            future = [min(len(e) - 1, t + k) for k in range(horizon)]
            yield e.observation["state"][past], e.action[future]


@PROPERTY
@given(lengths, spans, spans)
def test_each_window_is_the_plain_definition(lengths, history, horizon):
    of = episodes(lengths)
    cut = Windows.cut(of, history, horizon)
    state, action = zip(*by_definition(of, history, horizon), strict=True)
    assert_close(cut.obs["state"], torch.as_tensor(np.stack(state)).float(), rtol=0, atol=0)
    assert_close(cut.action, torch.as_tensor(np.stack(action)).float(), rtol=0, atol=0)


@PROPERTY
@given(lengths, spans, spans)
def test_there_is_one_window_for_each_step(lengths, history, horizon):
    assert len(Windows.cut(episodes(lengths), history, horizon)) == sum(lengths)


@PROPERTY
@given(lengths, spans, spans)
def test_all_observations_are_cut_alike(lengths, history, horizon):
    obs = Windows.cut(episodes(lengths), history, horizon).obs
    assert_close(obs["goal"], obs["state"][..., :1] + 0.25, rtol=0, atol=0)


def test_the_ends_are_held():
    cut = Windows.cut(episodes([3, 2]), 2, 3)
    assert cut.obs["state"][..., 0].tolist() == [[0, 0], [0, 1], [1, 2], [3, 3], [3, 4]]
    assert cut.action[..., 0].tolist() == [
        [0.5, 1.5, 2.5],
        [1.5, 2.5, 2.5],
        [2.5, 2.5, 2.5],
        [3.5, 4.5, 4.5],
        [4.5, 4.5, 4.5],
    ]
