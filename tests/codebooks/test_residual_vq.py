"""A learnt alphabet learns in a stage of its own, and is the same ever after; how much of an alphabet is used."""

import pytest
import torch
from torch.testing import assert_close

from eitherway.backbones import MLP
from eitherway.codebooks import KMeans, QuantileBins, ResidualVQ
from eitherway.make import Make
from eitherway.shape import Shape

SHAPE = Shape(4, 2, 1, 1)
NOTHING = torch.zeros(50, 1, 1, dtype=torch.float64)


def chunks(seed, rows=50):
    return torch.randn(rows, 4, 2, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.fixture
def book(generator):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        made = ResidualVQ(SHAPE, size=6, latent=3, net=Make(MLP, width=8), commitment=0.7).double()
    made.fit(chunks(0), generator)
    return made


def test_only_its_own_stage_trains_it(book):
    trained = [any(p.requires_grad for p in book.parameters())]
    for _ in book.stages():
        trained.append(all(p.requires_grad for p in book.parameters()))
    trained.append(any(p.requires_grad for p in book.parameters()))
    assert trained == [False, True, False]


def test_only_its_own_stage_drops_anything_out(book):
    dropping = [book.train().encoder.training]
    for _ in book.stages():
        dropping.append(book.train().encoder.training)
    dropping.append(book.train().encoder.training)
    assert dropping == [False, True, False]


def test_its_loss_is_the_papers(book, generator):
    a = chunks(1)
    z, k = book.encoder(a)[:, 0], book.encode(a)
    first, both = book.quantiser.codes[0, k[:, 0]], book.quantiser.codes[torch.arange(2), k].sum(1)
    error = (a - book.decoder(both[:, None])).abs().mean((1, 2))
    exact = error + 0.7 * ((z - first).square().mean(1) + (z - both).square().mean(1))
    assert_close(book.loss(a, NOTHING, generator), exact)


def test_gradients_pass_straight_through_the_codes_to_the_encoder(book, generator):
    book.commitment = 0.0
    a, (stage, *_) = chunks(1), book.stages()
    book.requires_grad_(True)
    weights = list(book.encoder.parameters())
    found = torch.autograd.grad(stage(a, NOTHING, generator).mean(), weights)
    q = book.quantiser.decode(book.encode(a))[:, -1:].detach().requires_grad_()
    (pull,) = torch.autograd.grad((a - book.decoder(q)).abs().mean((1, 2)).mean(), q)
    assert_close(found, torch.autograd.grad(book.encoder(a), weights, grad_outputs=pull))


def test_a_loss_moves_no_code(book, generator):
    before = {name: value.clone() for name, value in book.state_dict().items()}
    for stage in book.stages():
        stage(chunks(1), NOTHING, generator).mean().backward()
    assert_close(dict(book.state_dict()), before, rtol=0, atol=0)


def test_codes_follow_a_batch_in_their_stage_alone(book, generator):
    moved, before = [], book.quantiser.codes.clone()
    book.follow(chunks(1), generator)
    moved.append(not torch.equal(book.quantiser.codes, before))
    for _ in book.stages():
        book.follow(chunks(1), generator)
        moved.append(not torch.equal(book.quantiser.codes, before))
        before = book.quantiser.codes.clone()
    book.follow(chunks(1), generator)
    moved.append(not torch.equal(book.quantiser.codes, before))
    assert moved == [False, True, False]


def test_quantiles_are_used_evenly(generator):
    book = QuantileBins(SHAPE, size=5).double()
    book.fit(chunks(0, 500), generator)
    use = book.use(chunks(0, 500))
    assert_close(use.share, torch.ones(8).double())
    assert_close(use.perplexity, torch.full((8,), 5.0).double(), rtol=1e-4, atol=0)


def test_the_perplexity_of_one_code_is_one(generator):
    book = KMeans(SHAPE, size=5).double()
    book.fit(chunks(0), generator)
    use = book.use(chunks(1)[:1].expand(9, -1, -1))
    assert (use.share.tolist(), use.perplexity.tolist()) == ([0.2], [1.0])


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"commitment": -1.0}, "commitment must be at least 0, got -1"),
        ({"n_tokens": 0}, "tokens and their width must be at least 1, got 0 and 16"),
        ({"size": 1}, "size of at least 2"),
    ],
)
def test_an_impossible_option_is_refused(options, word):
    with pytest.raises(ValueError, match=word):
        ResidualVQ(SHAPE, **options)
