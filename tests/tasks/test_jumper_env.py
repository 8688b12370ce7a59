"""The jumper as Gymnasium environments."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import eitherway.tasks.jumper  # noqa: F401 (registers the environment)

NAME = "eitherway/Jumper-v0"
GREEN, RED = np.array([58, 143, 92]), np.array([209, 73, 91])


@pytest.fixture
def env():
    with gym.make(NAME, render_mode="rgb_array") as made:
        yield made


@pytest.fixture
def envs():
    made = gym.make_vec(NAME, num_envs=5)
    yield made
    made.close()


def landing(env, x, s=0.0):
    env.reset(options={"s": s})
    return env.step(np.array([x], np.float32))


def centre(picture, colour, rows):
    """Where the pixels of a colour are, in units of the robot's width; the picture spans [-4, 4]."""
    found = np.abs(picture[rows].astype(int) - colour).max(-1) < 12
    columns = np.nonzero(found.any(0))[0]
    return (columns.min() + columns.max() + 1) / 2 / picture.shape[1] * 8 - 4


def test_gymnasium_finds_nothing_to_complain_of(env):
    check_env(env.unwrapped)


def test_one_decision_is_an_episode(env):
    *_, terminated, truncated, _ = landing(env, 1.5)
    assert terminated and not truncated


@pytest.mark.parametrize(
    ("x", "right"), [(-1.5, True), (-1.0, True), (-0.999, False), (0.0, False), (0.999, False), (1.0, True)]
)
def test_a_landing_succeeds_where_it_does_not_overlap_and_may_touch(env, x, right):
    _, reward, *_, info = landing(env, x)
    assert (reward, info["success"]) == (float(right), right)


def test_a_landing_nowhere_is_a_failure(env):
    _, reward, *_, info = landing(env, float("nan"))
    assert reward == 0.0 and not info["success"]


def test_the_start_can_be_given(env):
    assert env.reset(options={"s": 0.7})[0] == np.float32(0.7)


def test_a_start_out_of_reach_is_refused(env):
    with pytest.raises(ValueError, match=r"must lie in \[-1.5, 1.5\], got 2"):
        env.reset(options={"s": 2.0})


def test_a_seed_fixes_the_starts(env):
    first = [env.reset(seed=4)[0], env.reset()[0]]
    again = [env.reset(seed=4)[0], env.reset()[0]]
    assert first == again and first[0] != first[1]


def test_starts_are_uniform_up_to_the_stated_ends():
    envs = gym.make_vec(NAME, num_envs=20_000)
    s, _ = envs.reset(seed=0)
    assert np.abs(s).max() == pytest.approx(1.2, abs=1e-3)
    assert s.std() == pytest.approx(1.2 / 3**0.5, rel=0.02)


def test_many_are_judged_as_one_would_be(env, envs):
    x = np.array([[-2.0], [-0.5], [0.2], [1.0], [np.nan]], np.float32)
    envs.reset(options={"s": [0.1, 0.2, 0.3, 0.4, 0.5]})
    s, reward, terminated, truncated, info = envs.step(x)
    alone = [landing(env, float(v), float(start)) for v, start in zip(x[:, 0], s[:, 0], strict=True)]
    assert reward.tolist() == [a[1] for a in alone]
    assert info["success"].tolist() == [a[4]["success"] for a in alone]
    assert terminated.all() and not truncated.any()


def test_after_a_jump_the_next_step_starts_new_episodes(envs):
    old, _ = envs.reset(seed=0)
    envs.step(np.ones((5, 1), np.float32))
    new, reward, terminated, *_ = envs.step(np.ones((5, 1), np.float32))
    assert not reward.any() and not terminated.any() and (new != old).all()
    *_, terminated, _, _ = envs.step(np.ones((5, 1), np.float32))
    assert terminated.all()


def test_a_picture_is_rows_columns_and_colours(env):
    env.reset(seed=0)
    assert (env.render().shape, env.render().dtype) == ((300, 480, 3), np.uint8)


@pytest.mark.parametrize("s", [-1.2, 0.0, 0.8])
def test_the_robot_stands_below_at_s(env, s):
    env.reset(options={"s": s})
    assert centre(env.render(), GREEN, slice(180, 300)) == pytest.approx(s, abs=0.03)


def test_the_obstacle_hangs_above_at_zero(env):
    env.reset(options={"s": 1.0})
    assert centre(env.render(), RED, slice(0, 150)) == pytest.approx(0.0, abs=0.03)


@pytest.mark.parametrize("x", [-2.0, 1.5])
def test_a_landing_is_outlined_above_where_it_is(env, x):
    landing(env, x)
    assert centre(env.render(), GREEN, slice(0, 150)) == pytest.approx(x, abs=0.05)


def test_before_a_jump_no_landing_is_drawn(env):
    env.reset(seed=0)
    assert (np.abs(env.render()[:150].astype(int) - GREEN).max(-1) >= 12).all()


def test_a_landing_nowhere_can_still_be_drawn(env):
    landing(env, float("nan"))
    assert env.render().shape == (300, 480, 3)


def test_without_a_render_mode_there_is_no_picture():
    from eitherway.tasks.jumper import JumperEnv, JumperVectorEnv

    assert JumperEnv().render() is None and JumperVectorEnv(2).render() is None


def test_many_are_drawn_one_by_one():
    from eitherway.tasks.jumper import JumperVectorEnv

    envs = JumperVectorEnv(3, render_mode="rgb_array")
    envs.reset(seed=0)
    assert [p.shape for p in envs.render()] == [(300, 480, 3)] * 3


@pytest.mark.parametrize("made", ["JumperEnv", "JumperVectorEnv"])
def test_an_unknown_render_mode_is_one_clear_error(made):
    import eitherway.tasks.jumper as jumper

    with pytest.raises(ValueError, match="render_mode must be None or 'rgb_array', got 'human'"):
        getattr(jumper, made)(render_mode="human")
