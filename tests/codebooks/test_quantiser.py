"""Codes are running means of what they stand for, as in the published library; unused ones start again."""

import pytest
import torch
from sklearn.cluster import KMeans as Lloyd
from torch.testing import assert_close
from vector_quantize_pytorch import ResidualVQ as Published

from eitherway.codebooks.quantiser import Quantiser

LETTERS, SIZE, WIDTH, BATCH = 3, 8, 5, 200


def vectors(seed, rows=BATCH):
    return torch.randn(rows, WIDTH, generator=torch.Generator().manual_seed(seed))


def quantiser(decay=0.8, revive=0.0, size=SIZE):
    return Quantiser(LETTERS, size, WIDTH, decay=decay, revive=revive)


def published(ours, **options):
    """The library's quantiser in the same state; it counts vectors where ours has shares of a batch."""
    other = Published(dim=WIDTH, num_quantizers=LETTERS, codebook_size=SIZE, decay=0.8, eps=0.0, **options)
    for layer, codes, use, sums in zip(other.layers, ours.codes, ours.use, ours.sums, strict=True):
        layer._codebook.embed.data.copy_(codes[None])
        layer._codebook.cluster_size.data.copy_(BATCH * use[None])
        layer._codebook.embed_avg.data.copy_(BATCH * sums[None])
    return other


def states(other):
    """Codes, shares and sums of the library's tables, in our units."""
    books = [layer._codebook for layer in other.layers]
    codes, counts, sums = (torch.cat([getattr(b, n) for b in books]) for n in ("embed", "cluster_size", "embed_avg"))
    return codes, counts / BATCH, sums / BATCH


@pytest.fixture
def fitted(generator):
    ours = quantiser()
    ours.fit(vectors(0), generator)
    return ours


def test_letters_sums_and_commitment_are_the_published_ones(fitted):
    z = vectors(1)
    quantised, n_tokens, commitment = published(fitted).train()(z[None])
    k = fitted.encode(z)
    said = fitted.decode(k)
    assert torch.equal(k, n_tokens[0])
    assert_close(said[:, -1], quantised[0], rtol=0, atol=1e-6)
    assert_close((z[:, None] - said).square().mean((0, 2)), commitment.flatten(), rtol=0, atol=1e-6)


@pytest.mark.parametrize("steps", [1, 20])
def test_codes_follow_a_batch_as_the_published_ones_do(fitted, generator, steps):
    other = published(fitted).train()
    for step in range(steps):
        other(vectors(step)[None])
        fitted.follow(vectors(step), generator)
    for ours, theirs in zip((fitted.codes, fitted.use, fitted.sums), states(other), strict=True):
        assert_close(ours, theirs, rtol=0, atol=1e-6)


def test_the_codes_that_start_again_are_the_published_ones(fitted, generator):
    """A threshold of 20 in a batch of 200 is 0.8 of the fair 25; which vectors they start at is up to chance."""
    fitted.least = 0.8 / SIZE
    other, before = published(fitted, threshold_ema_dead_code=20).train(), fitted.codes.clone()
    other(vectors(1)[None])
    fitted.follow(vectors(1), generator)
    codes, use, _ = states(other)
    assert_close(fitted.use, use, rtol=0, atol=1e-6)
    dead = use.isclose(torch.tensor(fitted.least))
    assert 0 < int(dead.sum()) < dead.numel() / 2
    assert_close(fitted.codes[~dead], codes[~dead], rtol=0, atol=1e-6)
    assert not bool((fitted.codes == before)[dead].any())


def test_a_code_starts_again_at_a_vector_just_seen_and_no_two_at_the_same(generator):
    ours = quantiser(revive=0.5)
    ours.codes.fill_(1e3)
    ours.codes[:, 0] = 0.0  # all vectors go to the first
    for _ in range(10):
        ours.follow(vectors(1), generator)
    found = torch.cdist(ours.codes[0, 1:], vectors(1))
    assert bool((found.amin(1) < 1).all())
    assert len(found.argmin(1).unique()) == SIZE - 1


@pytest.mark.parametrize(("revive", "used"), [(0.0, 1), (0.1, SIZE)])
def test_only_codes_that_start_again_are_used_after_a_bad_start(generator, revive, used):
    ours = quantiser(revive=revive)
    ours.codes.copy_(100.0 + torch.arange(float(SIZE))[:, None])
    ours.sums.copy_(ours.codes / SIZE)
    for step in range(30):
        ours.follow(vectors(step), generator)
    assert len(ours.encode(vectors(99))[:, 0].unique()) == used


def test_a_code_that_nobody_uses_stays_where_it_is_for_ever(generator):
    ours = quantiser(decay=0.01)
    ours.codes[:, 1:] = 1e3
    ours.sums.copy_(ours.codes / SIZE)
    for _ in range(30):  # its use is 1e-60 by then, which is no number
        ours.follow(vectors(0), generator)
    assert_close(ours.codes[0, 1:], torch.full((SIZE - 1, WIDTH), 1e3))


def test_codes_that_follow_one_batch_become_the_means_of_what_they_stand_for(fitted, generator):
    z, fitted.decay = vectors(5), 0.5
    for _ in range(50):
        fitted.follow(z, generator)
    k = fitted.encode(z)[:, 0]
    means = torch.stack([z[k == code].mean(0) for code in range(SIZE)])
    assert_close(fitted.codes[0], means, rtol=0, atol=1e-5)


def test_the_first_letter_starts_as_k_means(fitted):
    seed = int(torch.randint(2**31, (), generator=torch.Generator().manual_seed(0)))
    clusters = Lloyd(SIZE, n_init=1, random_state=seed).fit(vectors(0).double().numpy())
    assert_close(fitted.codes[0], torch.as_tensor(clusters.cluster_centers_).float())


def test_each_letter_says_more(fitted):
    z = vectors(0)
    error = (z[:, None] - fitted.decode(fitted.encode(z))).square().mean((0, 2))
    assert error[0] < z.square().mean() and bool((error.diff() < 0).all())


@pytest.mark.parametrize(
    ("n_tokens", "width", "options", "word"),
    [
        (0, 2, {}, "tokens and their width must be at least 1, got 0 and 2"),
        (1, 0, {}, "tokens and their width must be at least 1, got 1 and 0"),
        (1, 2, {"decay": 1.0}, "decay must be a share"),
        (1, 2, {"revive": 1.0}, "revive must be a share"),
    ],
)
def test_an_impossible_option_is_refused(n_tokens, width, options, word):
    with pytest.raises(ValueError, match=word):
        Quantiser(n_tokens, SIZE, width, **{"decay": 0.8, "revive": 0.1, **options})
