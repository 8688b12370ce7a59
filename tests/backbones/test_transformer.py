"""Steps that look at each other: in any order without positions, never ahead where causal."""

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention
from torch.testing import assert_close

from eitherway.backbones import Transformer
from eitherway.backbones.transformer import Attention
from eitherway.shape import Shape

SHAPE = Shape(6, 2, 3, 5)


def made(**options):
    torch.manual_seed(0)
    return Transformer(SHAPE, d_in=2, d_out=2, times=1, width=8, depth=2, heads=2, **options).double()


def inputs(generator):
    c, x = (torch.randn(4, *size, generator=generator, dtype=torch.float64) for size in ((3, 5), (6, 2)))
    return c, x, torch.rand(4, generator=generator, dtype=torch.float64)


def test_attention_is_that_of_torch(generator):
    attention = Attention(8, 2).double()
    x, seen = (torch.randn(4, n, 8, generator=generator, dtype=torch.float64) for n in (6, 3))
    w_q, w_k, w_v = attention.project.weight.chunk(3)
    q, k, v = (y.unflatten(-1, (2, 4)).transpose(1, 2) for y in (x @ w_q.T, seen @ w_k.T, seen @ w_v.T))
    exact = scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
    assert_close(attention(x, seen, None), attention.mix(exact))


def test_without_positions_steps_in_another_order_are_answered_in_that_order(generator):
    net, (c, x, t) = made(), inputs(generator)
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    assert (net(c, x[:, order], t) - net(c, x, t)[:, order]).abs().max() > 1e-4  # positions tell them apart
    torch.nn.init.zeros_(net.steps)
    assert_close(net(c, x[:, order], t), net(c, x, t)[:, order])


def test_without_positions_the_order_of_what_was_observed_does_not_matter(generator):
    net, (c, x, t) = made(), inputs(generator)
    assert (net(c[:, [2, 0, 1]], x, t) - net(c, x, t)).abs().max() > 1e-4
    torch.nn.init.zeros_(net.places)
    assert_close(net(c[:, [2, 0, 1]], x, t), net(c, x, t))


@pytest.mark.parametrize("causal", [True, False])
def test_a_later_step_moves_earlier_ones_only_where_it_may_be_seen(causal, generator):
    net, (c, x, t) = made(causal=causal), inputs(generator)
    before = net(c, x, t)
    x[:, 4] += 1
    moved = (net(c, x, t) - before).abs().amax((0, 2)) > 1e-9
    assert moved.tolist() == [not causal] * 4 + [True, True]


def test_queries_answer_where_no_chunk_is_shown(generator):
    torch.manual_seed(0)
    net = Transformer(SHAPE, d_in=0, d_out=2, times=0, width=8, depth=1, heads=2)
    y = net(torch.randn(4, 3, 5, generator=generator))
    assert bool((y.std(dim=1) > 0).all()) and bool((y.std(dim=0) > 0).all())  # by step, and by what was observed


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"depth": 0}, "depth"),
        ({"width": 10, "heads": 4}, "multiple of heads"),
        ({"expand": 0.0}, "expand"),
        ({"dropout": 1.0}, "dropout"),
    ],
)
def test_wrong_options_are_named(options, said):
    with pytest.raises(ValueError, match=said):
        Transformer(SHAPE, d_in=0, d_out=2, times=0, **options)
