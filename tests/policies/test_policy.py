"""A policy in raw units, whatever its actions are relative to; points are seen from where the robot is."""

from dataclasses import replace

import pytest
import torch
from torch.testing import assert_close

from eitherway.backbones import MLP
from eitherway.data import Episode, MinMax, Windows
from eitherway.data.spec import Spec
from eitherway.encoders import StateEncoder
from eitherway.heads import Flow, Regression
from eitherway.make import Make
from eitherway.policies.action_representation import AbsoluteActions, DeltaActions, RelativeActions
from eitherway.policies.policy import Policy
from eitherway.shape import Shape

SPEC = Spec(
    observation={"here": 2, "corners": 4, "angle": 1},
    action=2,
    n_obs_steps=2,
    horizon=3,
    robot="here",
    points=("corners",),
)


def made(representation, head=Flow):
    encoder = StateEncoder(SPEC)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        built = head(Shape(3, 2, encoder.tokens, encoder.embed), Make(MLP, width=8))
    return Policy(SPEC, Make(MinMax), encoder, built, action_representation=Make(representation))


@pytest.fixture
def demos(generator):
    obs = {k: torch.rand(50, 2, size, generator=generator) for k, size in SPEC.numbers.items()}
    return Windows.of(obs, torch.rand(50, 3, 2, generator=generator))


def moved(demos, by):
    """The same demonstrations somewhere else."""
    obs = demos.obs
    there = {"here": obs["here"] + by, "corners": obs["corners"] + by.repeat(2), "angle": obs["angle"]}
    return Windows.of(there, demos.action + by)


def test_in_the_robots_frame_what_is_done_does_not_depend_on_where(demos, generator):
    policy = made(RelativeActions, Regression)
    policy.fit(demos, generator)
    by = torch.tensor([0.3, -0.2])
    (seen, done), (elsewhere, same) = policy.normalised(demos), policy.normalised(moved(demos, by))
    assert_close(same, done)
    assert_close(elsewhere["corners"], seen["corners"])
    assert_close(elsewhere["here"] - seen["here"], (by / policy.obs_norm["here"].scale).expand(50, 2, 2))


def test_only_lists_of_points_are_moved(demos, generator):
    policy = made(RelativeActions)
    policy.fit(demos, generator)
    assert_close(policy.representation.observe(demos.obs)["angle"], demos.obs["angle"])


@pytest.mark.parametrize("representation", [AbsoluteActions, RelativeActions, DeltaActions])
def test_what_is_drawn_comes_back_in_raw_units(representation, demos, generator):
    """A head that answers 0 answers the middle of what was done, in its representation."""
    policy = made(representation, Regression)
    policy.fit(demos, generator)
    for p in policy.head.parameters():
        p.data.zero_()
    drawn = policy.sample(demos.obs, 1, generator)[0]
    said = policy.representation.encode(demos.action, demos.obs).flatten(0, 1)
    middle = ((said.amax(0) + said.amin(0)) / 2).expand(50, 3, 2)
    assert_close(drawn, policy.representation.decode(middle, demos.obs))
    assert_close(policy.representation.decode(said.unflatten(0, (50, 3)), demos.obs), demos.action)


@pytest.mark.parametrize("representation", [AbsoluteActions, RelativeActions, DeltaActions])
def test_a_density_does_not_depend_on_how_actions_are_said(representation, demos, generator):
    """Shifts and sums have determinant 1: a standard normal density of the encoded chunk is what it is."""
    spoken = representation(SPEC)
    a = demos.action[:1].double().requires_grad_()
    obs = {name: value[:1].double() for name, value in demos.obs.items()}
    jacobian = torch.autograd.functional.jacobian(lambda x: spoken.encode(x, obs).flatten(), a).reshape(6, 6)
    assert_close(torch.linalg.det(jacobian), torch.tensor(1.0).double())


@pytest.mark.parametrize("representation", [AbsoluteActions, RelativeActions, DeltaActions])
def test_what_normalisers_are_fitted_to_is_what_chunks_hold_without_padding(representation):
    place = torch.arange(14.0).reshape(7, 2) ** 1.5
    episode = Episode(
        {"here": place.numpy(), "corners": place.repeat(1, 2).numpy(), "angle": place[:, :1].numpy()},
        (place + 1).numpy(),
    )
    demos, spoken = Windows.cut([episode], 2, 3), representation(SPEC)
    chunks = spoken.encode(demos.action, demos.obs)
    held = demos.future == demos.future.roll(1, 1)
    held[:, 0] = False
    recorded = torch.cat(list(spoken.recorded_actions(demos)))
    assert set(map(tuple, recorded.tolist())) == set(map(tuple, chunks[~held].tolist()))


def test_a_plan_is_seen_from_where_the_robot_is_now(demos, generator):
    policy = made(RelativeActions)
    policy.fit(demos, generator)
    planned = demos.action[:, 1:]
    assert_close(policy.normalise_action(planned, demos.obs), policy.normalised(demos)[1][:, 1:])


@pytest.mark.parametrize("representation", [RelativeActions, DeltaActions])
def test_without_knowing_where_the_robot_is_nothing_is_relative(representation):
    spec = Spec(observation={"here": 2}, action=2)
    with pytest.raises(ValueError, match=r"says where the robot is, .*RECIPE.action_representation=AbsoluteActions"):
        representation(spec)
    with pytest.raises(ValueError, match="actions that are places, and the task's are changes"):
        representation(replace(spec, robot="here", after="zero"))


@pytest.mark.parametrize("spec", [replace(SPEC, robot=None, points=()), replace(SPEC, after="zero")])
def test_where_it_is_not_required_actions_stay_as_they_are(spec, demos):
    spoken = RelativeActions(spec, required=False)
    assert torch.equal(spoken.encode(demos.action, demos.obs), demos.action)
    assert torch.equal(spoken.decode(demos.action, demos.obs), demos.action)
    assert all(torch.equal(spoken.observe(demos.obs)[name], seen) for name, seen in demos.obs.items())
    kept, whole = (torch.cat(list(each.recorded_actions(demos))) for each in (spoken, AbsoluteActions(spec)))
    assert torch.equal(kept.unique(dim=0), whole.unique(dim=0))


@pytest.mark.parametrize("name", ["observation.state", "type", "half", "keys", "forward", "", "train", "each"])
def test_an_observation_may_have_any_name(name, generator):
    seen, done = torch.rand(50, 1, 2, generator=generator), torch.rand(50, 1, 1, generator=generator)
    policy, plain = (named(each, seen, done, generator) for each in (name, "state"))
    drawn, known = policy.normalise({name: seen})[name], plain.normalise({"state": seen})["state"]
    assert_close(drawn, known, rtol=0, atol=0)
    named(name, seen + 1, done, generator).load_state_dict(policy.state_dict())


def named(name, seen, done, generator):
    """A policy fitted to pairs of which what is observed has that name."""
    spec = Spec(observation={name: 2}, action=1)
    policy = Policy(spec, Make(MinMax), StateEncoder(spec), Regression(Shape(1, 1, 1, 2), Make(MLP)))
    policy.fit(Windows.of({name: seen}, done), generator)
    return policy


def test_windows_share_their_frames_and_are_copied_out_when_asked_for(demos):
    some = demos[torch.tensor([3, 1])]
    assert some.frames["here"] is demos.frames["here"]
    assert_close(some.obs["here"], demos.obs["here"][[3, 1]])
