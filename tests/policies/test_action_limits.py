"""Limits hold what is carried out within what was recorded or named, count what they change, and train nothing."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from eitherway.compare.storage import load_evaluation, save_evaluation
from eitherway.data import Episode, Windows
from eitherway.evaluation.evaluate import evaluate
from eitherway.make import Make
from eitherway.metrics import METRICS
from eitherway.policies.action_limits import ActionLimits, ActionRange
from eitherway.recipes import METHODS
from eitherway.training.recipe import build
from eitherway.training.train import fitted
from line import ENVS, Pace, Walk

READ = {m.name: m.read for m in METRICS.values()}
RECORDED = [[0.0, 1.0, 3.0, 2.0], [5.0, 5.5, 5.0]]  # from -> to: steps of at most 2


def episodes(actions):
    return [Episode({"x": np.zeros((len(a), 1))}, np.array(a)[:, None]) for a in actions]


def span(horizon=2, after="held", actions=RECORDED):
    found = ActionRange(1)
    found.widen(Windows.cut(episodes(actions), 1, horizon, after=after))
    return found


@pytest.mark.parametrize("horizon", [1, 2, 16])
def test_the_span_is_the_range_and_the_largest_step_within_an_episode(horizon):
    """From 2, the end of the first episode, to 5, the start of the second, nobody has gone."""
    found = span(horizon)
    assert [float(x) for x in (found.low, found.high, found.step)] == [0, 5.5, 2]


def test_where_actions_are_changes_rest_is_within_the_span():
    found = span(after="zero", actions=[[3.0, 4.0]])
    assert [float(x) for x in (found.low, found.high, found.step)] == [0, 4, 4]


def test_pairs_that_follow_nothing_know_no_step():
    found = ActionRange(1)
    found.widen(Windows.of({"x": torch.zeros(3, 1, 1)}, torch.tensor([1.0, 9.0, 4.0])[:, None, None]))
    assert found.step.isinf().all()
    assert_close(ActionLimits(found)(torch.tensor([[20.0]]), torch.tensor([[1.0]])), torch.tensor([[9.0]]))


def test_a_span_is_widened_and_begins_anew():
    found = span()
    found.widen(Windows.cut(episodes([[-4.0, 4.0]]), 1, 2))
    assert [float(x) for x in (found.low, found.high, found.step)] == [-4, 5.5, 8]
    found.forget()
    found.widen(Windows.cut(episodes([[1.0, 2.0]]), 1, 2))
    assert [float(x) for x in (found.low, found.high, found.step)] == [1, 2, 1]


def test_what_is_wanted_becomes_the_nearest_that_is_allowed():
    limits = ActionLimits(span())
    chunk = torch.tensor([[-9.0], [9.0], [2.5], [9.0], [9.0], [9.0]])
    assert limits.along(chunk)[:, 0].tolist() == [0, 2, 2.5, 4.5, 5.5, 5.5]


def test_a_margin_is_a_share_of_what_was_recorded_and_named_limits_have_none():
    wide, named = ActionLimits(span(), margin=0.5), ActionLimits(span(), low=1.0, high=(4.0,), step=0.25, margin=0.5)
    assert [float(x) for x in wide.bounds] == [-2.75, 8.25, 3]
    assert [float(x) for x in named.bounds] == [1, 4, 0.25]


def test_rounding_is_not_outside():
    found = span()
    edge = torch.tensor([[0.0], [-1e-6], [5.5], [5.500001], [-0.01], [5.51], [float("nan")]])
    assert found.outside(edge).tolist() == [False, False, False, False, True, True, False]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"margin": -0.1}, "margin must be at least 0, got -0.1"),
        ({"step": 0.0}, "step must be above 0, got 0.0"),
        ({"low": (1.0, 2.0)}, r"low must be one number, or 1 for as many action numbers; got 2"),
        ({"low": 3.0, "high": 2.0}, "high must be at least low, got 2.0 and 3.0"),
    ],
)
def test_limits_that_cannot_be_are_refused(options, said):
    with pytest.raises(ValueError, match=said):
        ActionLimits(span(), **options)


def test_a_journey_is_carried_out_within_them_and_says_how_often(tmp_path):
    """Robot i starts at -i and goes 1 a step where it wants 3: it arrives at the fifth step and later."""
    actor = Pace(3.0)
    actor.limits = ActionLimits(span(actions=[[0.0, 1.0]]))
    seen = evaluate(actor, Walk(), seed=0)
    assert seen.rollouts.steps.tolist() == [5, 6, 7, 8, 8, 8]
    assert np.nanmax(seen.rollouts.action) == 1 and np.nanmin(seen.rollouts.requested) == 3
    assert READ["limited"](seen) == 1 and READ["outside"](seen) is None
    save_evaluation(tmp_path / "row", seen, {"digest": "0", "seed": 0, "recipe": None, "versions": {}})
    back = load_evaluation(tmp_path / "row", Walk(), Walk.spec)
    assert back.limited.tolist() == [1] * ENVS
    np.testing.assert_array_equal(back.rollouts.requested, seen.rollouts.requested)


def test_the_step_is_limited_from_chunk_to_chunk():
    actor = Pace(3.0)
    actor.limits = ActionLimits(span(), low=-9.0, high=9.0, step=0.5)
    ramp = iter([0.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0])
    actor.sample = lambda obs, n, generator, planned=None: torch.full(
        (n, len(obs["x"]), 1, 1), next(ramp) if n == 1 else 0.0
    )
    assert evaluate(actor, Walk(), seed=0).rollouts.action[5, :, 0].tolist() == [0, 0.5, 1, 1.5, 2, 2.5, 3]


def test_a_policy_draws_beyond_its_data_and_limits_hold_it_back(jumper):
    """Of the same weights: what limits change is what lies outside, and nothing else."""
    jumper = replace(jumper, held_out=0)
    recipe = METHODS["flow"].recipe.replace("steps", 100)
    free, _ = fitted(recipe, jumper, seed=0)
    held = build(recipe.replace("limits", Make(ActionLimits)), jumper, seed=0)
    held.load_state_dict(free.state_dict())
    loose, tight = (evaluate(policy, jumper, seed=0) for policy in (free, held.eval()))
    outside = free.span.outside(loose.draws[0])[:, 0].numpy()
    assert 0 < outside.mean() < 0.5
    for seen in (loose, tight):
        assert READ["outside"](seen) == pytest.approx(outside.mean())
    assert READ["limited"](loose) is None
    inside = torch.from_numpy(~outside)
    assert_close(tight.draws[:, inside], loose.draws[:, inside], atol=1e-4, rtol=0)
    assert free.span.low <= tight.draws.min() and tight.draws.max() <= free.span.high


def test_limits_are_a_matter_of_drawing():
    recipe = METHODS["flow"].recipe
    other = replace(recipe, limits=Make(ActionLimits, margin=0.1))
    assert recipe.training_digest() == other.training_digest() and recipe.digest() != other.digest()
