"""The expert of the field: it never collides, its distribution is known, and it keeps what comes next to itself."""

import numpy as np
import pytest
from scipy.stats import chisquare, kruskal

from eitherway.randomness import stream
from eitherway.tasks.avoiding import (
    MODE_NAMES,
    ROWS,
    AvoidingVectorEnv,
    demonstrations,
    drive,
    gaps_of,
    mode_of,
    mode_probabilities,
    track_mode,
)
from eitherway.tasks.avoiding.field import clearance

COUNT = 2_000


@pytest.fixture(scope="module")
def episodes():
    return demonstrations(COUNT, stream(0, "avoiding test"))


@pytest.fixture(scope="module")
def tracks(episodes):
    return padded([e.observation["state"][:, :2] for e in episodes])


def padded(arrays):
    """Arrays of different lengths as one, NaN at the ends."""
    whole = np.full((len(arrays), max(map(len, arrays)), 2), np.nan, np.float32)
    for row, array in zip(whole, arrays, strict=True):
        row[: len(array)] = array
    return whole


def replay(start, actions):
    """Success and mode of each robot at the end of its first episode; actions n T 2, NaN at the ends."""
    env, n = AvoidingVectorEnv(len(start)), len(start)
    env.reset(options={"start": start})
    running, success, mode = np.ones(n, bool), np.zeros(n, bool), np.full(n, -1)
    for action in actions.swapaxes(0, 1):
        *_, terminated, truncated, info = env.step(action)
        success, mode = np.where(running, info["success"], success), np.where(running, info["mode"], mode)
        running &= ~(terminated | truncated)
    return success, mode


def total_variation(counts, p):
    return np.abs(counts / counts.sum(-1, keepdims=True) - p).sum(-1) / 2


def floor(p):
    """The mean total variation of 480 draws from their own distribution, over 4,000 sets."""
    return total_variation(np.random.default_rng(0).multinomial(480, p, 4_000), p).mean()


def test_the_modes_have_known_unequal_probabilities_none_of_them_small():
    p = mode_probabilities()
    assert p.shape == (24,) and p.sum() == pytest.approx(1, abs=1e-12)
    assert (p.min(), p.max()) == pytest.approx((0.0132, 0.09405), abs=1e-12)
    assert len(set(p.round(9))) == 24
    assert -(p * np.log(p)).sum() / np.log(24) == pytest.approx(0.962, abs=5e-4)


def test_the_expert_never_collides_and_always_reaches_the_line(episodes, tracks):
    actions = padded([e.action for e in episodes])
    success, mode = replay(tracks[:, 0], actions)
    assert success.all() and (mode == track_mode(tracks)).all() and (mode >= 0).all()


def test_the_expert_keeps_away_from_the_discs(tracks):
    assert np.nanmin(clearance(tracks[:, :-1], tracks[:, 1:])) == pytest.approx(0.0266, abs=1e-4)


def test_the_expert_goes_its_modes_as_often_as_its_distribution_says(tracks):
    counts = np.bincount(track_mode(tracks), minlength=24)
    assert chisquare(counts, COUNT * mode_probabilities()).pvalue > 0.01


def test_the_expert_goes_whichever_way_it_is_told_to():
    modes = np.arange(24)
    episodes = drive(modes, stream(0, "each way"))
    assert (track_mode(padded([e.observation["state"][:, :2] for e in episodes])) == modes).all()


def test_an_episode_takes_53_to_85_steps_at_about_constant_speed(episodes, tracks):
    length = np.array([len(e) for e in episodes])
    speed = np.linalg.norm(np.diff(tracks, axis=1), axis=-1)
    assert (length.min(), length.max()) == (53, 85) and length.mean() == pytest.approx(61.3, abs=0.1)
    assert np.nanmean(speed) == pytest.approx(0.04, abs=0.001) and np.nanstd(speed) < 0.006


def test_an_episode_is_what_was_seen_and_what_was_done(episodes):
    state, action = episodes[0].observation["state"], episodes[0].action
    assert state.shape == (len(action), 4) and action.shape[1] == 2 and state.dtype == action.dtype == np.float32
    assert (state[1:, 2:] == action[:-1]).all() and (state[0, 2:] == state[0, :2]).all()


def test_a_seed_fixes_the_demonstrations():
    first, again, other = (demonstrations(3, stream(seed, "avoiding test")) for seed in (1, 1, 2))
    assert all((a.action == b.action).all() for a, b in zip(first, again, strict=True))
    assert (first[0].action[:20] != other[0].action[:20]).any()


@pytest.mark.parametrize("row", [0, 1])
def test_before_a_row_is_passed_nothing_depends_on_the_gap_after_it(row):
    """Exactly so: with the same chances, two robots that differ in the next gap alone do the same until then."""
    modes = np.arange(24)
    gaps = gaps_of(modes)
    gaps[:, row + 1] = (gaps[:, row + 1] + 1) % (row + 3)
    others = mode_of(gaps)
    for one, other in zip(drive(modes, stream(0, "same")), drive(others, stream(0, "same")), strict=True):
        before = int((one.observation["state"][:, 1] < ROWS[row]).sum())
        assert (one.action[:before] == other.action[:before]).all()
        assert (one.action[: before + 15] != other.action[: before + 15]).any()


@pytest.mark.parametrize("mode", ["0", "1"])
def test_where_the_first_row_is_crossed_does_not_tell_the_second_gap(tracks, mode):
    gaps = gaps_of(track_mode(tracks))
    step = np.nanargmax(tracks[..., 1] >= ROWS[0], axis=1)
    x = tracks[np.arange(COUNT), step, 0]
    first = gaps[:, 0] == int(mode)
    assert kruskal(*(x[first & (gaps[:, 1] == g)] for g in range(3))).pvalue > 0.01


def test_the_mean_of_left_and_right_runs_into_the_first_obstacle():
    left, right = drive(np.array([MODE_NAMES.index("0-1-1"), MODE_NAMES.index("1-1-2")]), stream(0, "either"))
    steps = min(len(left), len(right))
    middle = (left.action[:steps] + right.action[:steps]) / 2
    start = (left.observation["state"][0, :2] + right.observation["state"][0, :2]) / 2
    env = AvoidingVectorEnv(1)
    seen, _ = env.reset(options={"start": start})
    for action in middle:
        seen, _, terminated, _, info = env.step(action[None])
        if terminated:
            break
    assert terminated.all() and not info["success"].any() and np.abs(seen[0, 1] - ROWS[0]) < 0.12


def test_480_draws_from_24_equal_modes_are_0_087_away_from_them():
    assert floor(np.full(24, 1 / 24)) == pytest.approx(0.087, abs=0.004)


def test_480_draws_of_the_expert_are_0_085_away_from_its_distribution():
    assert floor(mode_probabilities()) == pytest.approx(0.085, abs=0.002)


def test_480_demonstrations_are_no_further_from_the_distribution_than_draws_are(tracks):
    p, modes = mode_probabilities(), track_mode(tracks[:1_920]).reshape(4, 480)
    away = [total_variation(np.bincount(w, minlength=24), p) for w in modes]
    assert np.mean(away) == pytest.approx(floor(p), abs=0.02)
