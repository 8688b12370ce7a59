"""Tokens obey the chain rule exactly, numbers within them have a proper density, and modes are never mixed."""

import itertools

import pytest
import torch
from torch.testing import assert_close

from eitherway.backbones import MLP
from eitherway.codebooks import GapBins, QuantileBins, UniformBins
from eitherway.heads import Autoregressive, Categorical
from eitherway.heads.chain import Chain, sharpened
from eitherway.make import Make
from eitherway.shape import Shape

SHAPE = Shape(1, 3, 1, 2)
CONTEXT = torch.tensor([[[0.3, -0.8]]], dtype=torch.float64)
WORDS = torch.tensor(list(itertools.product(range(3), repeat=3)))
BOOKS = [Make(UniformBins, size=3), Make(QuantileBins, size=3), Make(GapBins, size=3)]


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def made(book, shape=SHAPE, seed=0, **options):
    """An untrained head in float64 whose tokens depend on those before, fitted to normal numbers."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        head = Autoregressive(shape, Make(MLP), codebook=book, **options).double()
        for p in head.chain.parameters():
            p.data += 0.5 * torch.randn_like(p)
    head.fit(torch.randn(200, shape.horizon, shape.action, generator=seeded(1), dtype=torch.float64), seeded(2))
    return head


def by_hand(head, word):
    """Π_g p(k_g | k_<g, c), each factor computed on its own from the weights."""
    chain, p = head.chain, 1.0
    for g, k in enumerate(word):
        n_tokens = [head.codebook.centres[j, word[j]] for j in range(g)]
        seen = torch.stack([torch.zeros(()).double()] * (chain.n_tokens - 1 - g) + [torch.ones(()).double(), *n_tokens])
        h = torch.nn.functional.silu(chain.net(CONTEXT)[0, g] + chain.before.weight @ seen[-chain.reach :])
        h = torch.nn.functional.silu(chain.hidden(h))
        p = p * (h @ chain.weight[g] + chain.bias[g, 0]).softmax(0)[k]
    return p


def test_the_probabilities_of_all_words_sum_to_one():
    head = made(BOOKS[0])
    assert_close(head.spelling(WORDS, CONTEXT.expand(27, -1, -1)).exp().sum(), torch.tensor(1.0).double())


def test_a_word_is_as_likely_as_the_product_over_its_letters():
    head = made(BOOKS[0])
    exact = torch.stack([by_hand(head, word.tolist()) for word in WORDS])
    assert_close(head.spelling(WORDS, CONTEXT.expand(27, -1, -1)).exp(), exact)


def test_words_are_drawn_as_often_as_they_are_likely():
    head, n = made(BOOKS[0]), 40_000
    k = head.codebook.encode(head.sample(CONTEXT, n, seeded(3))[:, 0])
    often = torch.bincount(k @ torch.tensor([9, 3, 1]), minlength=27) / n
    assert_close(often, head.spelling(WORDS, CONTEXT.expand(27, -1, -1)).exp().float(), atol=0.012, rtol=0)


def test_a_letter_depends_on_those_before_and_on_none_after():
    head = made(BOOKS[0])
    word = torch.tensor([[0, 1, 2]])
    p = head.chain(CONTEXT, word, head.table)
    last = head.chain(CONTEXT, torch.tensor([[0, 1, 0]]), head.table)
    first = head.chain(CONTEXT, torch.tensor([[2, 1, 2]]), head.table)
    assert torch.equal(p, last)
    assert torch.equal(p[:, 0], first[:, 0]) and not torch.allclose(p[:, 2], first[:, 2])


@pytest.mark.parametrize("book", [Make(QuantileBins, size=12), Make(GapBins, size=12)], ids=repr)
def test_a_number_that_is_half_the_time_the_same_has_a_density_of_mass_one(book):
    """Integrated between all edges: within a bin the density is constant, beyond the outermost it is exponential."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        head = Autoregressive(Shape(1, 1, 1, 2), Make(MLP), codebook=book).double()
    a = torch.randn(400, 1, 1, generator=seeded(1), dtype=torch.float64)
    a[::2] = 0.25
    head.fit(a, seeded(2))
    edges = head.codebook.edges[0]
    middles, tails = (edges[1:] + edges[:-1]) / 2, torch.logspace(-9, 4, 30_001).double()
    outer = [edges[i] + sign * tails for i, sign in ((0, -1), (-1, 1))]
    density = [head.log_prob(x[:, None, None], CONTEXT.expand(len(x), -1, -1)).exp() for x in (middles, *outer)]
    mass = (density[0] * edges.diff()).sum() + sum(torch.trapezoid(p, tails) for p in density[1:])
    assert mass.item() == pytest.approx(1, abs=0.005)


def test_a_short_memory_forgets_the_letters_further_back():
    head = made(BOOKS[0], memory=1)
    one, other = (head.chain(CONTEXT, torch.tensor([[k, 1, 2]]), head.table) for k in (0, 2))
    assert torch.equal(one[:, 2], other[:, 2]) and not torch.allclose(one[:, 1], other[:, 1])


@pytest.mark.parametrize("book", BOOKS, ids=repr)
def test_the_density_integrates_to_one(book):
    head = made(book, Shape(1, 1, 1, 2))
    inner = head.codebook.edges[0]
    inside = torch.linspace(float(inner[0]), float(inner[-1]), 20_001, dtype=torch.float64)
    tail = torch.linspace(0, 60, 200_001, dtype=torch.float64)[1:]
    x = torch.cat([(inside[1:] + inside[:-1]) / 2, float(inner[0]) - tail, float(inner[-1]) + tail])
    cell = torch.cat([inside.diff(), torch.full_like(tail, 60 / 200_000), torch.full_like(tail, 60 / 200_000)])
    with torch.no_grad():
        p = head.log_prob(x[:, None, None], CONTEXT.expand(len(x), -1, -1)).exp()
    assert_close((p * cell).sum(), torch.tensor(1.0).double(), atol=2e-3, rtol=0)


@pytest.mark.parametrize("book", BOOKS, ids=repr)
def test_draws_have_the_density_that_is_claimed(book):
    head = made(book, Shape(1, 1, 1, 2))
    x = head.sample(CONTEXT, 20_000, seeded(4))[:, 0, 0, 0].sort().values
    low, high = float(head.codebook.edges[0, 0]) - 8, float(head.codebook.edges[0, -1]) + 8
    grid = torch.linspace(low, high, 40_001, dtype=torch.float64)
    with torch.no_grad():
        p = head.log_prob(grid[:, None, None], CONTEXT.expand(len(grid), -1, -1)).exp()
    cdf = (p * (high - low) / 40_000).cumsum(0)
    empirical = torch.searchsorted(x, grid, right=True) / len(x)
    assert float((cdf - empirical).abs().max()) < 0.015  # Kolmogorov: 0.0136 for one in a thousand sets of draws


def test_what_lies_beyond_all_training_actions_has_a_density():
    head = made(BOOKS[0])
    assert bool(head.log_prob(torch.full((1, 1, 3), 30.0).double(), CONTEXT).isfinite())


def test_the_widest_gap_is_a_bin_without_a_training_action():
    a = torch.cat([-1 - torch.rand(100, generator=seeded(0)), 1 + torch.rand(130, generator=seeded(1))])[:, None, None]
    book = GapBins(Shape(1, 1, 1, 1), size=16)
    book.fit(a, seeded(0))
    counts = torch.bincount(book.encode(a)[:, 0], minlength=16)
    k = int(book.encode(torch.zeros(1, 1, 1)))
    assert counts[k] == 0
    assert book.edges[0, k - 1] == a[a < 0].max() and a[a > 0].min() - 1e-6 < book.edges[0, k] < a[a > 0].min()


def test_a_gap_that_is_narrow_for_the_range_is_none():
    a = torch.linspace(0, 1, 101)[:, None, None]
    a[60:] += 0.03
    books = [GapBins(Shape(1, 1, 1, 1), size=8, least=least) for least in (0.02, 0.05)]
    for book in books:
        book.fit(a, seeded(0))
    empty = [int((torch.bincount(book.encode(a)[:, 0], minlength=8) == 0).sum()) for book in books]
    assert empty == [1, 0]


def test_temperature_zero_spells_the_likeliest_letter_each_time():
    head = made(BOOKS[0], temperature=0.0)
    k = head.codebook.encode(head.sample(CONTEXT, 5, seeded(5))[:, 0])
    p = head.chain(CONTEXT.expand(5, -1, -1), k, head.table)
    assert torch.equal(k, p.argmax(-1))


def test_temperature_divides_the_scores_of_the_likeliest_few():
    scores = torch.tensor([[0.0, 1.0, 2.0, -1.0]])
    exact = torch.tensor([[0.0, 1.0, 2.0]]).div(0.5).softmax(-1)
    assert_close(sharpened(scores, 0.5, 3), torch.cat([exact, torch.zeros(1, 1)], dim=1))


def test_before_any_step_letters_are_as_frequent_as_in_training():
    k = torch.tensor([[0, 2], [0, 1], [1, 1], [0, 1]])
    chain = Chain(Shape(1, 2, 1, 1), Make(MLP), n_tokens=2, size=3, seen=1, width=4, memory=None)
    chain.fit(k)
    chain.weight.data.zero_()
    p = chain(torch.zeros(1, 1, 1), k[:1], torch.zeros(2, 3, 1)).exp()[0]
    assert_close(p, torch.tensor([[4, 2, 1], [1, 4, 2]]) / 7)


@pytest.mark.learn
def test_two_modes_over_two_steps_are_mixed_by_independent_letters_alone():
    mode = torch.randint(2, (2_000, 1, 1), generator=seeded(0)) * 2.0 - 1
    a = (mode + 0.05 * torch.randn(2_000, 2, 1, generator=seeded(1))).float()
    c, share = torch.zeros(2_000, 1, 1), {}
    for kind in (Autoregressive, Categorical):
        with torch.random.fork_rng():
            torch.manual_seed(0)
            head = kind(Shape(2, 1, 1, 1), Make(MLP, width=8), codebook=Make(GapBins, size=9))
        head.fit(a, seeded(2))
        step = torch.optim.Adam(head.parameters(), lr=3e-2)
        for _ in range(150):
            step.zero_grad()
            head.loss(a, c, seeded(3)).mean().backward()
            step.step()
        x = head.sample(c[:1], 2_000, seeded(4))[:, 0, :, 0]
        share[kind] = float((x[:, 0].sign() != x[:, 1].sign()).float().mean())
    assert share[Autoregressive] < 0.02 and 0.45 < share[Categorical] < 0.55


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"width": 0}, "width must be at least 1"),
        ({"memory": 0}, "memory must be at least 1"),
        ({"temperature": -1.0}, "temperature must be at least 0"),
        ({"top": 0}, "top must be at least 1"),
        ({"codebook": Make(GapBins, least=0.0)}, "least must lie between 0 and 1"),
    ],
)
def test_an_impossible_option_is_refused(options, word):
    with pytest.raises(ValueError, match=word):
        Autoregressive(SHAPE, Make(MLP), **options)
