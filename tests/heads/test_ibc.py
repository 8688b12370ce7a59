"""With the exact energy one round of resampling and long Langevin chains draw the distribution, more rounds sharpen."""

import pytest
import torch
from scipy.stats import kstest
from torch.distributions import MultivariateNormal
from torch.nn.functional import cross_entropy
from torch.testing import assert_close

from eitherway.backbones import MLP
from eitherway.heads import IBC, Box, Clusters, Gaussian, Langevin, Resampling
from eitherway.make import Make
from eitherway.shape import Shape
from exact import Gaussians, net

SHAPE = Shape(1, 1, 1, 1)
APART = Gaussians([0.3, 0.7], [[[-0.5]], [[0.5]]], [0.1, 0.1])
NEAR = Gaussians([0.3, 0.7], [[[-0.35]], [[0.35]]], [0.25, 0.25])
C = torch.zeros(1, 1, 1, dtype=torch.float64)
DATA = torch.tensor([-1.0, 1.0]).double()[:, None, None]


def exact(distribution, search, proposal=None, shape=SHAPE):
    """A head whose energy is -log p of a known distribution: the network has to answer with it against q."""
    proposal = proposal or Make(Box, margin=0.0)
    head = IBC(shape, net(None), proposal=proposal, search=search, negatives=16).double()
    head.fit(DATA.expand(2, shape.horizon, shape.action), torch.Generator())

    def contrast(a):
        log_q = head.proposal.log_prob(a[:, None])[:, 0]
        return (log_q - distribution.log_prob(a))[:, None, None].expand(-1, shape.horizon, 1)

    head.net.function = contrast
    return head


def drawn(head, n=4_000):
    return head.sample(C, n, torch.Generator().manual_seed(0))[:, 0, 0, 0]


def distance(x, distribution):
    """Kolmogorov and Smirnov's: 0.021 is the 5 % point for 4,000 draws of the distribution itself."""
    return kstest(x.numpy(), lambda v: distribution.cdf(torch.as_tensor(v)).numpy()).statistic


@pytest.mark.parametrize("proposal", [Make(Box), Make(Gaussian)])
def test_one_round_of_resampling_draws_the_distribution(proposal):
    assert distance(drawn(exact(APART, Make(Resampling, candidates=400), proposal)), APART) < 0.025


def test_few_candidates_blur_the_distribution():
    far = [distance(drawn(exact(APART, Make(Resampling, candidates=k))), APART) for k in (1, 4, 64)]
    assert far[0] > 1.5 * far[1] > 3 * far[2]


@pytest.mark.parametrize(("rounds", "share"), [(1, 0.7), (2, 0.845), (3, 0.927)])
def test_every_round_multiplies_by_the_distribution_once_more(rounds, share):
    """0.7^k / (0.7^k + 0.3^k): the likelier mode's share of p^k."""
    x = drawn(exact(APART, Make(Resampling, candidates=300, rounds=rounds, noise=0.03)), 2_500)
    assert float((x > 0).double().mean()) == pytest.approx(share, abs=0.025)


def test_at_temperature_zero_only_the_likeliest_action_is_left():
    x = drawn(exact(APART, Make(Resampling, candidates=300, temperature=0.0)), 500)
    assert_close(x, torch.full_like(x, 0.5), atol=0.03, rtol=0)


STILL = {"first": 1e-2, "last": 1e-2}


def test_long_langevin_chains_draw_the_distribution_where_they_can_cross():
    assert distance(drawn(exact(NEAR, Make(Langevin, steps=250, **STILL))), NEAR) < 0.03


def test_langevin_chains_keep_to_the_side_they_start_on():
    x = drawn(exact(APART, Make(Langevin, steps=200, first=1e-3, last=1e-3)))
    assert float((x > 0).double().mean()) == pytest.approx(0.5, abs=0.03)


def test_langevin_from_resampled_starts_has_the_right_shares():
    x = drawn(exact(APART, Make(Langevin, candidates=256, steps=20, first=1e-3, last=1e-4)))
    assert distance(x, APART) < 0.03


def test_noise_that_falls_with_the_step_settles_in_the_modes():
    x = drawn(exact(APART, Make(Langevin, steps=200, first=1e-2, last=1e-5, cooling=1.0)), 500)
    assert float((x.abs() - 0.5).abs().mean()) < 0.02 < 0.08  # the distribution's own is 0.08


def test_langevin_steps_are_ibcs(generator):
    """Implicit Behavioral Cloning, appendix B.3: a - λ (∇E / 2 + ω) in a box, λ falling as a polynomial of degree 2."""
    head = exact(NEAR, Make(Langevin, steps=5, first=0.1, last=1e-5, cooling=1.0, reach=0.1))
    state = generator.get_state()
    x = head.sample(C, 30, generator)[:, 0]
    generator.set_state(state)
    a = 2 * torch.rand(30, 1, 1, generator=generator, dtype=torch.float64) - 1
    for i in range(5):
        rate = (0.1 - 1e-5) * (1 - i / 4) ** 2 + 1e-5
        a.requires_grad_()
        (slope,) = torch.autograd.grad(-NEAR.log_prob(a).sum(), a)
        omega = -torch.randn(30, 1, 1, 1, generator=generator, dtype=torch.float64)[:, 0]
        a = (a.detach() - (rate * (slope / 2 + omega)).clamp(-0.1, 0.1)).clamp(-1, 1)
    assert_close(x, a)


@torch.no_grad()
@pytest.mark.parametrize(
    ("search", "calls"), [(Make(Resampling), 1), (Make(Resampling, rounds=3), 3), (Make(Langevin), 50)]
)
def test_all_candidates_are_one_evaluation_and_gradients_are_there_without_being_asked_for(search, calls):
    head, seen = exact(NEAR, search), []
    head.net.register_forward_pre_hook(lambda *_: seen.append(1))
    assert bool(drawn(head, 3).isfinite().all()) and len(seen) == calls


def untrained(shape, **options):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return IBC(shape, Make(MLP, width=8), **options).double()


def test_the_loss_is_the_cross_entropy_of_finding_the_demonstration(generator):
    """Implicit Behavioral Cloning, section 2: one positive and as many negatives, scored by -E."""
    head = untrained(Shape(3, 2, 1, 2), negatives=7)
    a, c = torch.randn(10, 3, 2).double(), torch.randn(10, 1, 2).double()
    state = generator.get_state()
    loss = head.loss(a, c, generator)
    others = 2 * torch.rand(10, 7, 3, 2, generator=generator.set_state(state), dtype=torch.float64) - 1
    energies = torch.stack([head.net(c, x).mean((1, 2)) for x in (a, *others.unbind(1))], 1)
    assert_close(loss, cross_entropy(-energies, torch.zeros(10, dtype=torch.long), reduction="none"))


def test_the_loss_does_not_see_the_level_of_the_energy():
    head = exact(NEAR, Make(Resampling))
    before = head.loss(DATA, C.expand(2, -1, -1), torch.Generator().manual_seed(0))
    plain = head.net.function
    head.net.function = lambda a: plain(a) + 17.0
    assert_close(head.loss(DATA, C.expand(2, -1, -1), torch.Generator().manual_seed(0)), before)


@pytest.mark.parametrize("proposal", [Make(Box, margin=0.3), Make(Gaussian)])
@pytest.mark.parametrize("direction", [lambda a: a, lambda a: (3 * a).sin(), lambda a: a.square(), lambda a: a.sign()])
def test_minus_the_distributions_log_density_is_where_the_loss_is_least(proposal, direction):
    """Whatever the candidates' distribution; a small change h in any direction costs of the order of h²."""
    rows = 20_000
    head = exact(NEAR, Make(Resampling), proposal)
    k = torch.rand(rows, 1, 1, generator=torch.Generator().manual_seed(1)) < 0.3
    z = torch.randn(rows, 1, 1, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    a, plain, losses = torch.where(k, -0.35, 0.35) + 0.25 * z, head.net.function, {}
    for h in (-0.3, 0.0, 0.3):
        head.net.function = lambda x, h=h: plain(x) + h * direction(x)
        losses[h] = float(head.loss(a, C.expand(rows, -1, -1), torch.Generator().manual_seed(3)).mean())
    assert losses[0.0] < min(losses[-0.3], losses[0.3])


def test_slopes_beyond_the_steepest_cost_their_square():
    losses = []
    for steepest in (None, 1.0, 5.0):
        head = IBC(Shape(2, 1, 1, 1), net(lambda a: 6 * a), steepest=steepest).double()  # dE/da = 3: two steps pooled
        losses.append(head.loss(torch.zeros(4, 2, 1).double(), C.expand(4, -1, -1), torch.Generator().manual_seed(0)))
    assert_close(losses[1] - losses[0], torch.full((4,), 4.0).double())
    assert_close(losses[2], losses[0])


def test_the_box_holds_the_demonstrations_and_a_margin(generator):
    a = torch.randn(100, 3, 2, generator=generator, dtype=torch.float64)
    box = Box(Shape(3, 2, 1, 1), margin=0.1).double()
    box.fit(a, generator)
    draws = box.draw(1, 50_000, generator)[0]
    wide = 1.2 * (a.amax(0) - a.amin(0))
    assert_close(draws.amin(0), a.amin(0) - wide / 12, atol=2e-3, rtol=0)
    assert_close(draws.amax(0) - draws.amin(0), wide, atol=4e-3, rtol=0)
    assert_close(draws.mean(0), (a.amax(0) + a.amin(0)) / 2, atol=0.04, rtol=0)


def test_the_gaussian_has_the_demonstrations_mean_and_covariance(generator):
    mix = torch.randn(6, 6, generator=generator, dtype=torch.float64)
    a = (torch.randn(500, 6, generator=generator, dtype=torch.float64) @ mix + 1).unflatten(1, (3, 2))
    distribution = Gaussian(Shape(3, 2, 1, 1), floor=1e-9).double()
    distribution.fit(a, generator)
    known = MultivariateNormal(a.flatten(1).mean(0), a.flatten(1).T.cov(correction=0))
    gap = distribution.log_prob(a[None])[0] - known.log_prob(a.flatten(1))
    assert_close(gap, gap[:1].expand_as(gap), atol=1e-4, rtol=0)
    draws = distribution.draw(1, 50_000, generator)[0].flatten(1)
    assert_close(draws.T.cov(), known.covariance_matrix, atol=0.3, rtol=0.05)


def rare(rows, generator):
    """19 of 20 at -1, the others at 1, both 400 times narrower than they are apart."""
    side = torch.where(torch.rand(rows, 1, 1, generator=generator) < 0.05, 1.0, -1.0)
    return (side + 0.005 * torch.randn(rows, 1, 1, generator=generator)).double()


def test_a_single_cluster_is_the_gaussian(generator):
    a = torch.randn(500, 3, 2, generator=generator, dtype=torch.float64)
    distributions = [
        cls(Shape(3, 2, 1, 1), **more).double()
        for cls, more in ((Gaussian, {}), (Clusters, {"size": 1, "spread": 1.0}))
    ]
    for distribution in distributions:
        distribution.fit(a, generator)
    plain, single = (distribution.log_prob(a[None]) for distribution in distributions)
    assert_close(plain, single)


def test_the_density_of_clusters_integrates_to_one(generator):
    distribution = Clusters(SHAPE, size=5).double()
    distribution.fit(rare(2_000, generator), generator)
    x = torch.linspace(-1.2, 1.2, 200_001, dtype=torch.float64)
    size = float(distribution.factor) * (2 * torch.pi) ** 0.5
    assert float(distribution.log_prob(x[None, :, None, None]).exp().mean()) * 2.4 / size == pytest.approx(1, abs=1e-4)


def test_clusters_offer_a_rare_way_as_often_as_it_is_shown_and_a_normal_distribution_never(generator):
    a, found = rare(4_000, generator), {}
    for cls in (Clusters, Gaussian):
        distribution = cls(SHAPE).double()
        distribution.fit(a, generator)
        found[cls] = float((distribution.draw(1, 20_000, generator) > 0.95).double().mean())
    assert found[Clusters] == pytest.approx(float((a > 0).double().mean()), abs=0.01)
    assert found[Gaussian] < 1e-3


@pytest.mark.parametrize(
    ("search", "proposal", "least", "most"),
    [
        (Make(Resampling, candidates=256), Make(Box, margin=0.0), 0.08, 0.2),  # few of them are in the common mode
        (Make(Resampling, candidates=4_096), Make(Box, margin=0.0), 0.04, 0.06),
        (Make(Resampling, candidates=256), Make(Clusters), 0.04, 0.06),
    ],
)
def test_a_rare_way_is_drawn_too_often_from_few_candidates_in_a_wide_box(search, proposal, least, most, generator):
    """With the exact energy: what is wrong is the search's."""
    distribution = Gaussians([0.95, 0.05], [[[-1.0]], [[1.0]]], [0.005, 0.005])
    head = exact(distribution, search, proposal)
    head.proposal.fit(rare(4_000, generator), generator)
    assert least < float((drawn(head, 8_000) > 0).double().mean()) < most


@pytest.mark.learn
def test_against_clusters_a_rare_way_is_learnt_and_drawn_at_its_rate(generator):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        head = IBC(SHAPE, Make(MLP, width=16), proposal=Make(Clusters), negatives=32)
    head.fit(rare(4_000, generator).float(), generator)
    adam, c = torch.optim.Adam(head.parameters(), lr=1e-2), torch.zeros(100, 1, 1)
    for _ in range(200):
        adam.zero_grad()
        head.loss(rare(100, generator).float(), c, generator).mean().backward()
        adam.step()
    with torch.no_grad():
        x = head.sample(c[:1], 4_000, generator).flatten()
    assert 0.03 < float((x > 0.9).double().mean()) < 0.08
    assert float((x.abs() - 1).abs().max()) < 0.05


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: IBC(SHAPE, net(None), negatives=0), "negatives must be at least 1"),
        (lambda: IBC(SHAPE, net(None), steepest=-1.0), "steepest must be at least 0"),
        (lambda: Resampling(candidates=0), "candidates must be at least 1"),
        (lambda: Resampling(rounds=0), "rounds must be at least 1"),
        (lambda: Resampling(noise=-1.0), "noise must be at least 0"),
        (lambda: Langevin(steps=0), "steps must be at least 1"),
        (lambda: Langevin(first=1e-3, last=1e-2), "step sizes must fall"),
        (lambda: Box(SHAPE, margin=-1.0), "margin must be at least 0"),
        (lambda: Gaussian(SHAPE, floor=0.0), "floor must be above 0"),
        (lambda: Clusters(SHAPE, size=0), "size must be at least 1"),
        (lambda: Clusters(SHAPE, spread=0.0), "spread must be above 0"),
        (lambda: Clusters(SHAPE, floor=0.0), "floor must be above 0"),
    ],
)
def test_an_impossible_option_is_refused(make, word):
    with pytest.raises(ValueError, match=word):
        make()


@pytest.mark.parametrize("temperature", [0.0, 0.5, 1.0])
def test_what_is_offered_often_is_not_thought_likelier_at_any_temperature(temperature):
    """p^(1/T) of a normal distribution is normal with T times its variance, whatever the candidates came from."""
    distribution = Gaussians([1.0], [[[0.3]]], [0.5])
    search = Make(Resampling, candidates=2_000, temperature=temperature)
    x = drawn(exact(distribution, search, Make(Gaussian)), 2_000)
    assert float(x.mean()) == pytest.approx(0.3, abs=0.03)
    assert float(x.std()) == pytest.approx(0.5 * temperature**0.5, abs=0.02)
