"""Training on every backbone is played back from a recording, and the gradients are autograd's."""

import pytest
import torch
from torch.testing import assert_close

from eitherway.heads import Flow, Regression
from eitherway.make import Make
from eitherway.shape import Shape
from eitherway.training.recording import recorded
from listed import NETS

SHAPE = Shape(5, 2, 2, 3)
CASES = [(Make(Regression), net) for net in NETS]
CASES += [(Make(Flow), net.replace("dropout", 0.2) if "dropout" in net.full() else net) for net in NETS]


def gradient_of(head, noise):
    weights = list(head.parameters())

    def gradient(a, c):
        with torch.enable_grad():
            value = head.loss(a, c, noise).mean()
            slopes = torch.autograd.grad(value, weights)
        return value.detach(), torch.cat([slope.flatten() for slope in slopes])

    return gradient


@pytest.mark.parametrize(("head", "net"), CASES, ids=repr)
def test_a_training_step_is_recorded_and_its_gradient_is_autograds(head, net):
    torch.manual_seed(0)
    noise, data = torch.Generator().manual_seed(1), torch.Generator().manual_seed(2)
    eager = gradient_of(head(SHAPE, net), noise)
    first, other, third = (tuple(torch.randn(7, *size, generator=data) for size in ((5, 2), (2, 3))) for _ in range(3))
    played = recorded(eager, first, other, noise)
    assert played is not eager
    state, everywhere = noise.get_state(), torch.get_rng_state()
    got = played(*third)
    noise.set_state(state)
    torch.set_rng_state(everywhere)
    assert_close(got, eager(*third), rtol=1e-3, atol=1e-5)
