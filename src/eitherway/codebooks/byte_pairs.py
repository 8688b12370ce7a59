"""Byte pair encoding (BPE) of integer sequences: frequent pairs of neighbouring symbols become symbols.

    encode   while any neighbours are in the table: join the pair learnt first, the leftmost of them       (1)
    decode   each token's own symbols in a row; 0 where a word is too short, cut where it is too long      (2)

The table is learnt by the `tokenizers` library and kept as tensors. (1) joins one pair in every row at once, so words
are encoded on any device and within a recording.

References:
    Neural Machine Translation of Rare Words with Subword Units (Sennrich et al., 2016),
        https://arxiv.org/abs/1508.07909
"""

import json
from typing import TypeAlias

import torch
from jaxtyping import Bool, Int
from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from torch import Tensor, nn

Word: TypeAlias = tuple[int, ...]

FIRST = 0x4E00  # symbols stand as characters of the largest block without spaces, marks or cases
NOTHING = torch.iinfo(torch.int64).max  # no pair has this key


class BytePairs(nn.Module):
    """Byte pair encoding of words of `length` integers; the vocabulary's last token ends a shorter word."""

    lowest: Tensor  # the smallest symbol
    highest: Tensor
    keys: Tensor  # the pairs in the table, first · size + second, in rising order
    ranks: Tensor  # when each of these was learnt
    joined: Tensor  # what the pair of a rank becomes
    symbols: Tensor  # size x length: what a token stands for
    lengths: Tensor  # how many symbols that is; 0 for the end, and where nothing was left to learn

    def __init__(self, *, length: int, size: int) -> None:
        super().__init__()
        if size < 2:
            raise ValueError(f"size must be at least 2, got {size}")
        self.length, self.size = length, size
        self.register_buffer("lowest", torch.tensor(0))
        self.register_buffer("highest", torch.tensor(0))
        self.register_buffer("keys", torch.full((size,), NOTHING))
        self.register_buffer("ranks", torch.arange(size))
        self.register_buffer("joined", torch.full((size,), self.end))
        self.register_buffer("symbols", torch.zeros(size, length, dtype=torch.long))
        self.register_buffer("lengths", torch.zeros(size, dtype=torch.long))

    @property
    def end(self) -> int:
        """The token that ends a word."""
        return self.size - 1

    def fit(self, words: Int[Tensor, "M L"]) -> None:
        """Learns the merge table from training words."""
        lowest, highest = int(words.min()), int(words.max())
        count = highest - lowest + 1
        if count > self.end:
            raise ValueError(
                f"size must be above {count:,}, the symbols from {lowest:,} to {highest:,} that these actions are "
                f"spelt with; got {self.size}: give a larger size, or a smaller scale, which coarsens the symbols"
            )
        pairs = learnt((words - lowest).tolist(), count, self.end)[: self.size]
        tokens: dict[Word, int] = {(i,): i for i in range(count)}  # by the symbols they stand for
        for first, second in pairs:
            tokens.setdefault(first + second, len(tokens))
        known = [tokens[first] * self.size + tokens[second] for first, second in pairs]
        keys = torch.tensor(known + [NOTHING] * (self.size - len(pairs)))
        self.keys.copy_(keys.sort(stable=True).values)
        self.ranks.copy_(keys.argsort(stable=True))
        self.joined.fill_(self.end)
        self.joined[: len(pairs)] = torch.tensor([tokens[x + y] for x, y in pairs], dtype=torch.long)
        self.symbols.zero_()
        self.lengths.zero_()
        for word, token in tokens.items():
            self.symbols[token, : len(word)] = torch.tensor(word) + lowest
            self.lengths[token] = len(word)
        self.lowest.fill_(lowest)
        self.highest.fill_(highest)

    def encode(self, words: Int[Tensor, "B L"]) -> Int[Tensor, "B L"]:
        """The tokens of each word, padded with end tokens; symbols outside the training range are clamped to it."""
        k = words.clamp(self.lowest, self.highest) - self.lowest
        for _ in range(self.length - 1):
            k = self.join(k)
        return k

    def join(self, k: Int[Tensor, "B L"]) -> Int[Tensor, "B L"]:
        """The tokens with one pair joined in each row that has any, eq. (1)."""
        place = torch.arange(self.length, device=k.device)
        key = k[:, :-1] * self.size + k[:, 1:]  # the end is in no pair
        found = torch.searchsorted(self.keys, key).clamp(max=self.size - 1)
        rank = torch.where(self.keys[found] == key, self.ranks[found], self.size)
        best, at = (rank * self.length + place[:-1]).min(1, keepdim=True)  # the lowest rank, then the leftmost
        rank = best // self.length
        at = torch.where(rank < self.size, at, self.length)  # beyond the word where there is none
        after = torch.cat([k[:, 1:], torch.full_like(k[:, :1], self.end)], dim=1)
        new = self.joined[rank.clamp(max=self.size - 1)]
        return torch.where(place < at, k, torch.where(place == at, new, after))

    def decode(self, k: Int[Tensor, "B L"]) -> Int[Tensor, "B L"]:
        """The symbols that tokens stand for, up to the first end, eq. (2)."""
        count = self.lengths[k].masked_fill(self.ended(k), 0)
        last = count.cumsum(1)
        place = torch.arange(self.length, device=k.device).repeat(len(k), 1)
        token = torch.searchsorted(last, place, right=True)  # the one a place belongs to; none where all are over
        which = token.clamp(max=self.length - 1)
        within = (place - (last - count).gather(1, which)).clamp(max=self.length - 1)
        return torch.where(token < self.length, self.symbols[k.gather(1, which), within], 0)

    def ended(self, k: Int[Tensor, "B L"]) -> Bool[Tensor, "B L"]:
        """A mask of the places after each word's first end token."""
        over = k == self.end
        return over.cumsum(1) > over.long()


def learnt(words: list[list[int]], count: int, size: int) -> list[tuple[Word, Word]]:
    """The BPE merges in the order in which they were learnt, each as the symbols of its two parts."""
    tokenizer = Tokenizer(BPE())
    alphabet = [chr(FIRST + i) for i in range(count)]
    trainer = BpeTrainer(vocab_size=size, show_progress=False, special_tokens=[], initial_alphabet=alphabet)
    tokenizer.train_from_iterator(("".join(alphabet[i] for i in word) for word in words), trainer)
    pairs = json.loads(tokenizer.to_str())["model"]["merges"]
    return [(spelt(first), spelt(second)) for first, second in pairs]


def spelt(token: str) -> Word:
    """The symbols that a token's characters stand for."""
    return tuple(ord(letter) - FIRST for letter in token)
