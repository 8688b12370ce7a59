"""Codebooks lose at most half a bin, offsets win it back, focal loss bends what is learnt, options what is drawn."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, softplus
from torch.testing import assert_close

from eitherway.codebooks import GapBins, KMeans, QuantileBins, Sides, UniformBins
from eitherway.codebooks.bins import NARROWEST
from eitherway.heads import Categorical
from eitherway.make import Make
from eitherway.shape import Shape
from exact import Field

PROPERTY = settings(deadline=None, derandomize=True, max_examples=40)
SHAPE = Shape(2, 3, 1, 1)
CONTEXT = torch.zeros(1, 1, 1, dtype=torch.float64)
BINS = [UniformBins, QuantileBins]

data = arrays.arrays(float, (30, 2, 3), elements=st.floats(-1, 1, width=32))


def fitted(book, a, **options):
    book = book(SHAPE, **options).double()
    book.fit(a, torch.Generator().manual_seed(0))
    return book


def walls(book, a):
    """The G x (K+1) borders of all bins, the outer ones at the ends of the data."""
    ends = a.flatten(1)
    return torch.cat([ends.amin(0)[:, None], book.edges, ends.amax(0)[:, None]], dim=1)


@pytest.mark.parametrize("kind", BINS)
@PROPERTY
@given(data, st.integers(2, 12))
def test_a_code_stands_for_its_chunk_within_half_a_bin(kind, data, size):
    a = torch.as_tensor(data)
    book = fitted(kind, a, size=size)
    k = book.encode(a)
    widths = walls(book, a).diff(dim=1).T.gather(0, k)
    error = (book.decode(k) - a).abs().flatten(1)
    assert bool((error <= widths / 2 + NARROWEST).all())  # what lies beside an atom, in its bin


@pytest.mark.parametrize("kind", BINS)
@PROPERTY
@given(data, st.integers(2, 12))
def test_a_number_lies_in_the_bin_it_is_told_to(kind, data, size):
    a = torch.as_tensor(data)
    book = fitted(kind, a, size=size)
    borders, k = walls(book, a).T, book.encode(a)
    assert bool((borders.gather(0, k) <= a.flatten(1)).all())
    assert bool((a.flatten(1) <= borders.gather(0, k + 1)).all())


def test_uniform_bins_have_one_width(generator):
    a = torch.randn(500, 2, 3, generator=generator, dtype=torch.float64)
    widths = walls(fitted(UniformBins, a, size=7), a).diff(dim=1)
    assert_close(widths, widths.mean(1, keepdim=True).expand_as(widths))


def test_quantile_bins_hold_equally_many(generator):
    a = torch.randn(500, 2, 3, generator=generator, dtype=torch.float64)
    k = fitted(QuantileBins, a, size=5).encode(a)
    counts = torch.stack([(k == code).sum(0) for code in range(5)])
    assert bool(((counts - 100).abs() <= 1).all())


def test_sides_stand_for_the_mean_of_their_side(generator):
    a = torch.randn(500, 2, 3, generator=generator, dtype=torch.float64)
    book, number = fitted(Sides, a), a[:, 1, 2]
    stands = book.decode(torch.tensor([[0] * 6, [1] * 6]))[:, 1, 2]
    assert_close(stands, torch.stack([number[number <= 0].mean(), number[number > 0].mean()]))


@PROPERTY
@given(data, st.integers(2, 5))
def test_k_means_encodes_as_the_nearest_centre(data, size):
    a = torch.as_tensor(data) + torch.linspace(0, 1, 30).double()[:, None, None]  # never fewer points than centres
    book = fitted(KMeans, a, size=size)
    gap = (a.flatten(1)[:, None] - book.centres).square().sum(2)  # B K
    chosen = gap.gather(1, book.encode(a))[:, 0]
    assert_close(chosen, gap.amin(1), atol=1e-9, rtol=0)


@pytest.mark.parametrize("kind", [*BINS, Sides, KMeans])
@PROPERTY
@given(data)
def test_the_right_offset_makes_up_for_the_code(kind, data):
    a = torch.as_tensor(data) + torch.linspace(0, 1, 30).double()[:, None, None]
    options = {} if kind is Sides else {"size": 4}
    head = codes(lambda: torch.zeros(()), Make(kind, **options), offset=1.0)
    head.codebook.fit(a, torch.Generator())
    k = head.codebook.encode(a)
    missing = (a - head.codebook.decode(k)).reshape(*k.shape, 1, -1)  # B G 1 W: each token's own numbers
    offsets = missing.expand(-1, -1, head.codebook.size, -1)
    assert_close(head.decode(k, offsets), a, atol=1e-12, rtol=0)


def codes(answer, book, shape=SHAPE, **options):
    """A head whose network's answer is given."""
    return Categorical(shape, lambda shape, **sizes: Constant(answer), codebook=book, **options).double()


class Constant(Field):
    def forward(self, c, x=None, *t):
        return self.function().expand(len(c), -1, -1)


def drawn(scores, n=20_000, **options):
    """How often each of K codes is drawn where the network answers with these scores (of the second code on)."""
    head = codes(
        lambda: torch.tensor(scores).double()[None, None],
        Make(UniformBins, size=len(scores) + 1),
        Shape(1, 1, 1, 1),
        **options,
    )
    head.codebook.fit(torch.linspace(0, 1, 50).double()[:, None, None], torch.Generator())
    x = head.sample(CONTEXT, n, torch.Generator().manual_seed(0))
    return torch.bincount(head.codebook.encode(x[:, 0]).flatten(), minlength=len(scores) + 1) / n


SCORES = [0.3, 1.0, -0.4]


def test_draws_follow_the_scores_where_the_first_code_scores_zero():
    assert_close(drawn(SCORES), torch.tensor([0.0, *SCORES]).softmax(0), atol=0.015, rtol=0)


def test_temperature_zero_is_the_likeliest_code():
    assert drawn(SCORES, temperature=0.0).tolist() == [0, 0, 1, 0]


def test_a_high_temperature_is_uniform():
    assert_close(drawn(SCORES, temperature=1e6), torch.full((4,), 0.25), atol=0.015, rtol=0)


def test_temperature_divides_the_scores():
    assert_close(drawn(SCORES, temperature=0.5), (2 * torch.tensor([0.0, *SCORES])).softmax(0), atol=0.015, rtol=0)


@pytest.mark.parametrize("top", [1, 2, 3, 4, 9])
def test_only_the_likeliest_few_are_drawn(top):
    likeliest = torch.tensor([0.0, *SCORES]).argsort(descending=True)[:top]
    assert drawn(SCORES, top=top).nonzero()[:, 0].tolist() == likeliest.sort().values.tolist()


def test_letters_without_memory_are_drawn_independently():
    assert_close(joint(torch.zeros(3, 2)), torch.outer(P1, F2.softmax(0)), atol=0.01, rtol=0)


def test_a_letter_with_memory_is_drawn_given_the_one_before():
    links = torch.tensor([[2.0, -1.0], [0.0, 3.0], [-2.0, 0.5]]).double()
    exact = P1[:, None] * (F2 + torch.cat([torch.zeros(3, 1), links], dim=1)).softmax(1)
    assert_close(joint(links), exact, atol=0.01, rtol=0)


F1, F2 = torch.tensor([0.0, 0.5, -0.5]).double(), torch.tensor([0.0, -1.0, 1.0]).double()
P1 = F1.softmax(0)


def linked(links, **options):
    """A head of two tokens with three codes each, whose scores and links are given."""
    answer = torch.stack([F1[1:], F2[1:]])[None]
    head = codes(lambda: answer, Make(UniformBins, size=3), Shape(2, 1, 1, 1), memory=1, **options)
    head.codebook.fit(torch.linspace(0, 1, 50).double()[:, None, None].expand(-1, 2, 1), torch.Generator())
    head.links[0].data.copy_(links[None])
    return head


def joint(links, n=40_000):
    """How often each pair of tokens is drawn; where the links are zero, by a head that has none."""
    head = linked(links)
    if not links.any():
        head.links = torch.nn.ParameterList()
    k = head.codebook.encode(head.sample(CONTEXT, n, torch.Generator().manual_seed(0))[:, 0])
    return torch.bincount(3 * k[:, 0] + k[:, 1], minlength=9).double().unflatten(0, (3, 3)) / n


def test_the_loss_with_memory_is_the_chain_rules(generator):
    links = torch.tensor([[2.0, -1.0], [0.0, 3.0], [-2.0, 0.5]]).double()
    head, every = linked(links), torch.cartesian_prod(torch.arange(3), torch.arange(3))
    second = (F2 + torch.cat([torch.zeros(3, 1), links], dim=1)).log_softmax(1)
    exact = -(F1.log_softmax(0)[:, None] + second).flatten() / 2
    assert_close(head.loss(head.codebook.decode(every), CONTEXT.expand(9, -1, -1), generator), exact)


def test_letters_after_the_first_weigh_as_asked(generator):
    """The published VQ-BeT adds 5 times the first token's loss and 0.5 times the second's: a tenth."""
    head, every = linked(torch.zeros(3, 2), secondary=0.1), torch.cartesian_prod(torch.arange(3), torch.arange(3))
    exact = -(5 * F1.log_softmax(0)[:, None] + 0.5 * F2.log_softmax(0)).flatten() / 5.5
    assert_close(head.loss(head.codebook.decode(every), CONTEXT.expand(9, -1, -1), generator), exact)


@pytest.mark.parametrize("focus", [0.0, 0.5, 2.0])
def test_focal_loss_is_what_its_paper_defines(generator, focus):
    scores = torch.randn(7, 2, 4, generator=generator, dtype=torch.float64)
    k = torch.randint(4, (7, 2), generator=generator)
    p = scores.softmax(-1).take_along_dim(k[..., None], dim=-1)[..., 0]
    head = codes(lambda: torch.zeros(()), Make(KMeans, size=4), focus=focus)
    assert_close(head.surprise(scores, k), -((1 - p) ** focus) * p.log())


def test_without_focus_it_is_cross_entropy_to_the_last_digit(generator):
    scores, k = torch.randn(7, 1, 4, generator=generator), torch.randint(4, (7, 1), generator=generator)
    head = codes(lambda: torch.zeros(()), Make(KMeans, size=4))
    assert torch.equal(head.surprise(scores, k)[:, 0], cross_entropy(scores[:, 0], k[:, 0], reduction="none"))


@pytest.mark.parametrize("focus", [0.0, 0.5, 2.0])
def test_a_certain_answer_has_a_finite_slope(focus):
    scores = torch.tensor([[[0.0, 1e3]]], requires_grad=True)
    codes(lambda: torch.zeros(()), Make(Sides), focus=focus).surprise(scores, torch.tensor([[1]])).sum().backward()
    assert scores.grad.tolist() == [[[0.0, 0.0]]]


@pytest.mark.parametrize("focus", [0.0, 0.5, 2.0, 5.0])
def test_focal_loss_is_least_away_from_the_probabilities(generator, focus):
    """Where the true p is in proportion to q / φ(q), φ(q) = (1 - q)^γ - γ q (1 - q)^(γ-1) log q, q is the answer."""
    scores = torch.randn(5, generator=generator, dtype=torch.float64, requires_grad=True)
    q = scores.softmax(0).detach()
    p = q / ((1 - q) ** focus - focus * q * (1 - q) ** (focus - 1) * q.log())
    p = p / p.sum()
    head = codes(lambda: torch.zeros(()), Make(KMeans, size=5), focus=focus)
    risk = (p * head.surprise(scores.expand(5, 1, 5), torch.arange(5)[:, None])[:, 0]).sum()
    (slope,) = torch.autograd.grad(risk, scores)
    assert_close(slope, torch.zeros(5).double(), atol=1e-12, rtol=0)
    assert torch.allclose(p, q) == (focus == 0)


def test_two_classes_are_scored_as_binary_cross_entropy(generator):
    z = 0.7
    head = codes(lambda: torch.tensor([[[z]]]).double(), Make(Sides), Shape(1, 1, 1, 1))
    a = torch.tensor([-1.0, 0.5, 2.0]).double()[:, None, None]
    exact = binary_cross_entropy_with_logits(
        torch.full((3,), z).double(), torch.tensor([0.0, 1.0, 1.0]).double(), reduction="none"
    )
    assert_close(head.loss(a, CONTEXT.expand(3, -1, -1), generator), exact)


def test_an_offset_adds_its_weighted_squared_error(generator):
    shape, z, own = Shape(1, 1, 1, 1), 0.2, torch.tensor([0.1, -0.3]).double()
    head = codes(lambda: torch.cat([torch.tensor([z]).double(), own])[None, None], Make(Sides), shape, offset=4.0)
    head.codebook.fit(torch.tensor([-1.0, 2.0]).double()[:, None, None], generator)
    a = torch.tensor([[[1.5]]]).double()
    exact = softplus(torch.tensor([-z]).double()) + 4.0 * (1.5 - (2.0 - 0.3)) ** 2
    assert_close(head.loss(a, CONTEXT, generator), exact)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"offset": 0.0}, "offset is the weight"),
        ({"temperature": -1.0}, "temperature must be at least 0"),
        ({"top": 0}, "top must be at least 1"),
        ({"codebook": Make(KMeans, size=1)}, "size of at least 2"),
        ({"focus": -1.0}, "focus must be at least 0, got -1"),
        ({"secondary": 0.0}, "secondary is the weight"),
        ({"memory": 1}, "below the number of tokens, 1; got 1"),
        ({"memory": -1}, "memory must be at least 0"),
    ],
)
def test_an_impossible_option_is_refused(options, word):
    with pytest.raises(ValueError, match=word):
        Categorical(SHAPE, lambda shape, **sizes: Constant(None), **options)


def test_codes_beyond_the_different_chunks_repeat_these_and_are_never_met():
    """A gripper that is open or shut."""
    a = torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0]).double().view(5, 1, 1).expand(5, 2, 3)
    book = fitted(KMeans, a, size=9)
    assert_close(book.decode(book.encode(a)), a)
    assert set(book.encode(a).flatten().tolist()) == {0, 1} and set(book.centres.flatten().tolist()) == {0.0, 1.0}


@pytest.mark.parametrize("kind", [QuantileBins, GapBins])
def test_a_value_that_fills_bins_has_one_of_its_own_and_wastes_none(kind, generator):
    """Half of the actions equal: 23 of 48 bins would have no width, and the value would lie in the bin below them."""
    a = torch.randn(2_000, 2, 3, generator=generator, dtype=torch.float64)
    a[::2] = 0.25
    book = fitted(kind, a, size=48)
    k, borders = book.encode(a), walls(book, a)
    assert float(borders.diff(dim=1).min()) > 0
    assert (book.decode(k)[::2] - 0.25).abs().max() < 1e-5
    counts = torch.bincount(k[:, 0], minlength=48)
    assert int(counts.max()) == 1_000 and int((counts > 0).sum()) >= 46


@pytest.mark.parametrize("kind", [QuantileBins, GapBins])
def test_numbers_that_are_all_atoms_have_a_bin_each(kind):
    a = torch.tensor([0.0, 1.0, 1.0, 0.0, 0.5]).double().repeat(20).view(100, 1, 1).expand(100, 2, 3)
    book = fitted(kind, a, size=12)
    assert_close(book.decode(book.encode(a)), a, atol=1e-5, rtol=0)
