"""An angle that goes round and a number far outside are noticed, and what only looks like them is not."""

import numpy as np
import pytest

from eitherway.data.columns import column
from eitherway.data.readers import Place

FRAMES, EPISODES = 1000, 4
STARTS = np.arange(FRAMES) % (FRAMES // EPISODES) == 0
TURNS = {"-pi to pi": (-np.pi, np.pi), "0 to 2 pi": (0, 2 * np.pi), "-180 to 180": (-180, 180), "0 to 360": (0, 360)}
RNG = np.random.default_rng(0)
GRIPPER = np.repeat(RNG.integers(0, 2, FRAMES // 20), 20).astype(float)
NORMAL = RNG.standard_normal(FRAMES)
HARMLESS = {
    "normal": NORMAL,
    "log-normal": np.exp(NORMAL),
    "Student's t, 3 degrees": RNG.standard_t(3, FRAMES),
    "random walk": NORMAL.cumsum(),
    "random walk between stops": np.clip(NORMAL.cumsum() / 5, -1, 1),
    "sine": np.sin(np.arange(FRAMES) / 5),
    "binary gripper": GRIPPER,
    "binary gripper with noise": GRIPPER + NORMAL / 100,
    "gripper that takes its time": np.clip(np.cumsum(GRIPPER * 2 - 1) / 10, 0, 1),
    "coin": RNG.integers(0, 2, FRAMES).astype(float),
    "three values": RNG.integers(-1, 2, FRAMES).astype(float),
    "constant with one jump": (np.arange(FRAMES) > 333).astype(float),
    "noise with one jump": (np.arange(FRAMES) > 333) + NORMAL / 100,
    "rare flag": (np.arange(FRAMES) % 250 == 249).astype(float),
    "constant": np.full(FRAMES, 0.1),
    "time in an episode": (np.arange(FRAMES) % 250).astype(float),
}


def angle(per_turn, low, high, direction=1, noise=0.0):
    """Goes round once in so many frames."""
    turn = high - low
    speed = turn / per_turn * (direction + noise * np.random.default_rng(per_turn).standard_normal(FRAMES))
    return low + (turn / 3 + speed.cumsum()) % turn


@pytest.mark.parametrize("noise", [0.0, 0.5])
@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("per_turn", [20, 33, 50, 400])
@pytest.mark.parametrize("turn", TURNS)
def test_an_angle_that_goes_round_is_noticed(turn, per_turn, direction, noise):
    x = angle(per_turn, *TURNS[turn], direction, noise)
    leaps = (np.abs(np.diff(x)) > np.ptp(x) / 2) & ~STARTS[1:]
    first = int(np.argmax(leaps)) + 1
    found = column(x, STARTS).wrap
    assert (found.times, found.first) == (leaps.sum(), Place(first // 250, first % 250))
    if noise:  # else the ends of the range are a step apart from the turn's
        assert found.turn == turn


def test_an_angle_in_other_units_is_noticed():
    assert column(angle(30, 0, 1), STARTS).wrap.turn is None


def test_an_angle_near_its_ends_is_noticed_by_them():
    x = (np.pi + NORMAL / 20) % (2 * np.pi) - np.pi  # as long at one end as at the other
    x[:2] = -np.pi + 1e-3, np.pi - 1e-3
    assert column((np.pi + NORMAL / 20 + np.pi) % (2 * np.pi) - np.pi, STARTS).wrap.turn == "-pi to pi"


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_no_angle_and_has_no_outlier_is_left_alone(name):
    found = column(HARMLESS[name], STARTS)
    assert (found.wrap, found.outliers) == (None, None)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("size", [1e4, -1e5, 1e6])
def test_one_number_far_outside_is_named(size, seed):
    rng = np.random.default_rng(seed)
    frames = int(rng.integers(400, 1001))
    x, at = rng.uniform(-1, 1, frames), int(rng.integers(frames))
    x[at] = size
    found = column(x, np.arange(frames) % 100 == 0).outliers
    assert (found.count, found.farthest, found.at) == (1, size, Place(at // 100, at % 100))
    assert found.away == pytest.approx(abs(size) / 1.96, rel=0.03)  # the middle 98 % of [-1, 1] is 1.96 wide


def test_outliers_are_counted_and_the_farthest_named():
    x = NORMAL.copy()
    x[[100, 600, 601]] = 1e4, -3e4, 2e4
    found = column(x, STARTS).outliers
    assert (found.count, found.farthest, found.at) == (3, -3e4, Place(2, 100))


def test_a_binary_gripper_that_moves_rarely_has_outliers_only_beyond_its_two_values():
    x = (np.arange(FRAMES) % 250 == 249).astype(float)
    x[17] = 1e5
    assert column(x, STARTS).outliers.at == Place(0, 17)


@pytest.mark.parametrize("x", [[1e308, -1e308], [np.nan, np.nan], [np.nan, 1.0], [0.0], [5e-324, 0.0]])
def test_columns_at_the_ends_of_what_numbers_are_do_no_harm(x):
    assert column(np.array(x), np.arange(len(x)) == 0).outliers is None
