"""Autoregressive token model on a backbone: a distribution of token sequences (words) by the chain rule.

    p(k | c) = Π_g p(k_g | k_<g, c)                                                    (1)
    p(k_g | k_<g, c) = softmax(W_g h_g + b_g),   h_g = φ(A φ(f_g(c) + Σ_l M_l e(k_{g-l})))   (2)

The backbone says once what the context means for every token, f. What was spelt enters by a causal convolution M over
the tokens before, so training computes all terms of (1) in one pass, and a draw adds one small layer a token to one
evaluation of the backbone. No backbone has to be causal itself. A word opens with a token of its own, e = 1; φ is
silu.

References:
    WaveNet (van den Oord et al., 2016), https://arxiv.org/abs/1609.03499 (causal convolutions)
    The Neural Autoregressive Distribution Estimator (Larochelle and Murray, 2011),
        https://proceedings.mlr.press/v15/larochelle11a.html
"""

from dataclasses import replace

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor, nn
from torch.nn.functional import one_hot, pad, silu

from eitherway.backbones.base import Net
from eitherway.shape import Context, Shape, tile

Table = Float[Tensor, "G K P"]  # e in eq. (2): what is seen of each token's codes


class Chain(nn.Module):
    """Autoregressive model p(k | c) of words of G tokens, each one of K codes, embedded in P numbers."""

    def __init__(
        self, shape: Shape, net: Net, *, n_tokens: int, size: int, seen: int, width: int, memory: int | None
    ) -> None:
        super().__init__()
        if width < 1:
            raise ValueError(f"width must be at least 1, got {width}")
        if memory is not None and memory < 1:
            raise ValueError(f"memory must be at least 1, or null for all tokens; got {memory}")
        self.n_tokens, self.size, self.reach = n_tokens, size, min(memory or n_tokens, n_tokens)
        self.net = net(replace(shape, horizon=n_tokens), d_in=0, d_out=width, times=0)
        self.before = nn.Linear(seen * self.reach, width, bias=False)  # M in eq. (2), the nearest token last
        self.hidden = nn.Linear(width, width)  # A
        self.weight = nn.Parameter(torch.empty(n_tokens, width, size).uniform_(-1, 1) / width**0.5)
        self.bias = nn.Parameter(torch.zeros(n_tokens, 1, size))  # every code has a score: none is slower to unlearn

    @torch.no_grad()
    def fit(self, k: Int[Tensor, "M G"]) -> None:
        """Initialises the biases to the tokens' log-frequencies, one count added to each: rare ones learn slowly."""
        counts = 1.0 + torch.stack([(k == code).sum(0) for code in range(self.size)], dim=-1)  # G K
        self.bias.copy_((counts / counts.sum(1, keepdim=True)).log()[:, None])

    def forward(self, c: Context, k: Int[Tensor, "B G"], table: Table) -> Float[Tensor, "B G K"]:
        """Log-probabilities of each token's codes, given the tokens of `k` before it."""
        spelt = table[torch.arange(self.n_tokens, device=k.device), k][:, :-1].transpose(1, 2)  # B P G-1
        word = pad(pad(spelt, (1, 0), value=1.0), (self.reach - 1, 0))  # before the opening token there is nothing
        seen = word.unfold(2, self.reach, 1).transpose(1, 2).flatten(2)  # B G P·L: the last L tokens
        h = silu(self.hidden(silu(self.net(c) + self.before(seen))))  # B G W
        return torch.baddbmm(self.bias, h.transpose(0, 1), self.weight).transpose(0, 1).log_softmax(-1)

    def draw(
        self, c: Context, n: int, generator: Generator, table: Table, *, temperature: float, top: int | None
    ) -> Int[Tensor, "nB G"]:
        """Draws n words for each context, draw axis outermost."""
        f = tile(self.net(c), n)  # nB G W
        seen = pad(f.new_ones(len(f), table.shape[2], 1), (self.reach - 1, 0))  # nB P L: the opening token
        word: list[Tensor] = []
        for g in range(self.n_tokens):
            h = silu(self.hidden(silu(f[:, g] + self.before(seen.flatten(1)))))
            p = sharpened(h @ self.weight[g] + self.bias[g], temperature, top)
            word.append(torch.multinomial(p, 1, replacement=True, generator=generator)[:, 0])
            seen = torch.cat([seen[..., 1:], table[g][word[-1]][..., None]], dim=2)
        return torch.stack(word, dim=1)


def sharpened(scores: Float[Tensor, "B K"], temperature: float, top: int | None) -> Float[Tensor, "B K"]:
    """Temperature and top-k sampling probabilities: p^(1 / temperature) over the `top` likeliest."""
    if temperature == 0:
        return one_hot(scores.argmax(-1), scores.shape[-1]).to(scores.dtype)
    if top is not None and top < scores.shape[-1]:
        least = scores.topk(top, dim=-1).values[..., -1:]
        scores = scores.masked_fill(scores < least, -torch.inf)
    return (scores / temperature).softmax(-1)


def check_drawing(temperature: float, top: int | None) -> None:
    """Raises ValueError where temperature or top is out of range."""
    if not temperature >= 0:
        raise ValueError(f"temperature must be at least 0, got {temperature}")
    if top is not None and top < 1:
        raise ValueError(f"top must be at least 1, or null for all; got {top}")
