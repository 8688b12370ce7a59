"""A recording answers what the function would have answered, or is not used."""

import pytest
import torch
from torch.testing import assert_close

from eitherway.backbones import MLP
from eitherway.make import Make
from eitherway.randomness import stream
from eitherway.training.flat_parameters import FlatParameters
from eitherway.training.recipe import Recipe, build
from eitherway.training.recording import recorded
from eitherway.training.train import Stage, recorded_gradient
from listed import HEADS


def numbers(rows, seed):
    return torch.randn(rows, 2, generator=torch.Generator().manual_seed(seed))


def test_a_recording_follows_weights_that_change_in_place():
    weight = torch.ones(2)
    played = recorded(lambda x: ((x * weight).sum(), x.sin()), (numbers(3, 0),), (numbers(3, 1),))
    weight.mul_(5)
    x = numbers(3, 2)
    assert_close(played(x), ((x * 5).sum(), x.sin()))


def test_a_recording_draws_anew_each_time(generator):
    def noisy(x):
        return x + torch.randn(x.shape, generator=generator), x

    again = torch.Generator()
    again.set_state(generator.get_state())
    played = recorded(noisy, (numbers(3, 0),), (numbers(3, 1),), generator)
    x = numbers(3, 2)
    exact = [x + torch.randn(x.shape, generator=again) for _ in range(2)]
    assert_close([played(x)[0], played(x)[0]], exact)


def test_a_function_that_decides_by_a_value_is_called_as_it_is():
    def either(x):
        return (x if float(x.detach().sum()) > 0 else -x), x

    played = recorded(either, (torch.ones(3, 2),), (-torch.ones(3, 2),))
    assert_close(played(-2 * torch.ones(3, 2))[0], 2 * torch.ones(3, 2))


@pytest.mark.parametrize("head", HEADS, ids=repr)
def test_recorded_gradients_are_autograds(head, jumper, demos):
    recipe = Recipe(head=head, backbone=Make(MLP, width=8, fourier_octaves=2), batch=20)
    policy = build(recipe, jumper, seed=0)
    policy.fit(demos, stream(0, "fit"))
    batches = [policy.normalised(demos[i : i + 20]) for i in (0, 20, 40)]
    noise, again = stream(0, "noise"), stream(0, "noise")
    stage = Stage(policy, policy.head.loss, FlatParameters(policy))
    gradient = recorded_gradient(stage, noise, *batches[:2])
    obs, a = batches[2]
    value, slope = gradient(a, *obs.values())
    exact = policy.head.loss(a, policy.encoder(obs), again).mean()
    slopes = torch.autograd.grad(exact, [p for p in policy.parameters() if p.requires_grad])
    assert_close(value, exact.detach(), rtol=1e-4, atol=1e-6)
    assert_close(slope, torch.cat([s.flatten() for s in slopes]), rtol=1e-3, atol=1e-5)
