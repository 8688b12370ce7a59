"""Chunks survive rounding within its bound, byte pairs lose nothing, and every word decodes."""

import math

import pytest
import torch
from scipy.fft import dct
from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from torch.testing import assert_close

from eitherway.backbones import MLP
from eitherway.codebooks.byte_pairs import FIRST, BytePairs
from eitherway.heads.fast import FAST, cosines
from eitherway.make import Make
from eitherway.shape import Shape

SHAPE = Shape(8, 2, 1, 1)


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def paths(rows=500, seed=0):
    """Smooth chunks of about unit size."""
    steps = torch.randn(rows, 8, 2, generator=seeded(seed), dtype=torch.float64)
    return steps.cumsum(1) / 3


def fitted(**options):
    head = FAST(SHAPE, Make(MLP), **options).double()
    head.fit(paths(), seeded(0))
    return head


def test_frequencies_are_those_of_scipy():
    assert_close(cosines(paths()) @ paths(), torch.as_tensor(dct(paths().numpy(), axis=1, norm="ortho")))


@pytest.mark.parametrize("scale", [5.0, 10.0])
def test_a_chunk_comes_back_within_the_bound_of_rounding(scale):
    head = fitted(scale=scale)
    gap = (head.decode(head.encode(paths()), paths()) - paths()).flatten(1).norm(dim=1)
    assert 0.3 * math.sqrt(16) / 2 / scale < gap.max() <= math.sqrt(16) / 2 / scale


def test_byte_pairs_lose_nothing_and_shorten():
    head = fitted()
    q = head.frequencies(paths())
    k = head.pairs.encode(q)
    assert torch.equal(head.pairs.decode(k), q)
    assert float((k != head.pairs.end).double().sum(1).mean()) < 12


def test_words_are_encoded_as_by_the_library_that_learnt_the_pairs():
    q = fitted().frequencies(paths())
    low = int(q.min())
    count = int(q.max()) - low + 1
    alphabet = [chr(FIRST + i) for i in range(count)]
    library = Tokenizer(BPE())
    trainer = BpeTrainer(vocab_size=255, show_progress=False, special_tokens=[], initial_alphabet=alphabet)
    words = ["".join(alphabet[i - low] for i in row) for row in q.tolist()]
    library.train_from_iterator(words, trainer)
    pairs = BytePairs(length=16, size=256)
    pairs.fit(q)
    for row, k in zip(library.encode_batch(words[:100]), pairs.encode(q[:100]), strict=True):
        said = [[ord(x) - FIRST + low for x in token] for token in row.tokens]
        ours = [pairs.symbols[t, : pairs.lengths[t]].tolist() for t in k if t != pairs.end]
        assert ours == said


def test_a_short_word_is_filled_with_silence_and_a_long_one_is_cut():
    pairs = fitted().pairs
    longest = int(pairs.lengths.argmax())
    short = torch.full((1, 16), pairs.end)
    short[0, 0] = longest
    n = int(pairs.lengths[longest])
    assert pairs.decode(short)[0].tolist() == pairs.symbols[longest, :n].tolist() + [0] * (16 - n)
    long = pairs.decode(torch.full((1, 16), longest))
    assert long.shape == (1, 16) and torch.equal(long[0, :n], pairs.symbols[longest, :n])


def test_nothing_after_the_first_end_counts():
    head = fitted()
    k = head.encode(paths(4, seed=5))
    after, junk = head.pairs.ended(k), torch.randint(256, k.shape, generator=seeded(1))
    assert bool(after.any()) and torch.equal(head.pairs.decode(torch.where(after, junk, k)), head.pairs.decode(k))


def test_any_word_decodes_to_a_finite_chunk():
    head = fitted()
    k = torch.randint(256, (500, 16), generator=seeded(2))
    assert bool(head.decode(k, paths()).isfinite().all())


def test_a_lattice_too_fine_for_the_vocabulary_is_refused():
    with pytest.raises(ValueError, match="size must be above"):
        fitted(scale=1_000.0)
