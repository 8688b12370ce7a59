"""Where policies are judged: at starts of one's choice, of which none is a demonstration's."""

import numpy as np
import pytest

from eitherway.compare import Plan
from eitherway.evaluation.evaluate import evaluate
from eitherway.make import Make
from eitherway.tasks import Avoiding, Fork, Jumper, PushT

CHEAP = {
    "jumper": Make(Jumper),
    "fork": Make(Fork, demonstrations=10, held_out=0),
    "avoiding": Make(Avoiding, demonstrations=10),
    "pusht": Make(PushT),
}
EXPERT = 1_351_322_814  # the environment seed of the expert's 500 demonstrations with data seed 0


def first_seen(task):
    """What is observed at a task's starts, side by side."""
    env = task.env(task.starts[1])
    seen, _ = env.reset(seed=task.starts[0])
    env.close()
    return np.concatenate([seen[k] for k in sorted(seen)], -1) if isinstance(seen, dict) else seen


@pytest.mark.parametrize("name", CHEAP)
def test_fewer_starts_are_the_first_of_more(name):
    few, many = (CHEAP[name].replace("starts", (7_000, n))() for n in (3, 5))
    np.testing.assert_array_equal(first_seen(few), first_seen(many)[:3])


@pytest.mark.parametrize("name", CHEAP)
def test_starts_of_another_seed_are_other_starts(name):
    here, there = (first_seen(CHEAP[name].replace("starts", (first, 5))()) for first in (7_000, 8_000))
    assert not (here[:, None] == there).all(-1).any()


@pytest.mark.parametrize("name", ["jumper", "fork", "avoiding"])
def test_one_seed_draws_all_starts_of_a_vectorised_task(name):
    here, next_one = (first_seen(CHEAP[name].replace("starts", (first, 5))()) for first in (7_000, 7_001))
    assert not (here[1:] == next_one[:-1]).all(-1).any()


def test_each_start_of_pusht_has_the_seed_after_that_of_the_one_before():
    here, next_one = (first_seen(PushT(starts=(first, 5))) for first in (7_000, 7_001))
    np.testing.assert_array_equal(here[1:], next_one[:-1])


@pytest.mark.parametrize("starts", [(0, 1), (205, 1), (0, 50), (100, 500)])
def test_the_seeds_of_pushts_demonstrations_are_refused(starts):
    with pytest.raises(ValueError, match="starts must not reach the demonstrations' own, of seed 0 to 205: got"):
        PushT(starts=starts)
    assert PushT(starts=(206, 1)).starts == (206, 1)


def test_the_seed_of_the_experts_demonstrations_is_refused_and_draws_their_starts():
    with pytest.raises(ValueError, match=f"the demonstrations' own, of seed {EXPERT}: got {EXPERT}:10"):
        Avoiding(starts=(EXPERT, 10))
    task = Avoiding(starts=(EXPERT + 1, 10))
    again, _ = task.env(10).reset(seed=EXPERT)
    np.testing.assert_array_equal(again, [e.observation["state"][0] for e in task.demos("train")[:10]])


@pytest.mark.parametrize("starts", [(-1, 5), (5, 0), (5, -3)])
@pytest.mark.parametrize("name", CHEAP)
def test_there_is_a_seed_and_at_least_one_start(name, starts):
    with pytest.raises(ValueError, match=f"at least one start, got {starts[0]}:{starts[1]}"):
        CHEAP[name].replace("starts", starts)()


def test_a_policy_is_judged_where_it_is_said_to_be():
    task = Jumper(starts=(123, 7))
    seen = evaluate(task.actors()["truth"], task, seed=0)
    assert len(seen.success) == 7
    np.testing.assert_array_equal(seen.obs["state"][:, 0].numpy(), first_seen(task))


def test_a_row_of_other_starts_is_another_row():
    digests = {
        Plan(task_name="jumper", task=Make(Jumper, starts=starts), recipes={}, seeds=(0,)).digest("truth")
        for starts in ((20_000, 10_000), (20_001, 10_000), (20_000, 9_999))
    }
    assert len(digests) == 3
