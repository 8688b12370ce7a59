"""Classification over a codebook: the chunk becomes letters, each a class, with an offset where one is asked for.

    k = encode(a),   L = -mean_g log p_g(k_g | c) + w ‖a - decode(k) - offset(k, c)‖²       (1)
    a = decode(k) + offset(k, c),   k_g ~ p_g(· | c)^(1 / temperature), the `top` likeliest  (2)

The codebook decides what this is: two sides, bins of each number, k-means of whole chunks (a one-step BeT).
Letters are drawn independently of each other given c.

References:
    Behavior Transformers (Shafiullah et al., 2022), https://arxiv.org/abs/2206.11251
    RT-1 (Brohan et al., 2023), https://arxiv.org/abs/2212.06817
"""

from dataclasses import replace
from typing import ClassVar

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor
from torch.nn.functional import cross_entropy, one_hot, pad

from eitherway.backbones.base import Net
from eitherway.codebooks import Codebook, KMeans
from eitherway.heads.base import Head
from eitherway.make import Make
from eitherway.shape import Chunk, Context, Draws, Each, Shape


class Codes(Head):
    """A categorical law over the codes of a codebook, and a learnt offset for each code."""

    drawing: ClassVar[frozenset[str]] = frozenset({"temperature", "top"})

    def __init__(
        self,
        shape: Shape,
        net: Net,
        *,
        codebook: Make[Codebook] = Make(KMeans),
        offset: float | None = None,  # w in eq. (1), as a weight on squared error; None: no offsets
        temperature: float = 1.0,  # 0: always the likeliest class
        top: int | None = None,  # only the likeliest few are drawn; None: all
    ) -> None:
        super().__init__(shape)
        if offset is not None and not offset > 0:
            raise ValueError(f"offset is the weight of a loss and must be above 0, or null for none; got {offset}")
        if not temperature >= 0:
            raise ValueError(f"temperature must be at least 0, got {temperature}")
        if top is not None and top < 1:
            raise ValueError(f"top must be at least 1, or null for all; got {top}")
        self.codebook = codebook(shape)
        self.offset, self.temperature, self.top = offset, temperature, top
        width = 0 if offset is None else self.codebook.width
        letters = replace(shape, horizon=self.codebook.letters)  # the backbone answers letter by letter
        self.net = net(letters, d_in=0, d_out=self.codebook.size * (1 + width) - 1, times=0)

    def fit(self, a: Float[Tensor, "M H D"], generator: Generator) -> None:
        self.codebook.fit(a, generator)

    def logits(self, c: Context) -> tuple[Float[Tensor, "B G K"], Float[Tensor, "B G K W"]]:
        """Log-scores of the codes, and the offset of each; W = 0 without offsets."""
        y = self.net(c)  # B G (K-1)+KW
        free = self.codebook.size - 1  # the first code's score is 0: only differences of scores matter
        return pad(y[..., :free], (1, 0)), y[..., free:].unflatten(-1, (self.codebook.size, -1))

    def loss(self, a: Chunk, c: Context, generator: Generator) -> Each:
        k = self.codebook.encode(a)
        logits, offsets = self.logits(c)
        loss = cross_entropy(logits.flatten(0, 1), k.flatten(), reduction="none").unflatten(0, k.shape).mean(1)
        if self.offset is None:
            return loss
        error = a - self.decode(k, offsets)
        return loss + self.offset * error.square().mean((1, 2))  # eq. (1)

    def sample(self, c: Context, n: int, generator: Generator) -> Draws:
        logits, offsets = self.logits(c)
        p = self.probabilities(logits).flatten(0, 1)  # BG K
        k = torch.multinomial(p, n, replacement=True, generator=generator).T.unflatten(1, logits.shape[:2])  # S B G
        repeated = offsets.expand(n, *offsets.shape).flatten(0, 1)
        return self.decode(k.flatten(0, 1), repeated).unflatten(0, (n, -1))

    def decode(self, k: Int[Tensor, "B G"], offsets: Float[Tensor, "B G K W"]) -> Chunk:
        """The chunk of a code, moved by its offset where there are any."""
        a = self.codebook.decode(k)
        if self.offset is None:
            return a
        chosen = offsets.take_along_dim(k[..., None, None], dim=2)[:, :, 0]  # B G W
        return a + self.codebook.spread(chosen)

    def probabilities(self, logits: Float[Tensor, "B G K"]) -> Float[Tensor, "B G K"]:
        """What is drawn from, eq. (2)."""
        if self.temperature == 0:
            return one_hot(logits.argmax(-1), logits.shape[-1]).to(logits.dtype)
        if self.top is not None and self.top < logits.shape[-1]:
            least = logits.topk(self.top, dim=-1).values[..., -1:]
            logits = logits.masked_fill(logits < least, -torch.inf)
        return (logits / self.temperature).softmax(-1)
