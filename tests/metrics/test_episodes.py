"""Episodic tasks and pushing, read off episodes made by hand."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest

from eitherway.data.spec import Spec
from eitherway.evaluation.data import EvaluationData
from eitherway.evaluation.rollouts import Rollouts
from eitherway.metrics import METRICS
from eitherway.metrics.episodes import distance_floor
from eitherway.tasks import Avoiding

READ = {m.name: m.read for m in METRICS.values()}
EACH = {m.name: m.each for m in METRICS.values() if m.each}


@dataclass(frozen=True)
class Told(Avoiding):
    """Modes as they are told."""

    spec = Spec(observation={"state": 4}, action=2)
    mode_frequencies = np.array([0.5, 0.25, 0.25])

    def mode_of(self, info):
        return info["mode"][:, 0, 0].astype(int)


def seen(mode=(), success=(), steps=None, coverage=None, committed_mode=None, boundary_gap=None):
    count = len(success)
    info = {"mode": np.array(mode, float).reshape(count, -1, 1)} if len(mode) else {}
    if coverage is not None:
        info["coverage"] = np.array(coverage, float)[..., None]
    decisions = 2 if committed_mode is None else len(committed_mode[0])
    rollouts = Rollouts(
        success=np.array(success),
        steps=np.array(steps if steps is not None else [3] * count),
        action=np.zeros((count, 3, 2)),
        info=info,
        decision_steps=np.arange(decisions),
        boundary_gap=np.array(boundary_gap, float) if boundary_gap is not None else np.full((count, decisions), np.nan),
        committed_mode=None if committed_mode is None else np.array(committed_mode),
        sample_fan=np.zeros((0, decisions, 1, 1, 2)),
    )
    return EvaluationData(task=Told(), success=rollouts.success, rollouts=rollouts)


def test_modes_are_counted_among_successes_alone():
    e = seen(mode=[0, 0, 1, 2, 2, -1], success=[True, True, True, True, False, False])
    q = np.array([0.5, 0.25, 0.25])
    assert READ["mode_entropy"](e) == pytest.approx(-(q * np.log(q)).sum() / math.log(3))
    assert READ["mode_distance"](e) == pytest.approx(0)


def test_one_way_alone_has_no_entropy_and_is_far_from_all_others():
    e = seen(mode=[1, 1, 1], success=[True, True, True])
    assert READ["mode_entropy"](e) == 0 and READ["mode_distance"](e) == pytest.approx(0.75)


def test_without_a_success_there_is_no_entropy_and_no_distance():
    e = seen(mode=[0, 1], success=[False, False])
    assert READ["mode_entropy"](e) == 0
    assert READ["mode_distance"](e) is None and READ["mode_distance_floor"](e) is None and READ["steps"](e) is None


def test_the_floor_is_what_the_demonstrators_own_episodes_score():
    """D3IL's 480 episodes over 24 equal modes."""
    found = distance_floor(np.full(24, 1 / 24), 480)
    assert found.mean == pytest.approx(0.087, abs=0.003) and found.n == 200


def test_the_length_is_that_of_successes():
    assert READ["steps"](seen(mode=[0, 0, 0], success=[True, False, True], steps=[10, 99, 20])) == 15


def test_a_change_of_mind_is_another_mode_at_the_same_choice():
    """Row 0: left, left, right; then row 1: right, right; then nothing: two changes are none, one is one, of four."""
    committed_mode = [[[0, 0], [0, 0], [0, 1], [1, 1], [1, 1], [1, 1], [-1, -1], [-1, -1]]]
    assert READ["mode_switch_rate"](seen(mode=[0], success=[True], committed_mode=committed_mode)) == pytest.approx(
        1 / 4
    )


def test_who_meets_each_choice_once_has_no_occasion_to_change_his_mind():
    assert READ["mode_switch_rate"](seen(mode=[0], success=[True], committed_mode=[[[0, 0], [1, 0], [2, 1]]])) is None


def test_the_jump_is_a_mean_over_decisions_that_had_a_plan():
    assert (
        READ["chunk_boundary_jump"](
            seen(mode=[0, 0], success=[True, True], boundary_gap=[[np.nan, 1.0], [np.nan, 3.0]])
        )
        == 2
    )
    assert READ["chunk_boundary_jump"](seen(mode=[0], success=[True])) is None


COVERAGE = [[np.nan, 0.2, 0.96, np.nan], [np.nan, 0.5, 0.9, 0.4]]


def test_pushing_has_four_scores_of_the_same_episodes():
    e = seen(success=[True, False], coverage=COVERAGE, steps=[2, 3])
    assert READ["max_reward"](e) == pytest.approx((1 + 0.9 / 0.95) / 2)
    assert READ["final_coverage"](e) == pytest.approx((0.96 + 0.4) / 2)
    assert READ["max_coverage"](e) == pytest.approx((0.96 + 0.9) / 2)
    assert READ["success"](e) == 0.5


def test_a_mean_over_episodes_is_the_mean_of_its_episodes():
    e = seen(success=[True, False], coverage=COVERAGE, steps=[2, 3])
    e = replace(e, outside=np.array([0.5, 0.0]), limited=np.array([0.25, 1.0]))
    applies = {name: each(e) for name, each in EACH.items() if each(e) is not None}
    assert applies.keys() == {"success", "max_reward", "final_coverage", "max_coverage", "outside", "limited"}
    for name, each in applies.items():
        assert READ[name](e) == pytest.approx(each.mean())


def test_what_was_not_pushed_has_no_coverage():
    e = seen(mode=[0], success=[True])
    assert READ["max_reward"](e) is None and READ["final_coverage"](e) is None
