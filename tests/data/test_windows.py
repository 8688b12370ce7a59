"""Windows are what a plain loop over episodes and steps says they are."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from eitherway.data import Episode, Windows
from eitherway.data.windows import covered, unheld

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


def by_definition(episodes, n_obs_steps, horizon):
    """(observations of "state", actions) of each window: the nearest step of the episode where there is none."""
    for e in episodes:
        for t in range(len(e)):
            past = [max(0, t + k) for k in range(1 - n_obs_steps, 1)]
            future = [min(len(e) - 1, t + k) for k in range(horizon)]
            yield e.observation["state"][past], e.action[future]


@PROPERTY
@given(lengths, spans, spans)
def test_each_window_is_the_plain_definition(lengths, n_obs_steps, horizon):
    of = episodes(lengths)
    cut = Windows.cut(of, n_obs_steps, horizon)
    state, action = zip(*by_definition(of, n_obs_steps, horizon), strict=True)
    assert_close(cut.obs["state"], torch.as_tensor(np.stack(state)).float(), rtol=0, atol=0)
    assert_close(cut.action, torch.as_tensor(np.stack(action)).float(), rtol=0, atol=0)


@PROPERTY
@given(lengths, spans, spans)
def test_there_is_one_window_for_each_step(lengths, n_obs_steps, horizon):
    assert len(Windows.cut(episodes(lengths), n_obs_steps, horizon)) == sum(lengths)


@PROPERTY
@given(lengths, spans, spans)
def test_all_observations_are_cut_alike(lengths, n_obs_steps, horizon):
    obs = Windows.cut(episodes(lengths), n_obs_steps, horizon).obs
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


def test_places_are_held_and_changes_end_in_zero():
    """A robot told to move on by the last change would never stop."""
    held, still = (Windows.cut(episodes([3, 2]), 1, 3, after=after) for after in ("held", "zero"))
    assert held.action[..., 0].tolist() == [
        [0.5, 1.5, 2.5],
        [1.5, 2.5, 2.5],
        [2.5, 2.5, 2.5],
        [3.5, 4.5, 4.5],
        [4.5, 4.5, 4.5],
    ]
    assert still.action[..., 0].tolist() == [[0.5, 1.5, 2.5], [1.5, 2.5, 0], [2.5, 0, 0], [3.5, 4.5, 0], [4.5, 0, 0]]
    assert_close(still.obs["state"], held.obs["state"])


def test_some_windows_that_end_in_zero_still_do():
    some = Windows.cut(episodes([3, 2]), 1, 3, after="zero")[torch.tensor([4, 1])]
    assert some.action[..., 0].tolist() == [[4.5, 0, 0], [1.5, 2.5, 0]]


@PROPERTY
@given(lengths, spans, st.integers(1, 4))
def test_every_frame_that_a_window_looks_at_is_counted_once(lengths, horizon, every):
    for after in ("held", "zero"):
        cut = Windows.cut(episodes(lengths), 1, horizon, every, after=after)
        counted = cut.actions[covered(cut.future, len(cut.actions))].flatten().tolist()
        assert counted == sorted({x for x in cut.action.flatten().tolist() if x})


@PROPERTY
@given(lengths, spans)
def test_of_held_frames_only_the_first_is_one(lengths, horizon):
    """What is said from another place at each decision counts once a decision, and not again where it is held."""
    cut = Windows.cut(episodes(lengths), 1, horizon)
    found = sorted(
        (int(r), float(cut.actions[f, 0])) for rows, at in unheld(cut.future) for r, f in zip(rows, at, strict=True)
    )
    assert found == sorted((r, x) for r, chunk in enumerate(cut.action[..., 0].tolist()) for x in set(chunk))


def test_a_window_knows_the_demonstration_it_shows():
    assert Windows.cut(episodes([3, 2]), 1, 1).origin.tolist() == [0, 0, 0, 1, 1]
    assert Windows.cut(episodes([3, 2, 1]), 1, 1, origin=[7, 7, 2]).origin.tolist() == [7, 7, 7, 7, 7, 2]


def test_parts_in_order_are_the_whole():
    cut = Windows.cut(episodes([3, 4]), 2, 3)
    parts = list(cut.split(3))
    assert [len(part) for part in parts] == [3, 3, 1]
    assert_close(torch.cat([part.action for part in parts]), cut.action)
    assert list(cut[:0].split(3)) == []
