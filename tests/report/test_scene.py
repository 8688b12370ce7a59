"""What is drawn of a rollout is what was recorded of it."""

import base64

import numpy as np
import pytest

from eitherway.report.avoiding import AvoidingView
from eitherway.report.pusht import OUTLINE, PushTView
from eitherway.report.replay import LEVELS, MISSING, played
from eitherway.report.scene import latest, moved
from eitherway.tasks.pusht.cover import covered
from eitherway.tasks.pusht.geometry import CORNERS, GOAL, seen_at
from report.replay_fixture import PLACE, fixture, kept
from report.runs import avoiding, pusht


def numbers(packed, kind, *shape):
    """Numbers of a kind, unpacked."""
    return np.frombuffer(base64.b64decode(packed), kind).astype(float).reshape(shape)


def test_the_outline_is_made_of_the_corners_and_moves_as_they_do():
    assert sorted(OUTLINE.tolist()) == sorted(CORNERS.tolist())
    state = np.array([0.0, 0.0, 200.0, 310.0, 2.1])
    np.testing.assert_allclose(moved(OUTLINE, state[2:]), seen_at(OUTLINE, state[None])[0], atol=1e-9)


def test_the_t_on_its_goal_covers_all_of_it_and_shifted_by_a_unit_along_its_bar_what_is_left():
    there = np.array([0.0, 0.0, *GOAL])
    aside = there + np.array([0, 0, 30 * np.cos(GOAL[2]), 30 * np.sin(GOAL[2]), 0])
    far = there + np.array([0, 0, 300.0, 0, 0])
    assert covered(np.stack([there, aside, far])) == pytest.approx([1.0, 3 / 7, 0.0], abs=1e-9)


def test_the_counted_coverage_is_the_environments():
    pytest.importorskip("gym_pusht")
    from eitherway.tasks import PushT

    env = PushT().env(4)
    states = np.array([[50, 50, 256 + d, 256 - d, np.pi / 4 + 0.02 * d] for d in (0, 4, 10, 30)], float)
    env.reset(options={"state": states})
    *_, info = env.step(np.full((4, 2), 50.0))
    np.testing.assert_allclose(covered(info["state"]), info["coverage"], atol=0.03)


@pytest.mark.parametrize("make, show", [(avoiding, AvoidingView), (pusht, PushTView)])
def test_what_is_sent_is_what_was_recorded_to_half_a_unit(make, show):
    r, scene = make(0), show.scene
    for i in range(2):
        packed, steps = played(scene, r, i, 5), int(r.steps[i])
        state, sent = scene.state(r)[i, : steps + 1], numbers(packed["state"], "<i2", steps + 1, -1)
        missing = np.isnan(state)
        assert (sent[missing] == MISSING).all()
        half = np.broadcast_to(scene.units, state.shape) / 2 + 1e-4
        assert (np.abs(sent * scene.units - state) <= half)[~missing].all()
        decision_steps = len(packed["decision_steps"])
        square = numbers(packed["square"], "<f4", decision_steps, 3)[:, None, None]
        sample_fan = (
            square[..., :2] + square[..., 2:] * numbers(packed["sample_fan"], "u1", decision_steps, 5, -1, 2) / LEVELS
        )
        assert (np.abs(sample_fan - r.sample_fan[i, :decision_steps, :5]) <= square[..., 2:] / LEVELS / 2 * 1.001).all()


def test_the_latest_decision_is_the_last_one_not_after_the_step():
    decision_steps = np.array([0, 8, 16])
    assert [latest(decision_steps, step) for step in (0, 7, 8, 15, 16, 40)] == [0, 0, 1, 1, 2, 2]


def test_the_field_lies_on_its_side_with_the_robots_left_up():
    start, left, ahead = AvoidingView.scene.on_page(np.array([(0.0, 0.1), (-0.3, 0.1), (0.0, 1.0)]))
    assert left[1] < start[1] == ahead[1] and ahead[0] > start[0] == left[0]


def test_the_fixture_of_the_pages_own_tests_is_what_the_library_says():
    assert kept() == fixture(), f"write {PLACE.name} again: python tests/report/replay_fixture.py"
