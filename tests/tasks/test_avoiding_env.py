"""The field as a Gymnasium environment."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.wrappers.vector import RecordEpisodeStatistics

from eitherway.tasks.avoiding import AvoidingVectorEnv
from eitherway.tasks.avoiding.env import LONGEST, towards


def robots(n, **options):
    env = AvoidingVectorEnv(n)
    env.reset(seed=0, options=options)
    return env


def play(env, *targets):
    """Goes to one target after the other, until all have ended; the last answer of the environment."""
    for target in targets:
        for _ in range(60):
            answer = env.step(np.broadcast_to(np.array(target, np.float32), (env.num_envs, 2)))
            if (answer[2] | answer[3]).all():
                return answer
            if np.linalg.norm(answer[0][:, :2] - target, axis=-1).max() < 0.01:
                break
    return answer


def test_the_robot_goes_half_the_way_and_never_more_than_the_greatest_step():
    p, target = np.zeros((3, 2)), np.array([(0.06, 0.08), (0.03, 0.0), (30.0, 40.0)])
    np.testing.assert_allclose(towards(p, target), [(0.03, 0.04), (0.015, 0.0), (0.03, 0.04)], rtol=1e-6)


def test_the_robot_sees_its_position_and_the_target_it_was_given():
    env = robots(2, start=(0.0, 0.1))
    seen, *_ = env.step(np.array([(0.02, 0.1), (0.0, 0.14)], np.float32))
    np.testing.assert_allclose(seen, [(0.01, 0.1, 0.02, 0.1), (0.0, 0.12, 0.0, 0.14)], rtol=1e-6)


def test_at_the_start_the_target_is_where_the_robot_is():
    seen, _ = AvoidingVectorEnv(10_000).reset(seed=0)
    assert (seen[:, :2] == seen[:, 2:]).all()
    np.testing.assert_allclose([seen[:, :2].min(0), seen[:, :2].max(0)], [(-0.05, 0.05), (0.05, 0.15)], atol=1e-4)


def test_a_straight_dash_runs_into_the_first_obstacle():
    seen, reward, terminated, truncated, info = play(robots(3, start=(0.0, 0.1)), (0.0, 3.0))
    assert terminated.all() and not truncated.any() and not reward.any()
    assert not info["success"].any() and (info["mode"] == -1).all()
    assert (np.abs(seen[:, 1] - 0.6) < 0.12).all()


def test_who_reaches_the_line_succeeds_and_has_gone_a_way():
    env = robots(3, start=(0.0, 0.1))
    _, reward, terminated, _, info = play(env, (-0.2, 0.4), (-0.2, 0.8), (0.0, 1.05), (0.0, 1.4), (0.2, 1.6), (0.2, 3))
    assert terminated.all() and (reward == 1).all() and info["success"].all()
    assert (info["mode"] == 6).all()


def test_a_way_is_said_from_the_last_row_on():
    env, seen = robots(1, start=(-0.2, 0.1)), [(0.0, -1)]
    for x in [(-0.2, 0.8)] * 20 + [(-0.4, 1.4)] * 20 + [(-0.6, 1.6)] * 20 + [(-0.6, 3.0)] * 20:
        state, _, terminated, _, info = env.step(np.array([x], np.float32))
        seen.append((float(state[0, 1]), int(info["mode"][0])))
        if terminated:
            break
    assert all(mode == (0 if y >= 1.8 else -1) for y, mode in seen) and seen[-1][1] == 0


def test_a_robot_at_rest_is_stopped_after_the_longest_time():
    env = robots(2, start=(0.0, 0.1))
    here = np.array([(0.0, 0.1)] * 2, np.float32)
    late = [env.step(here)[3].all() for _ in range(LONGEST)]
    assert late == [False] * (LONGEST - 1) + [True]


@pytest.mark.parametrize("target", [(np.nan, 0.0), (0.0, np.inf), (-np.inf, np.nan)])
def test_a_target_that_is_no_number_is_a_failure_and_the_robot_stays(target):
    env = robots(1, start=(0.0, 0.1))
    seen, reward, terminated, _, info = env.step(np.array([target], np.float32))
    np.testing.assert_allclose(seen, [(0.0, 0.1, 0.0, 0.1)], rtol=1e-6)
    assert terminated.all() and not info["success"].any() and not reward.any()


def test_the_step_after_an_end_starts_that_robot_anew_and_no_other():
    env = robots(2, start=[(0.0, 0.47), (0.0, 0.1)])
    up = np.array([(0.0, 1.0), (0.0, 0.2)], np.float32)
    _, _, terminated, truncated, _ = env.step(up)
    assert terminated.tolist() == [True, False] and not truncated.any()
    seen, reward, terminated, truncated, info = env.step(up)
    assert not (terminated | truncated).any() and not reward.any()
    assert (np.abs(seen[0, :2] - (0.0, 0.1)) <= 0.05).all() and (seen[0, 2:] == seen[0, :2]).all()
    np.testing.assert_allclose(seen[1], (0.0, 0.175, 0.0, 0.2), rtol=1e-6)
    assert info["_success"].tolist() == info["_mode"].tolist() == [False, True]
    assert env.steps.tolist() == [0, 2]


def test_a_new_episode_forgets_the_gaps_of_the_last():
    env = robots(1, start=(0.0, 0.1))
    play(env, (-0.2, 0.4), (-0.2, 0.8), (0.0, 1.05), (0.0, 1.4), (0.2, 1.6), (0.2, 3.0))
    env.step(np.zeros((1, 2), np.float32))
    assert (env.gaps == -1).all()


def test_gymnasium_counts_each_robots_own_episodes():
    env = RecordEpisodeStatistics(AvoidingVectorEnv(3))
    assert env.metadata["autoreset_mode"] == gym.vector.AutoresetMode.NEXT_STEP
    ahead = np.array([(0.0, 0.06), (0.0, 0.04), (0.0, 0.02)], np.float32)  # at half of it a step into the first disc
    seen, lengths = env.reset(seed=0)[0], [[], [], []]
    for _ in range(150):
        seen, *_, info = env.step(seen[:, :2] + ahead)
        for i in np.flatnonzero(info.get("_episode", [])):
            lengths[i].append(int(info["episode"]["l"][i]))
    for speed, length in zip((0.03, 0.02, 0.01), lengths, strict=True):  # 0.33 to 0.45 away: starts are 0.1 apart
        assert len(length) >= 3 and 0.33 / speed <= min(length) and max(length) <= 0.45 / speed + 1


def test_a_seed_fixes_all_that_happens():
    def run(seed):
        env, rng = AvoidingVectorEnv(5), np.random.default_rng(1)
        seen = [env.reset(seed=seed)[0]]
        for _ in range(300):  # long enough for several new starts
            seen.append(env.step(seen[-1][:, :2] + rng.normal(0.02, 0.05, (5, 2)))[0])
        return np.array(seen)

    first, again, other = run(4), run(4), run(5)
    assert (first == again).all() and (first != other).any()


@pytest.mark.parametrize("start", [(0.9, 0.1), (0.0, -0.1), (0.0, 0.5), (np.nan, 0.1)])
def test_an_impossible_start_is_refused(start):
    with pytest.raises(ValueError, match=r"start must have \|x\| <= 0.8 and y in \[0, 0.48\], got"):
        robots(1, start=start)


def test_without_robots_there_is_no_environment():
    with pytest.raises(ValueError, match="num_envs must be at least 1, got 0"):
        AvoidingVectorEnv(0)


def test_what_is_seen_and_done_has_the_size_that_the_spaces_say():
    env = AvoidingVectorEnv(4)
    seen, _ = env.reset(seed=0)
    assert env.observation_space.contains(seen)
    assert env.observation_space.contains(env.step(env.action_space.sample())[0])
