"""Flow matching: a velocity tells action and noise on every path, and couplings pair what the loss will draw."""

from itertools import islice

import pytest
import torch
from torch.testing import assert_close

from eitherway.backbones import MLP
from eitherway.heads import Diffusion, Flow, Regression
from eitherway.make import Make
from eitherway.paths import (
    DDIM,
    ConditionalTransport,
    Cosine,
    Coupling,
    LinearBetas,
    LinearPath,
    RungeKutta,
    Transport,
    Uniform,
)
from eitherway.randomness import normal_like, stream
from eitherway.shape import Shape
from eitherway.training.batches import paired, shuffled
from eitherway.training.recipe import Recipe, build
from exact import Gaussians, even_noise, last, net

SHAPE = Shape(1, 1, 1, 1)
DISTRIBUTION = Gaussians([0.3, 0.7], [[[-0.6]], [[0.5]]], [0.25, 0.3])

paths = pytest.mark.parametrize("path", [LinearPath, Cosine, LinearBetas])


def context(rows):
    return torch.zeros(rows, 1, 1, dtype=torch.float64)


def velocity(path):
    """The exact field."""

    def field(x, t):
        a, eps = DISTRIBUTION.denoiser(path)(x, t)
        alpha_rate, sigma_rate = path.rates(t[:, None, None])
        return alpha_rate * a + sigma_rate * eps

    return field


@paths
def test_the_velocity_is_the_slope_of_the_path(path):
    head, h = Flow(SHAPE, net(lambda x, t: x), path=Make(path)), 1e-6
    a, eps, t = (torch.randn(40, 1, 1, dtype=torch.float64, generator=stream(k, "test")) for k in range(3))
    t = 0.98 * torch.sigmoid(t) + 0.01

    def x(t):
        alpha, sigma = head.schedule(t)
        return alpha * a + sigma * eps

    assert_close(head.target(a, eps, t), (x(t + h) - x(t - h)) / (2 * h), atol=1e-5, rtol=1e-5)


@paths
def test_action_and_noise_can_be_read_off_the_velocity(path):
    head = Flow(SHAPE, net(lambda x, t: x), path=Make(path))
    a, eps = torch.randn(2, 40, 1, 1, dtype=torch.float64, generator=stream(0, "test"))
    t = torch.linspace(0.01, 1, 40, dtype=torch.float64)[:, None, None]
    alpha, sigma = head.schedule(t)
    read = head.read(head.target(a, eps, t), alpha * a + sigma * eps, t)
    assert_close(torch.stack(read), torch.stack([a, eps]))


def test_on_the_straight_path_the_velocity_is_noise_minus_action(generator):
    a, eps = torch.randn(2, 40, 1, 1, generator=generator)
    t = torch.rand(40, 1, 1, generator=generator)
    assert torch.equal(Flow(SHAPE, net(lambda x, t: x)).target(a, eps, t), eps - a)


def test_on_the_cosine_path_a_flow_is_diffusion_with_velocity_prediction(generator):
    """Its velocity is π/2 times diffusion's α ε - σ a: the same network, but for a factor, draws the same."""
    told = Make(Uniform)
    flow = Flow(SHAPE, net(lambda x, t: torch.sin(2 * x) * torch.pi / 2), path=Make(Cosine), times=told)
    diffusion = Diffusion(SHAPE, net(lambda x, t: torch.sin(2 * x)), schedule=Make(Cosine), times=told)
    x, t = torch.randn(20, 1, 1, generator=generator), torch.rand(20, generator=generator)
    c = torch.zeros(20, 1, 1)
    assert_close(flow.denoise(c, x, t), diffusion.denoise(c, x, t))
    losses = [head.loss(x, c, torch.Generator().manual_seed(1)) for head in (flow, diffusion)]
    assert_close(losses[0], losses[1] * (torch.pi / 2) ** 2)


@pytest.mark.parametrize("path", [LinearPath, Cosine])
@pytest.mark.parametrize("sampler", [Make(DDIM, steps=200), Make(RungeKutta, steps=50)], ids=repr)
def test_with_the_exact_field_the_draws_have_the_distribution_on_every_path(path, sampler):
    head = Flow(SHAPE, net(velocity(path())), path=Make(path), times=Make(Uniform), sampler=sampler)
    denoise, c = head.denoise, context(5_000)
    ends = last(head.sampler(lambda x, t: denoise(c, x, t), even_noise(5_000), path(), stream(0, "noise")))
    x = ends.flatten().sort().values
    assert_close(DISTRIBUTION.cdf(x), (torch.arange(5_000) + 0.5).double() / 5_000, atol=0.01, rtol=0)


class Seen(Coupling):
    """Turns the rows around, and keeps what it was shown."""

    shown: list[torch.Tensor] = []  # noqa: RUF012

    def __call__(self, a, c, eps):
        self.shown.append(eps)
        return torch.arange(len(a)).flip(0)


def test_a_coupling_sees_the_noise_that_the_loss_then_draws(generator):
    """With actions at 0 the straight path is x_t = t ε, so the network sees the noise, times t."""
    Seen.shown.clear()
    met = []
    field = net(lambda x, t: (met.append(x / t[:, None, None]), x)[1])
    head = Flow(SHAPE, field, times=Make(Uniform), coupling=Make(Seen))
    before = generator.get_state()
    head.pairing(context(30), context(30), generator)
    assert torch.equal(generator.get_state(), before)
    head.loss(context(30), context(30), generator)
    assert_close(met[0], Seen.shown[0])


def test_training_shows_rows_in_the_order_of_the_coupling(jumper, demos):
    policy = build(Recipe(head=Make(Flow, coupling=Make(Seen))), jumper, seed=0)
    plain = shuffled(policy, demos, 50, stream(0, "batches"))
    turned = paired(policy, shuffled(policy, demos, 50, stream(0, "batches")), stream(0, "noise"))
    (obs, a), (turned_obs, turned_a) = next(plain), next(turned)
    assert torch.equal(turned_a, a.flip(0)) and torch.equal(turned_obs["state"], obs["state"].flip(0))


def test_without_a_coupling_training_leaves_the_order_alone(jumper, demos):
    for head in (Make(Flow), Make(Regression)):
        policy = build(Recipe(head=head), jumper, seed=0)
        (_, a), (_, same) = (
            next(b)
            for b in (
                shuffled(policy, demos, 50, stream(0, "batches")),
                paired(policy, shuffled(policy, demos, 50, stream(0, "batches")), stream(0, "noise")),
            )
        )
        assert torch.equal(same, a)


@pytest.mark.learn
def test_plain_transport_learns_the_wrong_distribution_and_the_condition_aware_one_does_not():
    """Two states, and at each of them one side nine times out of ten. Plain transport gives each state the noise of
    its likelier side, so the rest of the noise, met for the first time when drawing, goes elsewhere."""
    g = stream(0, "data")
    state = torch.where(torch.rand(4_000, generator=g) < 0.5, -1.0, 1.0)
    usual = torch.where(torch.rand(4_000, generator=g) < 0.9, 1.0, -1.0)
    a = (state * usual)[:, None, None] + 0.1 * normal_like(torch.zeros(4_000, 1, 1), g)
    error = {}
    for coupling in (Make(Transport), Make(ConditionalTransport)):
        head = trained(Make(Flow, coupling=coupling, sampler=Make(RungeKutta, steps=10, method="midpoint")), state, a)
        drawn = head.sample(torch.tensor([-1.0, 1.0])[:, None, None], 2_000, stream(0, "draws"))
        error[coupling] = abs(float((drawn[:, 1] > 0).float().mean()) - 0.9)
    assert error[Make(Transport)] > 0.2 > 0.06 > error[Make(ConditionalTransport)]


def trained(head, state, everything):
    """The head after a short training without any task around it."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        built = head(SHAPE, Make(MLP, width=48))
    optimiser = torch.optim.Adam(built.parameters(), lr=1e-2)
    shuffle, noise = stream(0, "batches"), stream(0, "noise")
    batches = (rows for _ in range(250) for rows in torch.randperm(len(everything), generator=shuffle).split(200))
    for rows in islice(batches, 250):
        a, c = everything[rows], state[rows, None, None]
        if built.pairing is not None:
            order = built.pairing(a, c, noise)
            a, c = a[order], c[order]
        optimiser.zero_grad()
        built.loss(a, c, noise).mean().backward()
        optimiser.step()
    return built.eval()
