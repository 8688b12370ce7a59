"""The robot's frame: points are seen from where it is, and actions are said from there."""

import pytest
import torch
from torch.testing import assert_close

from eitherway.backbones import MLP
from eitherway.data import MinMax, Windows
from eitherway.data.spec import Spec
from eitherway.encoders import StateEncoder
from eitherway.heads import Flow, Regression
from eitherway.make import Make
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


def made(frame, head=Flow):
    encoder = StateEncoder(SPEC)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        built = head(Shape(3, 2, encoder.tokens, encoder.embed), Make(MLP, width=8))
    return Policy(SPEC, Make(MinMax), encoder, built, frame=frame)


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
    policy = made("robot", Regression)
    policy.fit(demos, generator)
    by = torch.tensor([0.3, -0.2])
    (seen, done), (elsewhere, same) = policy.normalised(demos), policy.normalised(moved(demos, by))
    assert_close(same, done)
    assert_close(elsewhere["corners"], seen["corners"])
    assert_close(elsewhere["here"] - seen["here"], (by / policy.obs_norm["here"].scale).expand(50, 2, 2))


def test_only_lists_of_points_are_moved(demos, generator):
    policy = made("robot")
    policy.fit(demos, generator)
    assert_close(policy.from_here(demos.obs, policy.here(demos.obs))["angle"], demos.obs["angle"])


@pytest.mark.parametrize("frame", ["world", "robot"])
def test_what_is_drawn_comes_back_in_raw_units(frame, demos, generator):
    """A head that answers 0 answers the middle of what was done, seen from the frame."""
    policy = made(frame, Regression)
    policy.fit(demos, generator)
    for p in policy.head.parameters():
        p.data.zero_()
    drawn = policy.sample(demos.obs, 1, generator)[0]
    here = policy.here(demos.obs)
    said = demos.action - here
    middle = (said.flatten(0, 1).amax(0) + said.flatten(0, 1).amin(0)) / 2
    assert_close(drawn, here + middle.expand(50, 3, 2))
    assert bool(here.any()) == (frame == "robot")


def test_a_plan_is_seen_from_where_the_robot_is_now(demos, generator):
    policy = made("robot")
    policy.fit(demos, generator)
    planned = demos.action[:, 1:]
    assert_close(policy.normalise_action(planned, demos.obs), policy.normalised(demos)[1][:, 1:])


def test_without_knowing_where_the_robot_is_there_is_no_frame_of_its_own():
    spec = Spec(observation={"here": 2}, action=2)
    with pytest.raises(ValueError, match=r"says where the robot is, .*\(--set RECIPE.frame=world\)"):
        Policy(spec, Make(MinMax), StateEncoder(spec), Regression(Shape(1, 2, 1, 2), Make(MLP)), frame="robot")


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
