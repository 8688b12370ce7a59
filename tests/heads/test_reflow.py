"""Reflow: between a piece of noise and what became of it, the line is straight."""

import math

import pytest
import torch
from torch.testing import assert_close

from eitherway.heads import Flow, Reflow
from eitherway.make import Make
from eitherway.paths import DDIM, Transport, Uniform, UniformTimes
from eitherway.shape import Shape
from exact import Field
from gaussian_flow import context, normal

SHAPE = Shape(1, 1, 1, 1)
FACTOR = 0.4
TEACHER = Make(Flow, times=Make(Uniform), sampler=Make(DDIM, steps=1))


def teacher_field(x, t):
    """In one Euler step, ε becomes FACTOR · ε."""
    return (1 - FACTOR) * x


def straight(x, t):
    """ε - a' at the point of the line from FACTOR · ε to ε where x lies."""
    t = t[:, None, None]
    return (1 - FACTOR) * x / ((1 - t) * FACTOR + t)


def reflow(field, steps=2, **options):
    """The teacher's network is made first, the student's second."""
    fields = iter((teacher_field, field))
    sampler = Make(DDIM, steps=steps, grid=Make(UniformTimes))
    net = lambda shape, *, d_in, d_out, times: Field(next(fields))  # noqa: E731
    return Reflow(SHAPE, net, teacher=TEACHER, times=Make(Uniform), sampler=sampler, **options)


def test_the_straight_velocity_of_the_teachers_pairs_has_no_loss(generator):
    loss = reflow(straight).loss(normal(40), context(40), generator)
    assert_close(loss, torch.zeros(40).double(), atol=1e-20, rtol=0)


def test_on_straight_paths_one_step_is_as_good_as_many_and_is_the_teachers():
    one, two, nine = (reflow(straight, k).sample(context(), 5, torch.Generator().manual_seed(1)) for k in (1, 2, 9))
    assert_close(two, one)
    assert_close(nine, one)
    assert_close(one, reflow(straight).teacher.sample(context(), 5, torch.Generator().manual_seed(1)))


def test_its_density_is_that_of_the_straightened_flow():
    a = torch.linspace(-1, 1, 9, dtype=torch.float64)[:, None, None]
    exact = -((a / FACTOR).square() / 2).flatten() - math.log(FACTOR) - math.log(2 * math.pi) / 2
    assert_close(reflow(straight).student.log_prob(a, context(9)), exact, atol=0.01, rtol=0)


def test_the_loss_is_the_published_one_from_the_same_pairs_and_times(generator):
    """There time runs from noise, 0, to data, 1: ‖v(t x₁ + (1 - t) x₀, t) - (x₁ - x₀)‖² for x₁ made of x₀."""
    again = torch.Generator().manual_seed(0)
    loss = reflow(lambda x, t: x.sin() + t[:, None, None]).loss(normal(40), context(40), generator)
    noise = torch.randn(40, 1, 1, dtype=torch.float64, generator=again)
    time = 1 - torch.rand(40, dtype=torch.float64, generator=again)[:, None, None]
    made = FACTOR * noise
    v = -((time * made + (1 - time) * noise).sin() + (1 - time))
    assert_close(loss, (v - (made - noise)).square().mean((1, 2)))


def test_each_stage_trains_its_part_and_leaves_the_other():
    from eitherway.backbones import MLP

    head = Reflow(SHAPE, Make(MLP))
    trained = [{name.split(".")[0] for name, p in head.named_parameters() if p.requires_grad} for _ in head.stages()]
    assert trained == [{"teacher"}, {"student"}]


def test_a_teacher_with_a_coupling_is_refused():
    with pytest.raises(ValueError, match="cannot have a coupling"):
        Reflow(SHAPE, lambda *_, **__: Field(straight), teacher=Make(Flow, coupling=Make(Transport)))
