"""What a policy is given is what its spec says, or is refused in one line that says what is wrong."""

import pytest
import torch
from torch.testing import assert_close

from eitherway.backbones import MLP
from eitherway.data import MinMax, Windows
from eitherway.data.spec import Spec
from eitherway.encoders import PictureEncoder
from eitherway.heads import MDN
from eitherway.make import Make
from eitherway.policies.policy import Policy
from eitherway.shape import Shape
from eitherway.training.recipe import Recipe
from eitherway.training.train import train

SPEC = Spec(observation={"state": 3, "view": (32, 32, 3)}, action=2, n_obs_steps=2, horizon=4)
RECIPE = Recipe(head=Make(MDN), steps=1, batch=4)


def pairs(count=8, **other):
    generator = torch.Generator().manual_seed(0)
    found = {
        "state": torch.rand(count, 2, 3, generator=generator),
        "view": torch.randint(256, (count, 2, 32, 32, 3), generator=generator).to(torch.uint8),
        "action": torch.rand(count, 4, 2, generator=generator),
        **other,
    }
    action = found.pop("action")
    return {name: value for name, value in found.items() if value is not None}, action


@pytest.fixture
def policy():
    encoder = PictureEncoder(SPEC, keypoints=2, embed=4)
    head = MDN(Shape(4, 2, encoder.tokens, encoder.embed), Make(MLP, width=8))
    policy = Policy(SPEC, Make(MinMax), encoder, head)
    policy.fit(Windows.of(*pairs()), torch.Generator())
    return policy.eval()


WRONG = {
    "width": ({"state": torch.rand(8, 2, 1)}, "the observation 'state' must be of the shape [rows, 3], got [16, 1]"),
    "broad": ({"state": torch.rand(8, 2, 4)}, "the observation 'state' must be of the shape [rows, 3], got [16, 4]"),
    "picture": (
        {"view": torch.zeros(8, 2, 64, 64, 3, dtype=torch.uint8)},
        "the observation 'view' must be of the shape [rows, 32, 32, 3], got [16, 64, 64, 3]",
    ),
    "channels first": (
        {"view": torch.zeros(8, 2, 3, 32, 32, dtype=torch.uint8)},
        "the observation 'view' must be of the shape [rows, 32, 32, 3], got [16, 3, 32, 32]",
    ),
    "shares": (
        {"view": torch.rand(8, 2, 32, 32, 3)},
        "the observation 'view' is a picture and must be bytes, 0 to 255 in uint8; got torch.float32",
    ),
    "action": ({"action": torch.rand(8, 4, 3)}, "the action must be of the shape [rows, 2], got [32, 3]"),
    "missing": ({"view": None}, "observations must be 'state', 'view': 'view' missing"),
    "extra": ({"stat": torch.rand(8, 2, 3)}, "observations must be 'state', 'view': 'stat' not known"),
    "complex": (
        {"state": torch.rand(8, 2, 3) + 0j},
        "the observation 'state' must be real numbers, got torch.complex64",
    ),
    "nan": (
        {"state": torch.rand(8, 2, 3).index_fill(0, torch.tensor([3]), float("nan"))},
        "the observation 'state' must be finite numbers; row 6 has nan",
    ),
    "large": (
        {"action": torch.rand(8, 4, 2).double().index_fill(0, torch.tensor([1]), 1e39)},
        "the action must be finite numbers; row 4 has inf",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_demonstrations_are_refused_before_training(name, policy):
    other, said = WRONG[name]
    before = {k: v.clone() for k, v in policy.state_dict().items()}
    with pytest.raises((ValueError, TypeError)) as caught:
        train(policy, Windows.of(*pairs(**other)), RECIPE, seed=0)  # at once: not one step is asked for
    assert str(caught.value) == said
    assert_close(policy.state_dict(), before, rtol=0, atol=0)


@pytest.mark.parametrize("name", WRONG)
def test_wrong_observations_and_chunks_are_refused_before_anything_is_computed(name, policy, generator):
    other, said = WRONG[name]
    obs, action = pairs(**other)
    begin = said.split(" must be")[0]
    with pytest.raises((ValueError, TypeError)) as caught:
        policy.log_prob(obs, action)
    assert str(caught.value).startswith(begin) and "\n" not in str(caught.value)
    if "action" not in other:
        with pytest.raises((ValueError, TypeError), match=begin):
            policy.sample(obs, 1, generator)


def test_observations_without_an_axis_of_time_are_refused(policy, generator):
    obs, _ = pairs()
    with pytest.raises(ValueError, match=r"'state' must be of the shape \[rows, 2, 3\], got \[8, 3\]"):
        policy.sample({**obs, "state": obs["state"][:, 0]}, 1, generator)


def test_observations_of_different_moments_are_refused(policy, generator):
    obs, _ = pairs()
    with pytest.raises(ValueError, match="of equally many moments, got 8 of 'state', 5 of 'view'"):
        policy.sample({**obs, "view": obs["view"][:5]}, 1, generator)


@pytest.mark.parametrize("horizon", [3, 5])
def test_windows_of_another_span_are_refused(horizon, policy):
    obs, _ = pairs()
    with pytest.raises(ValueError, match=f"n_obs_steps of 2 and a horizon of 4, got 2 and {horizon}"):
        train(policy, Windows.of(obs, torch.rand(8, horizon, 2)), RECIPE, seed=0)


def test_no_window_at_all_is_refused(policy):
    with pytest.raises(ValueError, match="at least one window, got none"):
        train(policy, Windows.of(*pairs())[:0], RECIPE, seed=0)


def test_numbers_in_double_precision_are_the_same_numbers(policy):
    obs, action = pairs()
    double = {**obs, "state": obs["state"].double()}
    drawn = [policy.sample(o, 2, torch.Generator().manual_seed(0)) for o in (obs, double)]
    assert drawn[1].dtype == torch.float32 and torch.equal(*drawn)
    assert torch.equal(policy.log_prob(obs, action), policy.log_prob(double, action.double()))


def test_numbers_in_double_precision_train_the_same_policy():
    ends = []
    for kind in (torch.float32, torch.float64):
        obs, action = pairs()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            encoder = PictureEncoder(SPEC, keypoints=2, embed=4)
            policy = Policy(SPEC, Make(MinMax), encoder, MDN(Shape(4, 2, 2, 4), Make(MLP, width=8)))
        *_, _ = train(policy, Windows.of({**obs, "state": obs["state"].to(kind)}, action.to(kind)), RECIPE, seed=0)
        ends.append(policy.state_dict())
    assert_close(ends[1], ends[0], rtol=0, atol=0)
