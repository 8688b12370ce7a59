"""What was recorded comes in single precision as it was, or is refused: never coarser in silence."""

import numpy as np
import pytest
import torch

from eitherway.data import Episode, Windows
from eitherway.data.single import single

FRAMES = np.arange(50.0)


def column(values):
    return np.asarray(values)[:, None]


def refusal(*recorded):
    with pytest.raises(ValueError, match="in single precision") as caught:
        single("time", recorded)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_seconds_since_1970_are_refused_with_the_way_out():
    text = refusal(column(1.7e9 + 0.1 * FRAMES))
    assert text == (
        "time, column 0: 49 of 50 different values are lost in single precision (at 1700000000 its step is 128): "
        "subtract the first value, or leave it out"
    )


def test_the_same_seconds_from_the_first_one_on_are_kept():
    assert len(single("time", [column(0.1 * FRAMES)]).unique()) == 50


@pytest.mark.parametrize("share", [0.9, 2 / 3, 0.5, 0.1])
def test_a_step_below_that_of_single_precision_is_refused_however_few_values_it_costs(share):
    """At 2^24 neighbours are 2 apart: steps of share x 2 lose about 1 - share of the values."""
    refusal(column(2.0**24 + 2 * share * FRAMES))


@pytest.mark.parametrize("share", [1.0, 1.1, 3.0])
def test_a_step_that_single_precision_has_is_kept(share):
    """Half a rounding above the places where it is exact: no two steps meet."""
    assert len(single("time", [column(2.0**24 + 0.6 + 2 * share * FRAMES)]).unique()) == 50


def test_days_between_two_recordings_do_not_make_up_for_seconds_within_them():
    refusal(*(column(1.7e9 + 86_400 * day + 0.1 * FRAMES) for day in range(20)))


def test_a_long_recording_is_refused_too():
    refusal(column(1.7e9 + 0.1 * np.arange(100_000)))


def test_whole_numbers_are_asked_like_others():
    refusal(column(1_700_000_000 + np.arange(50)))
    assert single("count", [column(np.arange(50))]).dtype == torch.float32


def test_numbers_of_episodes_that_would_become_equal_are_refused():
    refusal(*(np.full((3, 1), 20_000_001 + number) for number in range(4)))


def test_values_in_no_order_are_refused_where_fewer_steps_are_left_than_a_byte_has():
    x = 1e7 + 10 * np.random.default_rng(0).random(1_000)  # about 11 are left
    refusal(column(x))


@pytest.mark.parametrize("reach", [0.5, 0.05])
def test_a_place_in_the_noise_of_double_precision_is_kept(reach):
    """A robot that rests for most of the time, 1,000 away: what is lost is noise."""
    noise = 1e-12 * np.random.default_rng(0).standard_normal(1_000)
    place = 1_000 + noise + np.concatenate([np.zeros(900), np.linspace(0, reach, 100)])
    assert len(single("place", [column(place)]).unique()) >= 100


def test_a_number_that_changes_by_nothing_but_noise_is_kept():
    noise = 1e-9 * np.random.default_rng(0).standard_normal(1_000)
    assert single("angle", [column(0.7 + noise)]).unique().numel() <= 2


def test_a_drift_in_steps_that_are_taken_for_noise_is_kept():
    assert len(single("angle", [column(1 + 2e-7 * FRAMES)]).unique()) > 40


def test_a_fine_motion_over_a_wide_range_is_kept():
    single("place", [column(np.linspace(0, 1, 200_000) ** 3)])


def test_numbers_that_were_single_already_are_kept():
    x = (1.7e9 + 0.1 * FRAMES).astype(np.float32)
    assert torch.equal(single("time", [column(x.astype(float))]), torch.from_numpy(column(x)))


def test_a_number_too_large_for_single_precision_is_told_with_its_episode_and_frame():
    first, second = np.zeros((4, 2)), np.zeros((3, 2))
    second[1, 1] = 1e39
    with pytest.raises(ValueError, match=r"^state, episode 1, frame 1: 1e\+39 is no number in single precision$"):
        single("state", [first, second])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_told_with_its_episode_and_frame(value):
    state, action = np.zeros((3, 2)), np.zeros((3, 1))
    action[2, 0] = value
    with pytest.raises(ValueError, match=r"^action, episode 1, frame 2: -?(nan|inf) is no number"):
        Windows.cut([Episode({"state": state}, np.zeros((3, 1))), Episode({"state": state}, action)], 1, 1)


@pytest.mark.parametrize("kind", [np.uint8, np.int8, bool, np.int64, np.float16, np.float64])
def test_numbers_of_any_kind_become_numbers(kind):
    x = single("gripper", [np.array([[0], [1]], kind)])
    assert x.dtype == torch.float32 and x.tolist() == [[0.0], [1.0]]


def test_bytes_of_pictures_stay_bytes():
    picture = np.full((2, 4, 4, 3), 250, np.uint8)
    assert torch.equal(single("picture", [picture]), torch.from_numpy(picture))
