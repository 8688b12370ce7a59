"""A survey counts what was put there: what is missing, what never changes, where the recording jumps."""

import tracemalloc

import numpy as np
import pytest

from buffers import LENGTHS, recorded, write
from eitherway.data import Windows
from eitherway.data.readers import ZarrReplay
from eitherway.data.readers.base import SLICE, Place
from eitherway.data.statistics import DatasetStatistics, facts
from eitherway.data.window_summary import window_summary
from needs import need_data


def survey(folder, arrays, **options):
    reader = ZarrReplay.open(write(folder / "replay.zarr", arrays, **options))
    return DatasetStatistics(reader.lengths, {name: facts(reader, name) for name in reader.keys})


def of(folder, x, **options):
    """The facts about one array."""
    return survey(folder, {"x": x}, **options).arrays["x"]


def walk(step=1.0):
    """Two numbers that go up by a step from frame to frame."""
    return np.arange(sum(LENGTHS))[:, None] * np.array([step, 10 * step])


def test_ranges_are_those_of_all_frames(tmp_path):
    x = recorded()["state"]
    found = of(tmp_path, x)
    assert (found.low, found.high) == (x.min(), x.max())
    assert [c.low for c in found.columns] == x.min(0).tolist() and [c.high for c in found.columns] == x.max(0).tolist()
    for i, column in enumerate(found.columns):
        assert column.middle == pytest.approx(np.percentile(x[:, i], (1, 99)))


def test_a_range_is_normalised_as_min_max_does(tmp_path):
    (column,) = of(tmp_path, np.linspace(0, 200, 50)).columns
    assert column.normalised == pytest.approx((-0.98, 0.98))


def test_numbers_that_are_none_are_counted_and_left_out_of_ranges(tmp_path):
    x = walk()
    x[[22, 23, 40], [1, 1, 0]] = np.nan, np.inf, -np.inf
    found = of(tmp_path, x)
    assert (found.nan, found.infinite, found.first_bad) == (1, 2, Place(1, 2))
    assert (found.low, found.high) == (0, 490)


def test_a_column_of_nothing_but_nan_has_no_range(tmp_path):
    x = walk()
    x[:, 1] = np.nan
    found = of(tmp_path, x)
    assert np.isnan(found.columns[1].low) and (found.high, found.constant) == (49, ())


def test_a_column_of_zeros_and_one_nan_is_not_constant(tmp_path):
    x = np.zeros((50, 2), "f4")
    x[30, 0] = np.nan
    found = of(tmp_path, x + 0.0, fill_value=7)
    assert (found.constant, found.first_bad) == ((1,), Place(2, 7))


def test_columns_that_never_change_are_named(tmp_path):
    x = recorded()["state"]
    x[:, [1, 4]] = 7
    assert of(tmp_path, x).constant == (1, 4)


def test_a_frame_that_equals_the_one_before_is_repeated(tmp_path):
    x = walk()
    x[10:15] = x[10]  # 4 of them; the steps from one episode to the next do not count
    assert of(tmp_path, x).repeated == 4 / (50 - 3)


def test_a_jump_within_an_episode_is_a_gap(tmp_path):
    lengths = (150, 150)
    x = np.arange(300.0)[:, None]
    x[170:] += 500
    found = of(tmp_path, x, ends=np.cumsum(lengths))
    assert (found.gaps, found.jump.at, found.jump.size, found.jump.typical) == (1, Place(1, 20), 501, 1)


def test_from_one_episode_to_the_next_nothing_jumps(tmp_path):
    x = np.arange(300.0)[:, None]
    x[150:] += 500
    found = of(tmp_path, x, ends=[150, 300])
    assert (found.gaps, found.jump.times) == (0, 1)


def test_what_stands_still_has_no_typical_step(tmp_path):
    found = of(tmp_path, np.ones((50, 2)))
    assert (found.gaps, found.jump, found.repeated) == (0, None, 1)


def test_episodes_of_one_frame_have_no_steps(tmp_path):
    found = of(tmp_path, walk()[:3], ends=[1, 2, 3])
    assert (found.gaps, found.jump, found.repeated) == (0, None, 0)


def test_pictures_are_measured_over_the_whole_frame(tmp_path):
    img = np.full((300, 6, 6, 3), 9.0, "f4")
    img[::2] += 1  # every step is 1 everywhere
    img[200:] += 100
    found = of(tmp_path, img, ends=[150, 300])
    assert (found.gaps, found.jump.column, found.jump.at, found.columns) == (1, None, Place(1, 50), ())


@pytest.mark.parametrize(("value", "kept"), [(3, True), (3.5, False), (-1, False), (256, False)])
def test_pictures_that_could_be_bytes_are_known(value, kept, tmp_path):
    img = recorded()["img"]
    img[30, 1, 2, 0] = value
    assert of(tmp_path, img).bytes_like == kept


@pytest.mark.parametrize(("n_obs_steps", "horizon"), [(1, 1), (2, 8), (5, 30)])
def test_a_view_tells_what_windows_do(n_obs_steps, horizon, tmp_path):
    found = survey(tmp_path, recorded())
    seen = window_summary(found, ["state"], "action", n_obs_steps=n_obs_steps, horizon=horizon)
    episodes = list(ZarrReplay.open(tmp_path / "replay.zarr").episodes(["state"]))
    cut = Windows.cut(episodes, n_obs_steps, horizon)
    starts = np.repeat(np.cumsum([0, *LENGTHS[:-1]]), LENGTHS)
    lasts = np.repeat(np.cumsum(LENGTHS) - 1, LENGTHS)
    now = np.arange(50)
    assert seen.windows == len(cut)
    assert seen.held_first == np.mean(now - n_obs_steps + 1 < starts) and seen.held_last == np.mean(
        now + horizon - 1 > lasts
    )
    assert seen.copied_bytes == sum(v.nbytes for v in cut.obs.values()) + cut.action.nbytes


def test_a_view_takes_pictures_for_bytes(tmp_path):
    seen = window_summary(survey(tmp_path, recorded()), ["img"], "action", n_obs_steps=2)
    assert (seen.observed[0].window_bytes, seen.done.window_bytes) == (2 * 6 * 6 * 3, 2 * 4)


def test_a_view_of_what_is_not_there_is_refused(tmp_path):
    found = survey(tmp_path, recorded())
    with pytest.raises(ValueError, match="no array is called 'sate'; there are: action, img, reward, state"):
        window_summary(found, ["sate"], "action")
    with pytest.raises(ValueError, match="observed once, got: state, state"):
        window_summary(found, ["state", "state"], "action")
    with pytest.raises(ValueError, match="at least 1, got 0 and 1"):
        window_summary(found, ["state"], "action", n_obs_steps=0)


def test_push_t_has_an_angle_that_wraps_and_nothing_missing():
    reader = ZarrReplay.open(need_data("pusht"))
    state, action = facts(reader, "state"), facts(reader, "action")
    assert (state.nan, state.infinite, state.constant) == (0, 0, ())
    assert [column.wrap and column.wrap.turn for column in state.columns] == [None, None, None, None, "0 to 2 pi"]
    assert (state.columns[4].wrap.times, state.columns[4].wrap.first) == (91, Place(1, 42))
    assert state.gaps == action.gaps == 0
    columns = [c for name in reader.keys if name != "img" for c in facts(reader, name).columns]
    assert [c.outliers for c in columns] == [None] * 26 and sum(c.wrap is not None for c in columns) == 1


@pytest.mark.parametrize("size", [1, 1000, 5000, 10**9])
def test_slices_of_any_size_count_the_same(size, tmp_path):
    arrays = recorded()
    arrays["state"][[22, 40], [1, 0]] = np.nan, np.inf
    arrays["img"][41] = arrays["img"][40]
    reader = ZarrReplay.open(write(tmp_path / "replay.zarr", arrays))
    for name in arrays:
        assert repr(facts(reader, name, size=size)) == repr(facts(reader, name))


def peak(reader, name):
    """Bytes that were held at once while an array was looked through."""
    tracemalloc.start()
    try:
        facts(reader, name)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def pictures(path, frames):
    """One episode of pictures of 27,648 bytes."""
    img = np.zeros((frames, 96, 96, 3), np.uint8)
    img[:, 0, 0] = 1 + np.arange(frames)[:, None] % 200
    return ZarrReplay.open(write(path, {"img": img}, [frames], chunks=(50, 96, 96, 3)))


def test_memory_goes_with_the_slice_and_not_with_the_episode(tmp_path):
    long = peak(pictures(tmp_path / "long", 2500), "img")
    assert long <= 3 * SLICE  # a slice, and at most twice that; the episode is 69 MB
    assert long <= 1.02 * peak(pictures(tmp_path / "short", 1250), "img")
