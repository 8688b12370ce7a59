"""Diffusion and flow matching: what they are trained on is what they are drawn from."""

import pytest
import torch
from torch.testing import assert_close

from eitherway.heads import Diffusion, Flow
from eitherway.make import Make
from eitherway.paths import Cosine, LinearBetas, LinearPath, Noise, Steps, Uniform, Velocity
from eitherway.recipes.originals import ORIGINAL_DIFFUSION
from eitherway.shape import Shape
from exact import Gaussians, net

SHAPE = Shape(1, 1, 1, 1)
DISTRIBUTION = Gaussians([0.3, 0.7], [[[-0.6]], [[0.5]]], [0.25, 0.3])


def context(rows):
    return torch.zeros(rows, 1, 1, dtype=torch.float64)


def velocity(schedule):
    """ε - a of the exact denoiser at a time of its own for each row."""

    def field(x, t):
        parts = [DISTRIBUTION.denoiser(schedule)(x[i : i + 1], t[i : i + 1]) for i in range(len(x))]
        return torch.cat([eps - a for a, eps in parts])

    return field


def test_the_exact_field_is_a_stationary_point_of_the_flow_loss(generator):
    """E[(v* + h - (ε - a))²] = E[(v* - (ε - a))²] + h²: v* is the conditional mean, so no constant shift helps."""
    k = torch.rand(4_000, generator=generator) < 0.3
    z = torch.randn(4_000, generator=generator, dtype=torch.float64)
    a = torch.where(k, -0.6 + 0.25 * z, 0.5 + 0.3 * z)[:, None, None]
    shift = 0.5
    exact, moved = velocity(LinearPath()), lambda x, t: velocity(LinearPath())(x, t) + shift
    losses = [
        Flow(SHAPE, net(f), times=Make(Uniform)).loss(a, context(4_000), torch.Generator().manual_seed(1)).mean()
        for f in (exact, moved)
    ]
    assert float(losses[1] - losses[0]) == pytest.approx(shift**2, abs=0.06)


def test_a_flow_with_the_exact_field_has_the_exact_density():
    head = Flow(
        SHAPE,
        net(lambda x, t: (lambda a, eps: eps - a)(*DISTRIBUTION.denoiser(LinearPath())(x, t))),
        times=Make(Uniform),
    )
    a = torch.linspace(-1, 1, 21, dtype=torch.float64)[:, None, None]
    assert_close(head.log_prob(a, context(21)), DISTRIBUTION.log_prob(a), atol=0.03, rtol=0)


@pytest.mark.parametrize("target", [Noise, Velocity])
def test_a_perfect_prediction_of_the_target_has_no_loss(target, generator):
    """One action only: then the noise can be read off x_t."""
    action, schedule = 0.4, LinearBetas()

    def perfect(x, told):
        alpha, sigma = schedule(told[:, None, None] + 1 / 49)
        return target().of(torch.full_like(x, action), (x - alpha * action) / sigma, alpha, sigma)

    head = Diffusion(SHAPE, net(perfect), schedule=Make(LinearBetas), target=Make(target), times=Make(Steps))
    a = torch.full((30, 1, 1), action, dtype=torch.float64)
    assert_close(head.loss(a, context(30), generator), torch.zeros(30).double(), atol=1e-12, rtol=0)


def test_the_network_of_a_stepped_diffusion_is_told_index_over_count(generator):
    told = []
    seen = net(lambda x, t: (told.append(float(t[0])), x)[1])
    ORIGINAL_DIFFUSION(SHAPE, seen).sample(context(1), 1, generator)
    assert_close(torch.tensor(told), torch.arange(48, -1, -1) / 49)


def test_a_path_ends_where_the_draws_are(generator):
    head = Diffusion(SHAPE, net(lambda x, t: x.sin()), schedule=Make(Cosine))
    *_, end = head.path(context(4), 3, torch.Generator().manual_seed(1))
    assert torch.equal(end, head.sample(context(4), 3, torch.Generator().manual_seed(1)))
