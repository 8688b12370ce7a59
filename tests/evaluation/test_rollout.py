"""The closed loop, on an episodic task whose every number is known: a line along which one walks."""

import numpy as np
import pytest
import torch

from eitherway.compare.storage import load_evaluation, save_evaluation
from eitherway.data.spec import Spec
from eitherway.evaluation.evaluate import evaluate, starts
from eitherway.evaluation.rollout import DRAWS, FANS, NotFinite, observe, rollout
from eitherway.evaluation.rollouts import Rollouts
from eitherway.make import Make
from eitherway.policies.execution import RecedingHorizon, TemporalEnsemble
from line import ENVS, Pace, Walk


class Doubts(Pace):
    """Goes one step at one decision, two at the next."""

    def sample(self, obs, n, generator, planned=None):
        drawn = super().sample(obs, n, generator, planned)
        return drawn * (1 + (len(self.seen) + 1) % 2)


def walked(actor, execution=None, max_episode_steps=8):
    return rollout(actor, Walk(max_episode_steps), Walk.spec, execution or RecedingHorizon(), seed=0)


def test_every_episode_ends_when_its_environment_says_so_or_time_is_up():
    done = walked(Pace())
    assert done.steps.tolist() == [5, 6, 7, 8, 8, 8]
    assert done.success.tolist() == [True] * 4 + [False] * 2


def test_what_was_told_is_kept_from_the_start_to_the_end_of_each_episode():
    x = walked(Pace()).info["x"][:, :, 0]
    assert x.shape == (ENVS, 9)
    assert x[0, :6].tolist() == [0, 1, 2, 3, 4, 5] and np.isnan(x[0, 6:]).all()


def test_a_policy_sees_its_past_and_the_first_observation_is_held():
    actor = Pace()
    walked(actor)
    assert actor.seen[0][1, :, 0].tolist() == [-1, -1]
    assert actor.seen[1][1, :, 0].tolist() == [0, 1]


def test_only_episodes_on_their_way_are_asked_for():
    actor = Pace()
    walked(actor)
    assert [len(seen) for seen in actor.seen] == [
        6,
        6,
        6,
        4,
    ]  # two steps a chunk: after six, those from 0 and -1 are done


def test_the_jump_is_how_far_a_new_chunk_is_from_what_was_planned():
    boundary_gap = walked(Doubts(), RecedingHorizon(n_action_steps=1)).boundary_gap
    assert np.isnan(boundary_gap[:, 0]).all() and boundary_gap[5, 1:4].tolist() == [1, 1, 1]
    assert np.isnan(walked(Doubts()).boundary_gap).all()  # a chunk that is carried out whole leaves no plan


def test_intentions_are_kept_of_those_who_decided():
    done = walked(Doubts(), RecedingHorizon(n_action_steps=1))
    assert done.committed_mode[5, :4].tolist() == [[0, 0], [0, 1], [0, 0], [0, 1]]
    assert done.committed_mode[0, -1].tolist() == [-1, -1]


def test_more_draws_are_looked_at_without_moving_the_episodes():
    done = walked(Pace())
    assert done.sample_fan.shape == (FANS, len(done.decision_steps), DRAWS, 2, 1) and (done.sample_fan[3] == 1).all()


def test_an_ensemble_asks_at_every_step():
    assert walked(Pace(), TemporalEnsemble(), max_episode_steps=3).decision_steps.tolist() == [0, 1, 2]


class Lost(Pace):
    def sample(self, obs, n, generator, planned=None):
        drawn = super().sample(obs, n, generator, planned).clone()
        drawn[:, :, 1] = torch.nan
        return drawn


def test_an_action_that_is_no_number_ends_it_all():
    with pytest.raises(NotFinite, match="6 of 12"):
        walked(Lost())


def test_rollouts_come_back_from_their_arrays_as_they_were():
    done = walked(Doubts(), RecedingHorizon(n_action_steps=1))
    back = Rollouts.from_arrays(done.to_arrays())
    assert back.to_arrays().keys() == done.to_arrays().keys()
    for name, value in done.to_arrays().items():
        np.testing.assert_array_equal(back.to_arrays()[name], value)
    assert Rollouts.from_arrays({"s": np.zeros(3)}) is None


def test_the_evidence_of_a_journey_survives_the_disk(tmp_path):
    seen = evaluate(Pace(), Walk(), execution=Make(RecedingHorizon, n_action_steps=1), seed=0)
    save_evaluation(tmp_path / "row", seen, {"digest": "0", "seed": 0, "recipe": None, "versions": {}})
    back = load_evaluation(tmp_path / "row", Walk(), Walk.spec)
    assert back.success.tolist() == seen.success.tolist() and not back.obs
    np.testing.assert_array_equal(back.rollouts.info["x"], seen.rollouts.info["x"])


def test_where_there_are_few_starts_they_come_again():
    assert starts(Walk(), Walk.spec, 8, "cpu")["x"][:, -1, 0].tolist() == [0, -1, -2, -3, -4, -5, 0, -1]


def test_a_flipped_view_of_an_environment_is_seen_flipped():
    pictures = np.arange(2 * 4 * 5 * 3, dtype=np.uint8).reshape(2, 4, 5, 3)
    spec = Spec({"camera": (4, 5, 3), "state": 3}, action=1)
    seen = observe({"camera": pictures[:, ::-1, ::-1], "state": np.arange(6.0).reshape(2, 3)[:, ::-1]}, spec)
    np.testing.assert_array_equal(seen["camera"].numpy(), pictures[:, ::-1, ::-1])
    assert seen["camera"].dtype == torch.uint8 and seen["state"].tolist() == [[2, 1, 0], [5, 4, 3]]


@pytest.mark.parametrize("shown", [np.zeros((2, 3)), {"a": np.zeros((2, 3))}])
def test_what_an_environment_does_not_show_is_named(shown):
    with pytest.raises(ValueError, match=r"the environment must show 'b' too; it shows \['a'\]"):
        observe(shown, Spec({"a": 3, "b": 3}, action=1))
