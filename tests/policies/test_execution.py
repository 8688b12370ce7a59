"""From chunks to actions: which chunk has its say at which step."""

import math

import pytest
import torch
from torch.testing import assert_close

from eitherway.make import Make
from eitherway.policies.execution import RecedingHorizon, TemporalEnsemble

HORIZON = 4


def numbered():
    """Decisions that say who they are: the k-th asked wants 100 k + 1, 100 k + 2, ... of its steps."""
    count = iter(range(100))

    def ask(planned):
        steps = 100 * next(count) + torch.arange(1.0, HORIZON + 1)
        return steps[None, :, None].expand(2, HORIZON, 1)

    return ask


def course(execution, steps=6):
    ask = numbered()
    return [float(execution.next(ask)[0, 0]) for _ in range(steps)]


def test_a_receding_horizon_carries_out_the_first_steps_of_each_chunk():
    assert course(RecedingHorizon(n_action_steps=2)) == [1, 2, 101, 102, 201, 202]


def test_without_a_number_of_steps_the_whole_chunk_is_carried_out():
    assert course(RecedingHorizon()) == [1, 2, 3, 4, 101, 102] == course(RecedingHorizon(n_action_steps=9))


def test_an_ensemble_weighs_each_chunk_that_covers_the_step_by_its_age():
    wanted = [1.0, (101 + 0.5 * 2) / 1.5, (201 + 0.5 * 102 + 0.25 * 3) / 1.75]
    assert_close(course(TemporalEnsemble(decay=0.5), 3), wanted)


def test_acts_ensemble_weighs_the_oldest_most():
    """w_i = exp(-m i), i = 0 the oldest: with decay = e^m only the ratio matters."""
    m = 0.01
    weights = torch.exp(-m * torch.arange(4))  # the oldest first
    due = torch.tensor([4.0, 103.0, 202.0, 301.0])
    mean = float((weights * due).sum() / weights.sum())
    assert course(TemporalEnsemble(decay=math.exp(m)), 4)[-1] == pytest.approx(mean)


def test_a_filled_ensemble_is_a_buffer_that_starts_full_of_the_first_chunk():
    """DOT's: a row for each of the last H decisions, each moved on by a step when a new one comes."""
    ask, buffer, blended = numbered(), None, []
    weight = 0.5 ** torch.arange(HORIZON)  # the newest first
    for _ in range(9):
        new = ask(None)[0, :, 0]
        if buffer is None:
            buffer = [new] * HORIZON  # row k: what is to be done from now on, as was said k steps ago
        else:
            buffer = [new, *(torch.cat([old[1:], torch.full((1,), torch.nan)]) for old in buffer[:-1])]
        due = torch.stack([row[0] for row in buffer])
        blended.append(float((weight * due).sum() / weight.sum()))
    assert_close(course(TemporalEnsemble(decay=0.5, filled=True), 9), blended)
    assert course(TemporalEnsemble(decay=0.5), 9)[HORIZON:] == pytest.approx(blended[HORIZON:])


def test_an_ensemble_asked_seldom_blends_those_chunks_that_reach_so_far():
    assert_close(
        course(TemporalEnsemble(decay=0.5, every=2), 4), [1.0, 2.0, (101 + 0.25 * 3) / 1.25, (102 + 0.25 * 4) / 1.25]
    )


def test_a_decision_is_told_what_the_chunk_before_had_planned_from_now_on():
    info = []

    def ask(planned):
        info.append(planned)
        return torch.arange(1.0, HORIZON + 1)[None, :, None]

    execution = RecedingHorizon(n_action_steps=1)
    for _ in range(2):
        execution.next(ask)
    assert info[0] is None
    assert_close(info[1][0, :, 0], torch.tensor([2.0, 3.0, 4.0]))


def test_episodes_that_go_on_keep_their_own_plans():
    execution = RecedingHorizon(n_action_steps=2)
    execution.next(lambda planned: torch.arange(6.0).reshape(3, 2, 1))
    execution.keep(torch.tensor([0, 2]))
    assert execution.next(numbered())[:, 0].tolist() == [1, 5]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: RecedingHorizon(n_action_steps=0), "at least 1 step, got 0"),
        (lambda: TemporalEnsemble(every=0), "at least 1 step, got 0"),
        (lambda: TemporalEnsemble(decay=0.0), "decay must be above 0, got 0.0"),
    ],
)
def test_what_cannot_be_carried_out_is_refused(made, said):
    with pytest.raises(ValueError, match=said):
        made()


def test_the_mean_of_two_modes_is_what_an_ensemble_of_two_minds_does():
    """A policy that goes left and right in turn: a receding horizon goes either way, an ensemble between them."""
    sides = iter([-1.0, 1.0] * 10)

    def ask(planned):
        return torch.full((1, 2, 1), next(sides))

    assert float(TemporalEnsemble(decay=1.0).next(ask)) == -1
    execution = TemporalEnsemble(decay=1.0)
    execution.next(ask)
    assert float(execution.next(ask)) == 0


def test_an_execution_is_an_option_like_any_other():
    assert Make(TemporalEnsemble, decay=0.5) == Make(TemporalEnsemble, decay=0.5, every=1)


@pytest.mark.parametrize(
    "execution",
    [
        RecedingHorizon(),
        RecedingHorizon(n_action_steps=2),
        TemporalEnsemble(decay=0.5),
        TemporalEnsemble(decay=0.5, filled=True),
    ],
    ids=lambda e: type(e).__name__,
)
def test_after_a_reset_nothing_of_the_episode_before_is_carried_out(execution):
    first = course(execution, steps=3)
    execution.reset()
    assert course(execution, steps=3) == first
