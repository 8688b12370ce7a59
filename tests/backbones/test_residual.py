"""Blocks that add to what came before; the times scale and shift what each of them sees."""

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from eitherway.backbones import Residual
from eitherway.shape import Shape

SHAPE = Shape(4, 2, 3, 5)


def made(**options):
    torch.manual_seed(0)
    return Residual(SHAPE, d_in=2, d_out=2, times=1, **{"width": 16, **options}).double()


def inputs(generator):
    c, x = (torch.randn(6, *size, generator=generator, dtype=torch.float64) for size in ((3, 5), (4, 2)))
    return c, x, torch.rand(6, generator=generator, dtype=torch.float64)


def test_blocks_that_add_nothing_leave_a_linear_map_of_a_norm(generator):
    net, (c, x, t) = made(), inputs(generator)
    for block in net.blocks:
        nn.init.zeros_(block.leave.weight)
        nn.init.zeros_(block.leave.bias)
    exact = net.answer(net.entry(torch.cat([c.flatten(1), x.flatten(1)], dim=1)))
    assert_close(net(c, x, t).flatten(1), exact)


def test_times_come_in_by_scale_and_shift_alone(generator):
    net, (c, x, t) = made(), inputs(generator)
    assert (net(c, x, t.flip(0)) - net(c, x, t)).abs().max() > 1e-4
    for block in net.blocks:
        nn.init.zeros_(block.modulate.weight)
    assert_close(net(c, x, t.flip(0)), net(c, x, t), rtol=0, atol=0)


def test_what_the_blocks_add_at_first_does_not_grow_with_their_number(generator):
    def added(depth):
        """Mean square of h_L - h_0."""
        net, (c, x, t) = made(width=64, depth=depth).requires_grad_(False), inputs(generator)
        h = first = net.entry(torch.cat([c.flatten(1), x.flatten(1)], dim=1))
        for block in net.blocks:
            h = block(h, nn.functional.silu(net.time(t)))
        return float((h - first).square().mean())

    assert 0.5 < added(32) / added(2) < 2


@pytest.mark.parametrize(
    ("options", "said"), [({"depth": 0}, "depth"), ({"expand": 0.0}, "expand"), ({"dropout": -0.1}, "dropout")]
)
def test_wrong_options_are_named(options, said):
    with pytest.raises(ValueError, match=said):
        Residual(SHAPE, d_in=0, d_out=2, times=0, **options)
