"""Convolutions at ever coarser levels: any horizon goes, and what was observed comes in by scale and shift alone."""

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from eitherway.backbones import UNet
from eitherway.backbones.unet import ConvolutionBlock
from eitherway.shape import Shape

SMALL = {"widths": (4, 8, 8), "kernel": 3, "groups": 2, "embed": 8}


def made(horizon, **more):
    torch.manual_seed(0)
    return UNet(Shape(horizon, 2, 3, 5), d_in=2, d_out=2, times=1, **{**SMALL, **more}).double()


def inputs(horizon, generator):
    c, x = (torch.randn(4, *size, generator=generator, dtype=torch.float64) for size in ((3, 5), (horizon, 2)))
    return c, x, torch.rand(4, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("horizon", [1, 5, 7])
def test_a_horizon_that_does_not_divide_is_a_longer_one_whose_last_step_is_held(horizon, generator):
    c, x, t = inputs(horizon, generator)
    held = torch.cat([x, x[:, -1:].expand(-1, 8 - horizon, -1)], dim=1)
    longer = 8 if horizon > 4 else 4  # the next multiple of 2² steps
    assert_close(made(horizon)(c, x, t), made(longer)(c, held[:, :longer], t)[:, :horizon])


def test_what_was_observed_and_when_come_in_by_scale_and_shift_alone(generator):
    net, (c, x, t) = made(8), inputs(8, generator)
    assert (net(c.flip(0), x, t) - net(c, x, t)).abs().max() > 1e-4
    assert (net(c, x, t.flip(0)) - net(c, x, t)).abs().max() > 1e-4
    for block in net.modules():
        if isinstance(block, ConvolutionBlock):
            nn.init.zeros_(block.modulate.weight)
    assert_close(net(c.flip(0), x, t.flip(0)), net(c, x, t), rtol=0, atol=0)


def test_a_block_is_its_equation(generator):
    block = ConvolutionBlock(4, 4, 3, kernel=3, groups=2).double()
    h = torch.randn(2, 4, 8, generator=generator, dtype=torch.float64)
    told = torch.randn(2, 3, generator=generator, dtype=torch.float64)
    scale, shift = block.modulate(told)[:, :4, None], block.modulate(told)[:, 4:, None]
    assert_close(block(h, told), block.leave((1 + scale) * block.enter(h) + shift) + h)


def test_every_step_sees_every_other_by_the_coarse_levels(generator):
    net, (c, x, t) = made(16, widths=(4, 4, 4, 4)), inputs(16, generator)
    before = net(c, x, t)
    x[:, 0] += 1
    assert bool(((net(c, x, t) - before).abs().amax((0, 2)) > 1e-9).all())


def test_queries_answer_where_no_chunk_is_shown(generator):
    torch.manual_seed(0)
    net = UNet(Shape(5, 2, 3, 5), d_in=0, d_out=2, times=0, **SMALL)
    y = net(torch.randn(4, 3, 5, generator=generator))
    assert bool((y.std(dim=1) > 0).all()) and bool((y.std(dim=0) > 0).all())  # by step, and by what was observed


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"widths": ()}, "widths"),
        ({"widths": (8, 12), "groups": 8}, "multiples of groups"),
        ({"kernel": 4}, "odd"),
        ({"embed": 0}, "embed"),
    ],
)
def test_wrong_options_are_named(options, said):
    with pytest.raises(ValueError, match=said):
        UNet(Shape(4, 2, 3, 5), d_in=0, d_out=2, times=0, **options)
