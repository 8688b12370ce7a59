"""MeanFlow: the average velocity is the one field that the identity leaves alone."""

import pytest
import torch
from torch.testing import assert_close

from eitherway.heads import MeanFlow
from eitherway.make import Make
from eitherway.paths import Uniform
from eitherway.shape import Shape
from exact import net
from gaussian_flow import SD, average, context, normal, velocity

SHAPE = Shape(1, 1, 1, 1)
UNIFORM = Make(Uniform)


def head(field, **options):
    return MeanFlow(SHAPE, net(field), times=UNIFORM, **options)


def slopes(field, rows=20_000):
    """d loss / dθ for θ · field at θ = 1, example by example."""
    theta = torch.ones(rows, 1, 1, dtype=torch.float64, requires_grad=True)
    a = SD * normal(rows)
    head(lambda x, r, t: theta * field(x, r, t), instant=0).loss(
        a, context(rows), torch.Generator().manual_seed(2)
    ).sum().backward()
    return theta.grad.flatten()


def test_on_a_one_point_distribution_the_exact_average_velocity_has_no_loss(generator):
    """u = (x - p) / t between any two times, so du/dt along the path is 0 and the target is ε - p."""
    point = 0.3
    a = torch.full((50, 1, 1), point, dtype=torch.float64)
    loss = head(lambda x, r, t: (x - point) / t[:, None, None]).loss(a, context(50), generator)
    assert_close(loss, torch.zeros(50).double(), atol=1e-20, rtol=0)


def test_one_jump_lands_on_a_one_point_distribution(generator):
    drawn = head(lambda x, r, t: (x - 0.3) / t[:, None, None]).sample(context(4), 3, generator)
    assert_close(drawn, torch.full((3, 4, 1, 1), 0.3).double())


def test_the_exact_average_velocity_is_a_stationary_point_of_the_loss():
    """The mean slope is 0 within four standard errors; a tenth more velocity, and it is not."""
    for factor, stationary in ((1.0, True), (1.1, False)):
        slope = slopes(lambda x, r, t, factor=factor: factor * average(x, r, t))
        assert (abs(float(slope.mean() / slope.std())) * len(slope) ** 0.5 < 4) == stationary


def test_the_velocity_is_not_a_stationary_point_although_flow_matching_learns_it():
    slope = slopes(lambda x, r, t: velocity(x, t))
    assert abs(float(slope.mean() / slope.std())) * len(slope) ** 0.5 > 4


def test_with_r_equal_to_t_everywhere_the_loss_is_flow_matchings(generator):
    a, c = SD * normal(50), context(50)
    again = torch.Generator().manual_seed(0)
    loss = head(lambda x, r, t: x.sin() + r[:, None, None], instant=1).loss(a, c, generator)
    eps = torch.randn(50, 1, 1, dtype=torch.float64, generator=again)
    t = torch.maximum(*(torch.rand(50, dtype=torch.float64, generator=again) for _ in range(2)))[:, None, None]
    assert_close(loss, (((1 - t) * a + t * eps).sin() + t - (eps - a)).square().mean((1, 2)))


def test_any_number_of_exact_jumps_draws_the_same():
    one, two, seven = (head(average, steps=k).sample(context(), 5, torch.Generator().manual_seed(3)) for k in (1, 2, 7))
    assert_close(two, one)
    assert_close(seven, one)
    assert_close(one[0], SD * normal(30, seed=3)[:6])


def test_the_adaptive_weight_divides_by_the_error_and_is_no_part_of_the_gradient():
    """Power 1 and no floor to speak of: every loss is 1, its gradient that of log error."""
    theta = torch.ones(6, 1, 1, dtype=torch.float64, requires_grad=True)

    def losses(**options):
        made = head(lambda x, r, t: theta * x, **options)
        loss = made.loss(normal(6), context(), torch.Generator().manual_seed(2))
        return loss, torch.autograd.grad(loss.sum(), theta)[0].flatten()

    (plain, slope), (weighted, scaled) = losses(), losses(power=1.0, floor=1e-12)
    assert_close(weighted, torch.ones(6).double())
    assert_close(scaled, slope / plain.detach())


def test_the_loss_is_the_published_one_from_the_same_times_and_noise(generator):
    """u - sg[v - (t - r)(v ∂u/∂x + ∂u/∂t)], the derivatives by backward passes."""
    a, c = normal(40), context(40)
    again = torch.Generator().manual_seed(0)

    def u(x, r, t):
        return (x * t[:, None, None]).sin() + r[:, None, None] * x.square()

    loss = head(u, instant=0.25).loss(a, c, generator)
    eps = torch.randn(40, 1, 1, dtype=torch.float64, generator=again)
    one, two = (torch.rand(40, dtype=torch.float64, generator=again) for _ in range(2))
    r, t = torch.minimum(one, two), torch.maximum(one, two).requires_grad_()
    r = torch.where(torch.arange(40) < 10, t.detach(), r)
    s = t[:, None, None].detach()
    x, v = ((1 - s) * a + s * eps).requires_grad_(), eps - a
    by_x, by_t = torch.autograd.grad(u(x, r, t).sum(), (x, t))
    target = v - (t - r).detach()[:, None, None] * (v * by_x + by_t[:, None, None])
    assert_close(loss, (u(x, r, t) - target).square().mean((1, 2)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"instant": 1.5}, r"instant must be a share in \[0, 1\], got 1.5"),
        ({"steps": 0}, "steps must be at least 1, got 0"),
        ({"power": -1.0}, "power must be at least 0 and floor above 0"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        head(velocity, **options)
