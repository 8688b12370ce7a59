"""Couplings: near noise to near actions, at the least cost; and what that does to the noise a state meets."""

from itertools import permutations

import pytest
import torch
from torch.testing import assert_close

from eitherway.paths import ConditionalTransport, Transport
from eitherway.paths.couplings import cheapest, squared_distances


def batch(rows, generator, size=1):
    """Actions near ±1 on the side that the context names, three times out of four; and noise."""
    side = torch.where(torch.rand(rows, generator=generator) < 0.5, -1.0, 1.0).double()
    stray = torch.where(torch.rand(rows, generator=generator) < 0.75, 1.0, -1.0)
    near, eps = torch.randn(2, rows, size, 1, generator=generator, dtype=torch.float64)
    return (side * stray)[:, None, None] + 0.1 * near, side[:, None, None], eps


def test_on_a_line_no_assignment_is_cheaper_than_the_one_that_keeps_ranks(generator):
    a, c, eps = batch(200, generator)
    order = Transport()(a, c, eps)
    assert torch.equal(a[order].flatten()[eps.flatten().argsort()], a.flatten().sort().values)
    assert torch.equal(order, cheapest(squared_distances(eps, a)))


def test_no_order_of_a_small_batch_is_cheaper(generator):
    a, c, eps = batch(6, generator, size=3)
    cost, rows = squared_distances(eps, a), torch.arange(6)
    best = min(float(cost[rows, torch.tensor(order)].sum()) for order in permutations(range(6)))
    assert float(cost[rows, Transport()(a, c, eps)].sum()) == pytest.approx(best)


@pytest.mark.parametrize("coupling", [Transport(), ConditionalTransport()], ids=lambda c: type(c).__name__)
def test_every_row_is_used_once(coupling, generator):
    a, c, eps = batch(50, generator, size=2)
    assert torch.equal(coupling(a, c, eps).sort().values, torch.arange(50))


def test_with_plain_transport_the_noise_that_a_state_meets_depends_on_the_state(generator):
    a, c, eps = batch(1_000, generator)
    side = c[Transport()(a, c, eps)].flatten()
    assert float(eps.flatten()[side > 0].mean()) > 0.3  # of its own accord, in drawing, it is 0


def test_where_conditions_are_classes_each_keeps_its_own_noise(generator):
    """So that noise and condition stay independent: eq. (2) with a weight that nothing outweighs."""
    a, c, eps = batch(300, generator)
    order = ConditionalTransport()(a, c, eps)
    assert torch.equal(c[order], c)


def test_within_a_class_the_transport_is_the_cheapest(generator):
    a, c, eps = batch(300, generator)
    order = ConditionalTransport()(a, c, eps)
    for side in (-1, 1):
        mine = (c == side).flatten()
        rank = eps[mine].flatten().argsort()
        assert torch.equal(a[order][mine].flatten()[rank], a[mine].flatten().sort().values)


@pytest.mark.parametrize("ratio", [0.01, 0.05, 0.2])
def test_the_weight_leaves_the_wanted_share_of_exchanges_worth_while(ratio, generator):
    a, _, eps = batch(300, generator)
    c = torch.randn(300, 2, 2, generator=generator, dtype=torch.float64)
    far, unlike = squared_distances(eps, a), squared_distances(c, c)
    w = ConditionalTransport(ratio=ratio).weight(far, unlike)
    worth = (far + w * unlike <= far.diagonal() + 1e-9).double().mean()
    assert float(worth) == pytest.approx(ratio, abs=1e-3)


def test_where_more_is_to_stay_worth_while_than_is_conditions_weigh_nothing(generator):
    a, _, eps = batch(100, generator)
    c = torch.randn(100, 1, 1, generator=generator, dtype=torch.float64)
    assert torch.equal(ConditionalTransport(ratio=0.99)(a, c, eps), Transport()(a, c, eps))


def test_a_condition_of_many_values_loosens_the_tie_of_noise_to_state(generator):
    """Plain transport ties them; the condition-aware one ties them less, and pays for that with longer modes."""
    s, eps = (torch.randn(500, 1, 1, generator=generator, dtype=torch.float64) for _ in range(2))
    a = s.sign() + 0.1 * torch.randn(500, 1, 1, generator=generator, dtype=torch.float64)
    orders = [Transport()(a, s, eps), ConditionalTransport()(a, s, eps), torch.arange(500)]
    tie = [float(torch.corrcoef(torch.stack([s[o].flatten(), eps.flatten()]))[0, 1]) for o in orders]
    cost = [float((a[o] - eps).square().mean()) for o in orders]
    assert tie[0] > 0.5 > 0.3 > tie[1] > tie[2] - 0.1 and cost[0] < cost[1] < cost[2]


def test_distances_are_those_between_whole_chunks(generator):
    x, y = torch.randn(2, 7, 3, 2, generator=generator, dtype=torch.float64)
    assert_close(squared_distances(x, y), (x[:, None] - y[None]).square().sum((2, 3)))


@pytest.mark.parametrize("ratio", [0.0, 1.0])
def test_an_impossible_ratio_is_refused(ratio):
    with pytest.raises(ValueError, match="ratio must lie between 0 and 1"):
        ConditionalTransport(ratio=ratio)
