"""Neural spline flow: the density is one, drawing undoes it, and every number depends on those before it alone."""

import numpy as np
import pytest
import torch
from scipy.stats import kstest
from torch.testing import assert_close
from zuko.distributions import DiagNormal, NormalizingFlow

from eitherway.backbones import MLP
from eitherway.heads import Spline
from eitherway.make import Make
from eitherway.shape import Shape

ONE, TWO, CHUNK = Shape(1, 1, 1, 1), Shape(1, 2, 1, 1), Shape(2, 2, 1, 1)
SHAPES = pytest.mark.parametrize("shape", [ONE, CHUNK], ids=["one number", "a chunk"])


def context(rows):
    return torch.full((rows, 1, 1), 0.4, dtype=torch.float64)


def untrained(shape, **options):
    """A head with random weights that bend a good deal: a theorem does not wait for training."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        head = Spline(shape, Make(MLP, width=8), **{"bins": 5, "width": 8, "slope": 0.1, **options}).double()
        for weights in head.parameters():
            torch.nn.init.normal_(weights, std=0.7)
    return head.requires_grad_(False)


def forward(head, a, c):
    """The noise that chunks stand for."""
    return head.flow(head.net(c)[:, 0])(a.flatten(1))


@pytest.mark.parametrize(("shape", "count"), [(ONE, 20_001), (TWO, 401)])
def test_the_density_integrates_to_one(shape, count):
    head, line = untrained(shape), torch.linspace(-8, 8, count, dtype=torch.float64)
    a = torch.cartesian_prod(*[line] * shape.action).view(-1, 1, shape.action)
    cell = float(line[1] - line[0]) ** shape.action
    assert float(head.log_prob(a, context(len(a))).exp().sum()) * cell == pytest.approx(1, abs=2e-3)


@SHAPES
def test_the_density_is_that_of_the_published_flow(shape, generator):
    head = untrained(shape)
    a = torch.randn(30, shape.horizon, shape.action, generator=generator, dtype=torch.float64)
    base = DiagNormal(torch.zeros(head.n).double(), torch.ones(head.n).double())
    distribution = NormalizingFlow(head.flow(head.net(context(30))[:, 0]), base)
    assert_close(head.log_prob(a, context(30)), distribution.log_prob(a.flatten(1)))


@SHAPES
def test_log_density_grows_by_the_log_determinant_of_the_jacobian(shape, generator):
    head = untrained(shape)
    for a in torch.randn(5, 1, shape.horizon, shape.action, generator=generator, dtype=torch.float64):
        slopes = torch.autograd.functional.jacobian(lambda x: forward(head, x, context(1))[0], a).view(head.n, head.n)
        prior = torch.distributions.Normal(0.0, 1.0).log_prob(forward(head, a, context(1))).sum()
        assert_close(head.log_prob(a, context(1))[0], prior + slopes.det().abs().log())


def test_with_one_transform_a_number_depends_on_itself_and_those_before_it(generator):
    head, a = untrained(CHUNK, transforms=1), torch.randn(1, 2, 2, generator=generator, dtype=torch.float64)
    slopes = torch.autograd.functional.jacobian(lambda x: forward(head, x, context(1))[0], a).view(4, 4)
    assert not slopes.triu(1).any()
    assert bool((slopes.diagonal() > 0).all()) and bool(slopes.tril(-1).any())


@SHAPES
def test_a_draw_is_the_chunk_that_its_noise_stands_for(shape):
    head = untrained(shape)
    drawn = head.sample(context(1).expand(6, -1, -1), 3, torch.Generator().manual_seed(1))
    z = torch.randn(18, head.n, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    assert_close(forward(head, drawn.flatten(0, 1), context(18)), z, atol=1e-6, rtol=1e-6)


def test_draws_follow_the_density(generator):
    head, end, cells = untrained(ONE), 12.0, 100_000
    line = torch.linspace(-end, end, cells, dtype=torch.float64)
    cdf = head.log_prob(line[:, None, None], context(cells)).exp().cumsum(0) * (2 * end / (cells - 1))
    draws = head.sample(context(1), 20_000, generator).flatten()
    assert kstest(draws.numpy(), lambda x: np.interp(x, line.numpy(), cdf.numpy())).pvalue > 1e-3


def test_beyond_the_bins_an_action_is_its_noise():
    head, a = untrained(ONE), torch.tensor([-7.0, -5.1, 5.1, 7.0]).double()[:, None, None]
    assert_close(forward(head, a, context(4)), a[:, 0])


def test_without_noise_every_draw_is_the_chunk_of_no_noise(generator):
    head = untrained(CHUNK, noise=0.0)
    drawn = head.sample(context(1), 5, generator)
    assert_close(forward(head, drawn[:, 0], context(5)), torch.zeros(5, 4).double(), atol=1e-9, rtol=0)


def test_noise_scales_what_draws_start_from():
    z = [
        forward(h, h.sample(context(1), 9, torch.Generator().manual_seed(1))[:, 0], context(9))
        for h in (untrained(CHUNK), untrained(CHUNK, noise=0.25))
    ]
    assert_close(z[1], z[0] / 4, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"bins": 1}, "bins must be at least 2, got 1"),
        ({"transforms": 0}, "transforms must be at least 1, got 0"),
        ({"width": 0}, "width must be at least 1, got 0"),
        ({"slope": 1.0}, "slope must lie between 0 and 1"),
        ({"noise": -1.0}, "noise must be at least 0"),
    ],
)
def test_an_impossible_option_is_refused(options, word):
    with pytest.raises(ValueError, match=word):
        Spline(ONE, Make(MLP), **options)
