"""What z tells is paid for in nats: the bounds lie below the log-likelihood, and at a high price z falls silent."""

import math
from itertools import pairwise

import pytest
import torch
from scipy.stats import kstest
from torch.distributions import Independent, Normal, kl_divergence
from torch.testing import assert_close

from eitherway.backbones import MLP
from eitherway.heads import CVAE, MDN, Absolute, Density, Flow, Head, Regression
from eitherway.heads.cvae import divergence
from eitherway.make import Make
from eitherway.paths import Transport
from eitherway.randomness import stream
from eitherway.recipes import METHODS
from eitherway.shape import Shape
from eitherway.tasks import Fork
from eitherway.training.recipe import build
from eitherway.training.train import demonstrations, train
from exact import net

PAIR = Shape(1, 2, 1, 1)  # two action numbers, one context number
SLOPE, WIDTH = torch.tensor([1.5, -0.4]).double(), 0.5


class Linear(Density):
    """a = c + slope z + width ε: with z standard normal, everything about it is known."""

    def __init__(self, shape, net):
        super().__init__(shape)

    def log_prob(self, a, c):
        middle = c[:, 0] + SLOPE * c[:, 1:, 0]  # B D
        return Independent(Normal(middle, WIDTH), 1).log_prob(a[:, 0])

    def loss(self, a, c, generator):
        return -self.log_prob(a, c) / 2

    def sample(self, c, n, generator):
        return (c[:, 0] + SLOPE * c[:, 1:, 0])[None, :, None].expand(n, -1, -1, -1)


def linear(mean, sd, **options):
    """The linear model, whose posterior is N(mean(a - c), sd²); z goes into the tokens as it is."""
    posterior = net(lambda x: torch.cat([mean(x - 0.3), torch.as_tensor(sd).double().log().mul(2).expand_as(x)], 2))
    head = CVAE(PAIR, posterior, decoder=Make(Linear), latent=2, **options).double()
    torch.nn.init.eye_(head.embed.weight)
    torch.nn.init.zeros_(head.embed.bias)
    return head.requires_grad_(False)


def exact(**options):
    """The same with the true posterior: N(slope (a - c) / (slope² + width²), width² / (slope² + width²))."""
    total = SLOPE**2 + WIDTH**2
    return linear(lambda off: SLOPE * off / total, WIDTH / total.sqrt(), **options)


def poor(**options):
    """The same with a posterior that is off in place and width."""
    return linear(lambda off: 0.4 * off, 0.9, **options)


def context(rows):
    return torch.full((rows, 1, 1), 0.3, dtype=torch.float64)


A = torch.tensor([[[0.9, -0.5]]]).double()
LOG_P = Independent(Normal(torch.tensor(0.3).double(), (SLOPE**2 + WIDTH**2).sqrt()), 1).log_prob(A[0, 0])


def mean_bound(head, m, count=4_000):
    """The bound with m draws, averaged over as many repetitions, and its standard error."""
    each = head.bound(A.expand(count, -1, -1), context(count), m, torch.Generator().manual_seed(m))
    return float(each.mean()), float(each.std()) / math.sqrt(count)


@pytest.mark.parametrize("m", [1, 7])
def test_with_the_true_posterior_every_draw_tells_the_log_likelihood(m, generator):
    bound = exact().bound(A.expand(50, -1, -1), context(50), m, generator)
    assert_close(bound, LOG_P.expand(50))


def test_one_draw_is_on_average_the_elbo():
    total = SLOPE**2 + WIDTH**2
    off = A[0, 0] - 0.3
    guess, true = Normal(0.4 * off, torch.tensor(0.9).double()), Normal(SLOPE * off / total, WIDTH / total.sqrt())
    elbo = float(LOG_P - kl_divergence(guess, true).sum())
    value, error = mean_bound(poor(), 1, 40_000)
    assert abs(value - elbo) < 4 * error


def test_the_bound_rises_with_the_draws_and_stays_below_the_log_likelihood():
    bounds = [mean_bound(poor(), m) for m in (1, 4, 16, 256)]
    assert all(high - low > 3 * math.hypot(e, f) for (low, e), (high, f) in pairwise(bounds))
    assert float(LOG_P) - 0.05 < bounds[-1][0] < float(LOG_P)


def test_the_loss_is_minus_the_elbo_for_each_action_number(generator):
    rows = 40_000
    loss = poor(beta=1 / 2).loss(A.expand(rows, -1, -1), context(rows), generator)
    value, error = mean_bound(poor(), 1, rows)
    assert abs(float(loss.mean()) + value / 2) < 4 * error


def test_a_bound_needs_a_decoder_with_a_density(generator):
    head = CVAE(PAIR, Make(MLP)).double()
    with pytest.raises(TypeError, match="decoder that is a density; Regression is none"):
        head.bound(A, context(1), 1, generator)


def test_what_z_tells_is_its_divergence_from_the_prior(generator):
    mean, log_variance = torch.randn(2, 50, 3, generator=generator, dtype=torch.float64)
    known = kl_divergence(Normal(mean, (log_variance / 2).exp()), Normal(torch.zeros(3).double(), 1.0))
    assert_close(divergence(mean, log_variance), known)


def built(shape=PAIR, **options):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return CVAE(shape, Make(MLP, width=16), **options).double()


def test_with_absolute_error_the_loss_is_acts(generator):
    """Learning Fine-Grained Bimanual Manipulation, algorithm 1: mean absolute error and 10 KL, 32 numbers."""
    head = built(Shape(3, 2, 1, 4), decoder=Make(Regression, penalty=Make(Absolute)), latent=32, beta=10.0)
    a = torch.randn(20, 3, 2, generator=generator, dtype=torch.float64)
    c = torch.randn(20, 1, 4, generator=generator, dtype=torch.float64)
    state = generator.get_state()
    loss = head.loss(a, c, generator)
    generator.set_state(state)
    style = head.posterior_net(c, a).mean(1)
    mu, logvar = style[:, :32], style[:, 32:]
    z = mu + logvar.div(2).exp() * torch.randn(mu.shape, generator=generator, dtype=torch.float64)
    a_hat = head.decoder.net(torch.cat([c, head.embed(z).reshape(20, 8, 4)], 1))
    kl = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(1)
    assert_close(loss, (a - a_hat).abs().mean((1, 2)) + 10 * kl)


def test_free_nats_cost_nothing_and_pull_at_nothing():
    costs = [
        linear(lambda off: 0 * off, 1.0, beta=3.0, free=free).loss(A, context(1), torch.Generator().manual_seed(0))
        for free in (0.0, 0.2)
    ]
    assert_close(costs[1] - costs[0], torch.tensor([3.0 * 2 * 0.2]).double())
    head = built(latent=3, free=50.0, beta=1e6)
    head.loss(A, context(1), torch.Generator().manual_seed(0)).sum().backward()
    assert max(float(p.grad.abs().max()) for p in head.posterior_net.parameters()) < 1e3  # 1e6 times nothing


@pytest.mark.parametrize("embed", [1, 2, 3, 8])
@pytest.mark.parametrize("latent", [1, 3, 7])
def test_no_number_of_z_is_lost_on_the_way_to_the_decoder(latent, embed):
    assert int(torch.linalg.matrix_rank(built(Shape(1, 1, 2, embed), latent=latent).embed.weight)) == latent


def test_draws_follow_the_prior(generator):
    a = exact().sample(context(2), 4_000, generator)[:, :, 0]  # S B D
    for d in range(2):
        z = (a[..., d] - 0.3) / SLOPE[d]
        assert kstest(z.flatten().numpy(), "norm").statistic < 0.02


def test_without_noise_all_draws_are_the_answer_to_z_zero(generator):
    a = exact(noise=0.0).sample(context(3), 5, generator)
    assert_close(a, torch.full((5, 3, 1, 2), 0.3).double())


def test_the_decoder_is_fitted_and_draws_by_its_own_options(generator):
    head = built(decoder=Make(MDN, components=3, temperature=0.0, noise=0.0), noise=0.0)
    a = torch.randn(100, 1, 2, generator=generator, dtype=torch.float64)
    head.fit(a, generator)
    assert bool((head.decoder.centre != 0).all())
    drawn = head.sample(context(1), 4, generator)
    assert_close(drawn, drawn[:1].expand_as(drawn))


class Twice(Head):
    """A decoder that is trained twice."""

    def stages(self):
        yield lambda a, c, generator: c.sum((1, 2))
        yield self.loss

    def __init__(self, shape, net):
        super().__init__(shape)

    def loss(self, a, c, generator):
        return a.sum((1, 2))

    def sample(self, c, n, generator):
        return torch.zeros(n, len(c), 1, 2)


def test_every_stage_of_the_decoder_is_trained_with_z(generator):
    head = built(decoder=Make(Twice), beta=0.0)
    state = generator.get_state()
    first, second = (stage(A, context(1), generator.set_state(state)) for stage in head.stages())
    mean, log_variance = head.posterior(A, context(1))
    eps = torch.randn(mean.shape, generator=generator.set_state(state), dtype=torch.float64)
    z = mean + (log_variance / 2).exp() * eps
    assert_close(first, head.told(context(1), z).sum((1, 2)))
    assert_close(second, A.sum((1, 2)))


@pytest.mark.learn
@pytest.mark.parametrize(("beta", "told", "size"), [(0.05, (0.6, 2.0), (0.7, 1.3)), (10.0, (0.0, 0.01), (0.0, 0.3))])
def test_z_tells_the_way_at_a_low_price_and_falls_silent_at_a_high_one(beta, told, size, generator):
    """Two equally likely actions ±1: log 2 = 0.69 nats to tell; untold, squared error leaves their mean 0."""
    with torch.random.fork_rng():
        torch.manual_seed(1)
        head = CVAE(Shape(1, 1, 1, 1), Make(MLP, width=16), latent=1, beta=beta)
    adam, c = torch.optim.Adam(head.parameters(), lr=3e-2), torch.zeros(100, 1, 1)
    for _ in range(120):
        a = torch.randint(2, (100, 1, 1), generator=generator) * 2.0 - 1
        adam.zero_grad()
        head.loss(a, c, generator).mean().backward()
        adam.step()
    with torch.no_grad():
        nats = float(divergence(*head.posterior(a, c)).mean())
        drawn = head.sample(c[:1], 1_000, generator).flatten()
    assert told[0] <= nats <= told[1]
    assert size[0] <= float(drawn.abs().median()) <= size[1]


@pytest.mark.learn
@pytest.mark.parametrize(("free", "steps", "least", "most"), [(0.0, 600, 0.0, 0.0), (0.2, 2_400, 0.015, 0.06)])
def test_a_rare_way_is_told_only_where_some_nats_are_free(free, steps, least, most):
    """One action in twenty is 60 standard deviations from the others: without free nats z stays silent about it."""
    task, recipe = Fork(dimensions=1, steps=1, separation=60.0, rarity=0.05), METHODS["cvae"].recipe
    recipe = recipe.replace("head.free", free).replace("steps", steps)
    policy = build(recipe, task, seed=0)
    for _ in train(policy, demonstrations(task, recipe), recipe, seed=0):
        pass
    with torch.no_grad():
        x = policy.sample({"state": torch.zeros(4_000, 1, 1)}, 1, stream(0, "draws"))
    assert least <= float((x > 0).double().mean()) <= most


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"latent": 0}, "latent must be at least 1"),
        *[({k: -1.0}, f"{k} must be at least 0") for k in ("beta", "free", "noise")],
    ],
)
def test_an_impossible_option_is_refused(options, word):
    with pytest.raises(ValueError, match=word):
        CVAE(PAIR, net(None), **options)


def test_a_decoder_with_a_coupling_is_refused():
    with pytest.raises(ValueError, match="the decoder cannot have a coupling"):
        CVAE(PAIR, Make(MLP, width=8), decoder=Make(Flow, coupling=Make(Transport)))
