"""MIP: two evaluations, no randomness, one mode."""

import pytest
import torch
from torch.testing import assert_close

from eitherway.heads import MIP
from eitherway.shape import Shape
from exact import net
from gaussian_flow import context, normal

SHAPE = Shape(1, 1, 1, 1)


def test_a_network_that_knows_the_only_action_has_no_loss_and_draws_it(generator):
    head = MIP(SHAPE, net(lambda x, t: torch.full_like(x, 0.3)))
    assert not head.loss(torch.full((6, 1, 1), 0.3, dtype=torch.float64), context(), generator).any()
    assert_close(head.sample(context(), 4, generator), torch.full((4, 6, 1, 1), 0.3).double())


def test_all_draws_are_the_same_whatever_the_seed():
    head = MIP(SHAPE, net(lambda x, t: x.cos()))
    one, two = (head.sample(context(), 4, torch.Generator().manual_seed(seed)) for seed in (1, 2))
    assert torch.equal(one, two) and torch.equal(one, one[:1].expand_as(one))


def test_the_network_sees_what_the_paper_shows_it(generator):
    """There time runs to the data and t* = 0.9: first (0, time 0), then (0.9 f, time 0.9); here times are 1 and 0.1."""
    seen = []

    def f(x, t):
        seen.extend([float(x[0, 0, 0]), float(t[0])])
        return x + 2

    drawn = MIP(SHAPE, net(f)).sample(context(1), 1, generator)
    assert seen == pytest.approx([0.0, 1.0, 0.9 * 2, 0.1])
    assert_close(drawn, torch.full((1, 1, 1, 1), 0.9 * 2 + 2).double())


def test_the_loss_is_the_papers_from_the_same_noise(generator):
    """‖f(0, 0) - a‖² + ‖f(t* a + (1 - t*) z, t*) - a‖²."""

    def f(x, time):
        return (2 * x).sin() + time[:, None, None]

    a, z = normal(50), torch.randn(50, 1, 1, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    zero, star = torch.zeros(50).double(), torch.full((50,), 0.9).double()
    published = (f(0 * a, zero) - a).square() + (f(0.9 * a + 0.1 * z, star) - a).square()
    head = MIP(SHAPE, net(lambda x, t: f(x, 1 - t)))
    assert_close(head.loss(a, context(50), generator), published.mean((1, 2)))


def test_between_two_equally_likely_actions_it_answers_neither_or_always_the_same_one():
    """The best guess from nothing is their mean 0, and the best second look at 0 is tanh(0) = 0: in the middle."""

    def best(x, t):
        level = (1 - t)[:, None, None] / t[:, None, None].square()
        return torch.tanh(level * x)  # E[a | x_t] for a = ±1

    drawn = MIP(SHAPE, net(best)).sample(context(), 100, torch.Generator().manual_seed(1))
    assert not drawn.any()


def test_a_time_outside_the_path_is_refused():
    with pytest.raises(ValueError, match="t must lie between 0 and 1, got 1"):
        MIP(SHAPE, net(torch.sin), t=1.0)
