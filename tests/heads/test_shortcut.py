"""Shortcut models: two steps of half the length are one step."""

import pytest
import torch
from torch.testing import assert_close

from eitherway.heads import Shortcut
from eitherway.shape import Shape
from exact import net
from gaussian_flow import SD, average, context, normal

SHAPE = Shape(1, 1, 1, 1)
DOUBLINGS = 4


def head(field, **options):
    """With `field(x, s, t)` in the network's place, which is told t and the length as a share of the doublings."""

    def told(x, t, length):
        return field(x, t - 2 ** (DOUBLINGS * (length - 1)), t)

    return Shortcut(SHAPE, net(told), finest=2**DOUBLINGS, **options)


def test_the_exact_average_velocity_agrees_with_itself(generator):
    """All that is left is the shortest step's: a regression on ε - a."""
    loss = head(average, share=0.5).loss(SD * normal(60), context(60), generator)
    assert_close(loss[:30], torch.zeros(30).double(), atol=1e-20, rtol=0)
    assert bool((loss[30:] > 1e-6).all())


def test_on_a_one_point_distribution_the_exact_field_has_no_loss_and_one_step_lands_on_the_point(generator):
    exact = head(lambda x, s, t: (x - 0.3) / t[:, None, None])
    a = torch.full((40, 1, 1), 0.3, dtype=torch.float64)
    assert_close(exact.loss(a, context(40), generator), torch.zeros(40).double(), atol=1e-20, rtol=0)
    assert_close(exact.sample(context(4), 3, generator), torch.full((3, 4, 1, 1), 0.3).double())


def test_exact_steps_of_any_length_draw_the_same():
    one, two, sixteen = (
        head(average, steps=k).sample(context(), 5, torch.Generator().manual_seed(3)) for k in (1, 2, 16)
    )
    assert_close(two, one)
    assert_close(sixteen, one)


def test_the_network_is_told_every_length_and_only_times_that_such_a_step_can_start_from():
    told = []

    def field(x, t, length):
        told.append((t, length))
        return x

    made = Shortcut(SHAPE, net(field), finest=16)
    made.loss(normal(4_000), context(4_000), torch.Generator().manual_seed(1))
    t, length = told[-1]  # after the two half steps of the target
    d = 2 ** (4 * (length - 1))
    assert sorted(set(d.tolist())) == [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1]
    assert_close((t / d).round() * d, t)
    assert float(t.min()) == 1 / 16 and float(t.max()) == 1


def test_the_target_is_the_published_one(generator):
    """There time runs from noise, 0, to data, 1, and the network predicts a - ε: two steps, then their mean."""

    def u(x, s, t):
        return (3 * x).sin() * t[:, None, None] + (t - s)[:, None, None] * x

    def published(x, time, d):
        """Of a step of d from that time on."""
        return -u(x, 1 - time - d, 1 - time)

    x, t, d = normal(50), torch.full((50,), 0.75).double(), torch.full((50,), 0.5).double()
    first = published(x, 1 - t, d / 2)
    second = published(x + (d / 2)[:, None, None] * first, 1 - t + d / 2, d / 2)
    assert_close(head(u).two_halves(context(50), x, t, d), -(first + second) / 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"finest": 12}, "finest must be a power of two, got 12"),
        ({"steps": 3}, "steps must be a power of two, got 3"),
        ({"finest": 4, "steps": 8}, "not below steps"),
        ({"share": 0.0}, "share must lie between 0 and 1, got 0.0"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Shortcut(SHAPE, net(average), **options)
