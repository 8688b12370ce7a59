"""Mixture density network: the density is one, draws follow it, modes start at clusters, and triangles see ties."""

import math
from functools import partial

import pytest
import torch
from scipy.stats import kstest
from torch.distributions import Categorical, Independent, MixtureSameFamily, MultivariateNormal, Normal
from torch.testing import assert_close

from eitherway.backbones import MLP
from eitherway.heads import MDN, Diagonal, Full
from eitherway.heads.mdn import UNIT
from eitherway.make import Make
from eitherway.shape import Shape

ONE, TWO, CHUNK = Shape(1, 1, 1, 1), Shape(1, 2, 1, 1), Shape(2, 2, 1, 1)
KINDS = pytest.mark.parametrize("kind", [Diagonal, Full])


def context(rows):
    return torch.full((rows, 1, 1), 0.4, dtype=torch.float64)


def untrained(shape, **options):
    """A head with random weights, shares, centres and widths: a theorem does not wait for training."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        head = MDN(shape, Make(MLP, width=8), **options).double()
        head.log_share.normal_()
        head.centre.normal_()
        head.width.uniform_(0.3, 1)
        for weights in head.net.parameters():
            torch.nn.init.normal_(weights, std=0.7)
    return head.requires_grad_(False)


class Says(torch.nn.Module):
    """A network that answers every context with the same numbers."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def forward(self, c):
        return self.answer.expand(len(c), *self.answer.shape)


def silent(shape, *, d_in, d_out, times):
    """A network that always answers with zeros."""
    return Says(torch.zeros(shape.horizon, d_out, dtype=torch.float64))


def grid(shape, end, count):
    """The middles of equal cells of [-end, end] in each number of a chunk, and a cell's volume."""
    n = shape.horizon * shape.action
    line = torch.linspace(-end, end, count, dtype=torch.float64)
    cells = torch.cartesian_prod(*[line] * n).view(-1, shape.horizon, shape.action)
    return cells, float(line[1] - line[0]) ** n


@KINDS
@pytest.mark.parametrize(("shape", "count"), [(ONE, 20_001), (TWO, 401)])
def test_the_density_integrates_to_one(kind, shape, count):
    head = untrained(shape, components=3, covariance=Make(kind))
    a, cell = grid(shape, 12, count)
    assert abs(float(head.log_prob(a, context(len(a))).exp().sum()) * cell - 1) < 1e-5


def published(head):
    """The same distribution at one context, by torch.distributions; Cholesky factors by the columns of inverses."""
    log_w, mean, sd, triangle = (part[0] for part in head.parts(context(1)))
    columns = torch.eye(mean.shape[1], dtype=torch.float64)[:, None]  # n 1 n
    inverse = (
        head.covariance.untie(columns.expand(-1, *mean.shape), triangle.expand(len(columns), -1, -1)) / sd
    ).permute(1, 2, 0)
    return MixtureSameFamily(Categorical(logits=log_w), MultivariateNormal(mean, scale_tril=inverse.inverse()))


@KINDS
def test_the_density_is_that_of_the_published_mixture(kind, generator):
    head = untrained(CHUNK, components=5, covariance=Make(kind))
    a = torch.randn(50, 2, 2, generator=generator, dtype=torch.float64)
    assert_close(head.log_prob(a, context(50)), published(head).log_prob(a.flatten(1)))


def test_the_diagonal_mixture_is_one_of_independent_numbers(generator):
    head = untrained(CHUNK, components=5)
    log_w, mean, sd, _ = (part[0] for part in head.parts(context(1)))
    distribution = MixtureSameFamily(Categorical(logits=log_w), Independent(Normal(mean, sd), 1))
    a = torch.randn(50, 2, 2, generator=generator, dtype=torch.float64)
    assert_close(head.log_prob(a, context(50)), distribution.log_prob(a.flatten(1)))


def mixed(x, mean, sd, w):
    """The distribution function of a mixture of Gaussians of one number."""
    return (w * torch.special.ndtr((torch.as_tensor(x)[:, None] - mean) / sd)).sum(1).numpy()


@KINDS
def test_draws_follow_the_density_along_every_direction(kind, generator):
    """A mixture of Gaussians seen along u is the mixture of the Gaussians seen along u."""
    head = untrained(CHUNK, components=3, covariance=Make(kind))
    draws, distribution = head.sample(context(1), 20_000, generator).flatten(1), published(head)
    gaussians, w = distribution.component_distribution, distribution.mixture_distribution.probs
    for u in torch.randn(5, 4, generator=generator, dtype=torch.float64):
        mean, sd = gaussians.mean @ u, (u @ gaussians.covariance_matrix @ u).sqrt()
        cdf = partial(mixed, mean=mean, sd=sd, w=w)
        assert kstest((draws @ u).numpy(), cdf).pvalue > 1e-3


@KINDS
def test_an_untrained_mixture_is_the_clusters_of_the_data(kind, generator):
    """Four heaps far apart: one mode each, with its mean, its widths and its share."""
    k = torch.randint(4, (2_000,), generator=generator)
    centre = torch.tensor([[-9.0, -9], [-9, 9], [9, -9], [9, 9]]).double()
    a = centre[k] + torch.randn(2_000, 2, generator=generator, dtype=torch.float64) * torch.tensor([0.5, 2.0]).double()
    head = MDN(TWO, silent, components=4, covariance=Make(kind), floor=1e-9).double()
    head.fit(a[:, None], generator)
    log_w, mean, sd, triangle = (part[0] for part in head.parts(context(1)))
    order = (mean.sign() @ torch.tensor([2.0, 1.0]).double()).argsort()
    heaps = [a[k == i] for i in range(4)]
    assert_close(mean[order], torch.stack([heap.mean(0) for heap in heaps]))
    assert_close(sd[order], torch.stack([heap.std(0, unbiased=False) for heap in heaps]))
    assert_close(log_w.exp()[order], torch.bincount(k) / 2_000, check_dtype=False)
    assert not triangle.any()


def test_only_a_full_covariance_sees_that_two_numbers_are_tied(generator):
    """The best single Gaussians of the two kinds differ by the mutual information, -log(1 - ρ²) / 2 nats."""
    e = torch.randn(4_000, 2, generator=generator, dtype=torch.float64)
    a = torch.stack([e[:, 0], 0.8 * e[:, 0] + 0.6 * e[:, 1]], dim=1)
    a = ((a - a.mean(0)) / a.std(0, unbiased=False))[:, None]
    rho = float(a.prod(2).mean())
    left = math.sqrt(1 - rho**2)  # what is left of the second number's width, given the first
    answers = {Diagonal: [0.0] * 5, Full: [0.0, 0.0, 0.0, 0.0, math.log(math.expm1(left)) - UNIT, -rho]}
    best = {}
    for kind, answer in answers.items():
        says = torch.tensor([answer], dtype=torch.float64, requires_grad=True)  # score, means, widths, triangle
        head = MDN(
            TWO, lambda *_, says=says, **sizes: Says(says), components=1, covariance=Make(kind), floor=1e-9
        ).double()
        head.fit(a, generator)
        value = head.log_prob(a, context(4_000)).mean()
        assert_close(torch.autograd.grad(value, says)[0], torch.zeros_like(says), atol=1e-7, rtol=0)  # no better answer
        best[kind] = float(value.detach())
    assert best[Full] - best[Diagonal] == pytest.approx(-math.log(1 - rho**2) / 2, abs=1e-7)


def test_a_mean_that_pleases_no_demonstration_costs_a_single_gaussian_nothing_but_width(generator):
    """One mode on two points ±1 is N(0, 1): it puts its peak where nobody lands, as squared error does."""
    a = torch.tensor([-1.0, 1.0]).double()[:, None, None]
    head = MDN(ONE, silent, components=1, floor=1e-9).double()
    head.fit(a, generator)
    at = torch.linspace(-2, 2, 9, dtype=torch.float64)[:, None, None]
    assert_close(head.log_prob(at, context(9)), Normal(0.0, 1.0).log_prob(at[:, 0, 0]))


def test_without_temperature_and_noise_every_draw_is_the_mean_of_the_heaviest_mode(generator):
    head = untrained(CHUNK, components=5, temperature=0.0, noise=0.0)
    log_w, mean, *_ = head.parts(context(1))
    heaviest = mean[0, log_w[0].argmax()].view(1, 1, 2, 2)
    assert_close(head.sample(context(1), 50, generator), heaviest.expand(50, 1, 2, 2))


def test_without_noise_draws_are_the_means_as_often_as_their_temperature_says(generator):
    head = untrained(ONE, components=4, temperature=2.0, noise=0.0)
    log_w, mean, *_ = head.parts(context(1))
    drawn = head.sample(context(1), 20_000, generator).flatten()
    often = (drawn[:, None] - mean[0, :, 0]).abs().lt(1e-9).double().mean(0)
    assert_close(often, (log_w[0] / 2).softmax(0), atol=0.015, rtol=0)


def test_noise_scales_the_spread_within_a_mode(generator):
    some, half = (untrained(CHUNK, components=1, covariance=Make(Full), noise=noise) for noise in (1.0, 0.5))
    mean = some.parts(context(1))[1].view(1, 1, 2, 2)
    far, near = (head.sample(context(1), 9, torch.Generator().manual_seed(1)) - mean for head in (some, half))
    assert_close(near, far / 2)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"components": 0}, "components must be at least 1, got 0"),
        ({"floor": 0.0}, "floor is a width and must be above 0"),
        ({"temperature": -1.0}, "temperature and noise must be at least 0"),
        ({"noise": -1.0}, "temperature and noise must be at least 0"),
    ],
)
def test_an_impossible_option_is_refused(options, word):
    with pytest.raises(ValueError, match=word):
        MDN(ONE, silent, **options)


def test_modes_beyond_the_different_chunks_share_these(generator):
    """A gripper that is open a third of the time."""
    head = MDN(ONE, silent, components=9)
    head.fit(torch.tensor([0.0, 1.0, 1.0]).view(3, 1, 1), generator)
    assert set(head.centre.flatten().tolist()) == {0.0, 1.0} and bool(head.log_share.isfinite().all())
    assert float(head.log_share[head.centre[:, 0] == 1].exp().sum()) == pytest.approx(2 / 3)
