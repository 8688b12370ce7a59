"""Diffusion's targets, weights and preconditioning: different words for one squared error."""

import pytest
import torch
from torch.testing import assert_close

from eitherway.backbones import MLP
from eitherway.heads import Diffusion
from eitherway.make import Make
from eitherway.paths import (
    DDIM,
    Action,
    Cosine,
    LogNormal,
    MinSNR,
    Noise,
    OffsetCosine,
    Preconditioned,
    Sigmoid,
    Uniform,
    VarianceExploding,
    Velocity,
)
from eitherway.shape import Shape
from exact import net

SHAPE = Shape(2, 3, 1, 1)
ROWS = 200


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def context(rows=ROWS):
    return torch.zeros(rows, 1, 1, dtype=torch.float64)


def actions():
    return torch.randn(ROWS, 2, 3, generator=seeded(1), dtype=torch.float64)


def times_and_noise(head, a):
    """What the loss draws with generator 2."""
    generator = seeded(2)
    t = head.times.draw(a, head.schedule, generator)
    return t[:, None, None], torch.randn(a.shape, generator=generator, dtype=a.dtype)


@pytest.mark.parametrize("schedule", [Cosine, OffsetCosine, Sigmoid, VarianceExploding])
@pytest.mark.parametrize("target", [Action, Noise, Preconditioned, Velocity])
def test_who_knows_the_action_has_no_loss(schedule, target):
    action, path = 0.4, schedule()

    def perfect(shown, t):
        alpha, sigma = path(t[:, None, None])
        size = (alpha**2 + sigma**2).sqrt() if target is Preconditioned else 1.0
        return target().of(torch.full_like(shown, action), (shown * size - alpha * action) / sigma, alpha, sigma)

    head = Diffusion(SHAPE, net(perfect), schedule=Make(schedule), target=Make(target), times=Make(Uniform))
    a = torch.full((ROWS, 2, 3), action, dtype=torch.float64)
    assert_close(head.loss(a, context(), seeded(2)), torch.zeros(ROWS).double(), atol=1e-9, rtol=0)


@pytest.mark.parametrize("gamma", [0.5, 5.0])
@pytest.mark.parametrize(
    ("target", "weight"),
    [
        (Action, lambda snr, gamma: snr.clamp(max=gamma)),
        (Noise, lambda snr, gamma: snr.clamp(max=gamma) / snr),
        (Velocity, lambda snr, gamma: snr.clamp(max=gamma) / (snr + 1)),
    ],
)
def test_min_snr_weighs_each_target_as_published(target, weight, gamma):
    options = {"target": Make(target), "times": Make(LogNormal)}
    plain, weighted = (
        Diffusion(SHAPE, net(lambda x, t: x.sin()), **options, **more)
        for more in ({}, {"weighting": Make(MinSNR, gamma=gamma)})
    )
    a = actions()
    t, _ = times_and_noise(plain, a)
    alpha, sigma = plain.schedule(t)
    expected = weight((alpha / sigma) ** 2, gamma).flatten() * plain.loss(a, context(), seeded(2))
    assert_close(weighted.loss(a, context(), seeded(2)), expected)


def test_min_snr_makes_all_targets_one_loss():
    """Of networks that say the same of the action, however they say it."""
    path, losses = Cosine(), []
    for target in (Action(), Noise(), Velocity(), Preconditioned()):

        def guess(x, t, target=target):
            alpha, sigma = path(t[:, None, None])
            a = x.cos()
            return target.of(a, (x - alpha * a) / sigma, alpha, sigma)

        head = Diffusion(SHAPE, net(guess), target=Make(type(target)), times=Make(Uniform), weighting=Make(MinSNR))
        losses.append(head.loss(actions(), context(), seeded(2)))
    for other in losses[1:]:
        assert_close(other, losses[0])


@pytest.mark.parametrize("spread", [0.5, 1.0])
def test_the_preconditioned_loss_is_edms(spread):
    """λ(σ) ‖D(a + σ ε; σ) - a‖² with λ = (σ² + d²) / (σ d)², log σ normal, and D of the paper's table 1."""
    head = Diffusion(
        SHAPE,
        net(lambda x, told: x.sin() + told[:, None, None]),
        schedule=Make(VarianceExploding, low=1e-4, high=1e4),
        target=Make(Preconditioned, spread=spread),
        times=Make(LogNormal, mean=-1.2, sd=1.2),
    )
    a = actions()
    t, eps = times_and_noise(head, a)
    sigma = (-1.2 + 1.2 * torch.randn(ROWS, generator=seeded(2), dtype=torch.float64)).exp()[:, None, None]
    assert_close(head.schedule(t)[1], sigma, atol=0, rtol=1e-6)
    root = (sigma**2 + spread**2).sqrt()
    x = a + sigma * eps
    network = (x / root).sin() + sigma.log() / 4
    denoised = spread**2 / root**2 * x + sigma * spread / root * network
    loss = ((root / (sigma * spread)) ** 2 * (denoised - a) ** 2).mean((1, 2))
    assert_close(head.loss(a, context(), seeded(2)), loss, atol=1e-6, rtol=1e-6)


def test_with_unit_spread_edm_is_velocity_prediction_with_the_sign_turned():
    """Growing noise or a preserved variance: told levels, the same numbers go in, and the negative comes out."""

    def made(**options):
        torch.manual_seed(0)
        return Diffusion(SHAPE, Make(MLP, width=8), **options).double()

    edm = made(schedule=Make(VarianceExploding, low=1e-4, high=1e4), target=Make(Preconditioned))
    velocity, last = made(target=Make(Velocity)), -1
    with torch.no_grad():
        for part in (velocity.net.layers[last].weight, velocity.net.layers[last].bias):
            part.neg_()
    losses = [head.loss(actions(), context(), seeded(2)) for head in (edm, velocity)]
    assert_close(losses[0], losses[1], atol=1e-6, rtol=1e-6)


def test_a_target_that_cannot_be_read_where_drawing_starts_is_refused():

    with pytest.raises(ValueError, match="all is noise"):
        Diffusion(SHAPE, Make(MLP), target=Make(Noise), sampler=Make(DDIM))


def test_a_weight_without_a_ceiling_is_refused():
    with pytest.raises(ValueError, match="gamma must be above 0"):
        MinSNR(gamma=0.0)


def test_weights_have_a_limit_where_all_is_noise():
    """As the noise takes over, the ratio's square times an action's error is the noise's own error: weight 1."""
    alpha, sigma = torch.tensor([0.0, 1e-3, 0.6]).double(), torch.tensor([1.0, 1.0, 0.8]).double()
    assert_close(MinSNR()(-sigma / alpha, alpha, sigma), torch.ones(3).double())
    assert_close(MinSNR()(torch.ones(3).double(), alpha, sigma), (alpha / sigma).square())
