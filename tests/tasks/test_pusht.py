"""Push-T: what is recorded, seen and simulated agree, to the pixel, and the mirror is a symmetry of all three."""

import numpy as np
import pytest
import torch

from eitherway.encoders import StateEncoder
from eitherway.heads import Regression
from eitherway.make import Make
from eitherway.tasks import PushT
from eitherway.tasks.pusht.env import pictured
from eitherway.tasks.pusht.geometry import CORNERS, KEYPOINTS, completed_push, mirrored_place, mirrored_state, seen_at
from eitherway.tasks.pusht.task import FIRST_SEED, mirrored_picture
from eitherway.training.augmentations import GoalCompletion, Mirror, demonstrated
from eitherway.training.recipe import Recipe, build
from needs import need_data

GOAL = np.array([[256.0, 256.0, 256.0, 256.0, np.pi / 4]])
GREEN = (144, 238, 144)  # of the outline where nothing covers it


@pytest.fixture(scope="module")
def task():
    need_data("pusht")
    return PushT(starts=(FIRST_SEED, 3))


@pytest.fixture(scope="module")
def recorded(task):
    """States and actions of the first demonstration."""
    state, action, _ = task.recorded[0]
    return state.astype(np.float64), action.astype(np.float64)


def tables(count, **options):
    return PushT(**options).env(count)


def replayed(env, states, actions):
    """The states that the recorded actions lead to, of a first table."""
    env.reset(seed=0, options={"state": np.repeat(states[:1], env.num_envs, 0)})
    found = []
    for action in actions:
        *_, info = env.step(np.repeat(action[None], env.num_envs, 0))
        found.append(info["state"][0])
    return np.array(found)


def test_the_demonstrations_are_206_episodes_of_25650_frames(task):
    lengths = [len(state) for state, _, _ in task.recorded]
    assert (len(lengths), sum(lengths)) == (206, 25_650)
    assert (
        repr(task.demos("train")[0]) == "Episode(agent: 161 x 2, corners: 161 x 16, offsets: 161 x 32, action: 161 x 2)"
    )
    assert task.demos("test") == []


def test_recorded_actions_lead_where_they_led(recorded):
    """A start set exactly goes on as the recording did; this checks state, action, rate and physics at once."""
    state, action = recorded
    followed = replayed(tables(1, reset="exact"), state, action[:30])
    np.testing.assert_allclose(followed, state[1:31], atol=1e-3)


def test_the_legacy_reset_puts_the_block_elsewhere(recorded):
    state, _ = recorded
    env = tables(1, reset="legacy")
    _, info = env.reset(options={"state": state[20:21]})
    assert np.abs(info["state"][0, 2:4] - state[20, 2:4]).max() > 5
    assert info["state"][0, 4] == pytest.approx(state[20, 4])


def test_starts_are_those_of_gym_pusht():
    from gym_pusht.envs.pusht import PushTEnv

    env = tables(3)
    _, info = env.reset(seed=FIRST_SEED)
    known = [PushTEnv(obs_type="state").reset(seed=FIRST_SEED + i)[0] for i in range(3)]
    np.testing.assert_allclose(info["state"], known)


def test_an_exact_reset_stands_where_it_was_drawn():
    exact, legacy = (tables(3, reset=kind).reset(seed=FIRST_SEED)[1]["state"] for kind in ("exact", "legacy"))
    np.testing.assert_allclose(exact[:, :2], legacy[:, :2])
    assert np.abs(exact[:, 2:4] - np.round(exact[:, 2:4])).max() < 1e-9  # places are drawn as whole pixels
    assert np.abs(exact[:, 2:4] - legacy[:, 2:4]).max() > 5


def test_no_start_is_a_demonstrations(task):
    """They began where RandomState(0), RandomState(1), ... put the agent; gym-pusht draws otherwise."""
    first = np.array([state[0, :2] for state, _, _ in task.recorded])
    drawn = [np.random.RandomState(k).randint(50, 450, size=2) for k in range(206)]
    np.testing.assert_allclose(first, drawn)
    starts = tables(50).reset(seed=FIRST_SEED)[1]["state"][:, :2]
    assert np.abs(starts[:, None] - first).max(-1).min() > 0


def test_corners_are_gym_pushts_own():
    from gym_pusht.envs.pusht import PushTEnv

    known = PushTEnv(obs_type="environment_state_agent_pos").reset(seed=5)[0]["environment_state"]
    env = tables(1, observe="corners")
    seen, _ = env.reset(seed=5)
    mine, theirs = (sorted(map(tuple, np.round(v.reshape(8, 2), 6))) for v in (seen["corners"][0], known))
    assert mine == theirs  # the simulator's own order is that of its hulls


def test_keypoints_are_those_of_the_recording(task):
    from eitherway.data.data_dir import find
    from eitherway.data.readers import ZarrReplay

    first = next(ZarrReplay.open(find("pusht")).read(("state", "keypoint"), which=[3]))
    away = np.abs(seen_at(KEYPOINTS, first["state"].astype(np.float64)) - first["keypoint"])
    assert np.median(away) < 0.05 and away.max() < 3


def test_pictures_are_those_of_the_recording(task):
    pictures = PushT(observe="pictures", demonstrations=1, reset="exact")
    state, _, recorded = pictures.recorded[0]
    seen, _ = pictures.env(1).reset(options={"state": state[:1].astype(np.float64)})
    differ = np.abs(seen["picture"][0].astype(int) - recorded[0].astype(int)).max(-1) > 40
    assert recorded.dtype == np.uint8 and differ.mean() < 0.02


def test_the_mirror_leaves_the_goal_where_it_is():
    np.testing.assert_allclose(mirrored_state(GOAL), GOAL)
    mine, theirs = (seen_at(CORNERS, state)[0] for state in (GOAL, mirrored_state(GOAL)))
    np.testing.assert_allclose(sorted(mirrored_place(mine).tolist()), sorted(theirs.tolist()), atol=1e-9)


def test_the_mirror_of_a_mirror_is_the_state(recorded):
    state, _ = recorded
    np.testing.assert_allclose(mirrored_state(mirrored_state(state)), state, atol=1e-9)


def test_what_pushes_pushes_in_the_mirror(recorded):
    """The physics has the symmetry: mirrored actions lead to the mirrored states."""
    state, action = recorded
    env = tables(1, reset="exact")
    there = replayed(env, mirrored_state(state), mirrored_place(action[:30]))
    np.testing.assert_allclose(mirrored_state(there), state[1:31], atol=0.2)


def test_a_mirrored_picture_shows_the_mirrored_state():
    pictures = PushT(observe="pictures", reset="exact")
    start = np.array([[100.0, 300.0, 200.0, 350.0, 1.0]])
    seen, other = (pictures.env(1).reset(options={"state": s})[0]["picture"] for s in (start, mirrored_state(start)))
    differ = np.abs(mirrored_picture(seen)[0].astype(int) - other[0].astype(int)).max(-1) > 40
    assert differ.mean() < 0.03


def shown(task, *augmentations):
    """The demonstrations as episodes, in lists that each show all."""
    return [[task.episode(each) for each in some] for some in demonstrated(task, augmentations)]


def test_mirror_images_double_the_demonstrations(task):
    recorded, mirrored = shown(task, Mirror())
    assert len(recorded) == len(mirrored) == 206
    np.testing.assert_allclose(mirrored[7].action, mirrored_place(recorded[7].action))


def test_people_stopped_short_of_the_goal(task):
    """None of the demonstrations reaches the coverage that counts as success; this is why they can be completed."""
    ends = np.array([state[-1] for state, _, _ in task.recorded])
    env = tables(206, reset="exact")
    env.reset(options={"state": ends})
    *_, info = env.step(np.array([action[-1] for _, action, _ in task.recorded]))
    assert np.median(info["coverage"]) == pytest.approx(0.88, abs=0.01) and info["coverage"].max() < 0.95


def test_a_completed_demonstration_ends_on_the_goal_and_is_otherwise_the_same(task):
    state, action, _ = task.recorded[3]
    moved, done = completed_push(state, action)
    np.testing.assert_allclose(moved[-1, 2:], GOAL[0, 2:], atol=1e-9)
    there, here = (np.linalg.norm(a[:-1] - s[1:, 2:4], axis=1) for s, a in ((moved, done), (state, action)))
    np.testing.assert_allclose(there, here, atol=1e-4)
    offsets = shown(task, GoalCompletion(), Mirror())[0][3].observation["offsets"]
    assert np.abs(offsets[-1]).max() < 1e-6 < np.abs(offsets[0]).max()


def test_pictures_of_recorded_states_are_the_recorded_pictures(task):
    state, _, recorded = PushT(observe="pictures", demonstrations=1).recorded[0]
    differ = np.abs(pictured(state[:60]).astype(int) - recorded[:60].astype(int)).max(-1) > 40
    assert differ.mean() < 0.002


def test_pictures_of_a_completed_demonstration_show_where_it_was_moved(task):
    pictures = PushT(observe="pictures", demonstrations=1)
    (whole,), (twin,) = shown(pictures, GoalCompletion(), Mirror())
    np.testing.assert_array_equal(whole.action, shown(task, GoalCompletion())[0][0].action)
    green = [(seen.observation["picture"] == GREEN).all(-1).sum((1, 2)) for seen in (whole, twin)]
    before = (pictures.demos("train")[0].observation["picture"] == GREEN).all(-1).sum((1, 2))
    assert green[0][-1] == green[1][-1] < before[-1] < before[0]  # the T covers its outline, now or nearly


def test_an_episode_ends_at_its_first_success_and_rests():
    env = tables(2, reset="exact")
    state = np.array([[256.0, 100.0, 256.0, 256.0, np.pi / 4], [50.0, 50.0, 150.0, 350.0, 0.0]])
    env.reset(options={"state": state})
    still = state[:, :2]
    _, reward, ended, _, info = env.step(still)
    assert ended.tolist() == [True, False] == info["success"].tolist()
    assert reward[0] == 1 and info["coverage"][0] > 0.95 and reward[1] < 0.5
    _, reward, ended, _, _ = env.step(np.full((2, 2), 500.0))
    assert ended[0] and reward[0] == 0


def test_some_tables_are_reset_and_others_go_on():
    env = tables(2)
    before = env.reset(seed=1)[1]["state"]
    env.step(np.full((2, 2), 256.0))
    _, info = env.reset(seed=1, options={"reset_mask": np.array([True, False])})
    np.testing.assert_allclose(info["state"][0], before[0])
    assert np.abs(info["state"][1, :2] - before[1, :2]).max() > 1


@pytest.mark.parametrize("observe", ["offsets", "corners", "state", "keypoints", "pictures"])
def test_what_is_seen_in_training_is_what_is_seen_at_the_table(observe, task):
    task = PushT(observe=observe, demonstrations=1)
    seen, _ = task.env(1).reset(seed=0)
    shown = task.demos("train")[0].observation
    assert {name: v.shape[1:] for name, v in shown.items()} == {name: v.shape[1:] for name, v in seen.items()}


def test_numbers_cannot_be_read_off_a_picture_by_a_state_encoder():
    with pytest.raises(ValueError, match="StateEncoder reads numbers alone, and picture is a picture"):
        build(Recipe(head=Make(Regression), encoder=Make(StateEncoder)), PushT(observe="pictures"), seed=0)


@pytest.mark.parametrize("option", ["demonstrations", "max_episode_steps"])
def test_there_is_at_least_one_of_everything(option):
    with pytest.raises(ValueError, match=f"{option} must be at least 1, got 0"):
        PushT(**{option: 0})


def test_there_are_no_more_demonstrations_than_were_recorded(task):
    with pytest.raises(ValueError, match="demonstrations must be at most 206, got 207"):
        PushT(demonstrations=207).demos("train")


@pytest.mark.slow
def test_a_policy_is_judged_and_recorded(task, tmp_path):
    from eitherway.evaluation.evaluate import evaluate
    from eitherway.metrics import METRICS

    small = PushT(starts=(FIRST_SEED, 2), max_episode_steps=20)
    seen = evaluate(small.neighbours, small, seed=0)
    info = {m.name: m.read(seen) for m in METRICS.values()}
    assert seen.rollouts.info["coverage"].shape == (2, 21, 1)
    assert 0 <= info["final_coverage"] <= info["max_coverage"] <= info["max_reward"] <= 1
    assert info["success"] == 0 and info["mode_entropy"] is None and torch.is_tensor(seen.draws)
