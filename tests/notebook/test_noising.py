"""The robot, and how it dissolves."""

import numpy as np
import pytest

from eitherway.notebook.display import show
from eitherway.notebook.jumper_strip import still_strip
from eitherway.notebook.noising import FRACTIONS, beside, dissolving, forming, mixed, noise
from eitherway.notebook.robot import portrait

GREEN = np.array([58, 143, 92]) / 255


def test_the_portrait_is_always_the_same_and_made_of_colours():
    robot = portrait(96)
    assert robot.shape == (96, 96, 3) and robot.min() >= 0 and robot.max() <= 1
    assert np.array_equal(robot, portrait(96))


def test_the_robot_is_the_jumpers_green_and_sizes_agree():
    robot = portrait(96)
    assert (np.abs(robot - GREEN).max(-1) < 0.01).mean() > 0.1
    small = robot.reshape(48, 2, 48, 2, 3).mean((1, 3))
    assert np.abs(portrait(48) - small).max() < 0.01  # rounding to 256 levels


def test_a_portrait_of_no_size_is_refused():
    with pytest.raises(ValueError, match="at least 1, got 0"):
        portrait(0)


def test_noise_comes_in_linearly_from_none_to_nothing_else():
    robot = portrait(32)
    assert np.allclose(mixed(0.0, robot), robot)
    assert np.allclose(mixed(1.0, robot), np.clip((noise(32) + 1) / 2, 0, 1))
    likeness = [np.corrcoef(mixed(t, robot).ravel(), robot.ravel())[0, 1] for t in FRACTIONS]
    assert likeness == sorted(likeness, reverse=True) and likeness[3] > 0.4


def test_the_strip_reads_forwards_and_then_backwards():
    times = [axes.get_title() for axes in dissolving().axes]
    assert times[:5] == [f"t = {t:g}" for t in FRACTIONS] and times[5:] == times[4::-1]


def test_noise_pictures_stay_small():
    x = np.random.default_rng(0).choice([-1.2, 1.2], 1_000)
    assert len(show(dissolving(), "strip").data) < 65_000
    assert len(show(beside(x), "beside").data) < 45_000


def test_forming_needs_two_frames():
    with pytest.raises(ValueError, match="at least 2 frames, got 1"):
        forming(frames=1)


def test_the_stills_end_in_one_success_and_two_failures():
    said = [axes.get_xlabel() for axes in still_strip().axes]
    assert [s.rsplit(": ")[-1] for s in said[2:]] == ["Success!", "Fail!", "Fail!"]
    assert len({axes.images[0].get_array().tobytes() for axes in still_strip().axes}) == 5
