"""FAST tokens: a chunk's rounded DCT coefficients, byte-pair encoded and predicted autoregressively.

    q = round(scale · C a),   C_fh = √(2/H) cos(π f (h + ½) / H),   C_0h = √(1/H)             (1)
    k = byte pairs of q, the lowest frequency of all D numbers first, and then the end        (2)
    p(k | c) = Π_g p(k_g | k_<g, c),   a = Cᵀ q / scale                                       (3)

C is orthonormal, so the chunk read back is off by at most √(HD) / (2 scale) in length. A word that stops short is
filled with zeros, silence at the high frequencies; one that is too long is cut. So every word decodes.

References:
    FAST (Pertsch et al., 2025), https://arxiv.org/abs/2501.09747
"""

import math
from typing import ClassVar

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor, nn

from eitherway.backbones.base import Net
from eitherway.codebooks.byte_pairs import BytePairs
from eitherway.heads.base import Head
from eitherway.heads.chain import Chain, check_drawing
from eitherway.registry import register
from eitherway.shape import Chunk, Context, Draws, Each, Shape


@register
class FAST(Head):
    """Autoregressive model of FAST tokens (Pertsch et al., 2025); chunks on a lattice have no density."""

    drawing: ClassVar[frozenset[str]] = frozenset({"temperature", "top"})

    def __init__(
        self,
        shape: Shape,
        net: Net,
        *,
        scale: float = 10.0,  # steps of the lattice for each unit of a frequency
        size: int = 256,  # tokens, the end of a word among them
        seen: int = 8,  # numbers that a token before is seen as
        width: int = 32,  # of the layers that join the context with the tokens before
        memory: int | None = None,  # tokens that are looked back at; None: all
        temperature: float = 1.0,  # 0: always the likeliest token
        top: int | None = None,  # only the likeliest few are drawn; None: all
    ) -> None:
        super().__init__(shape)
        if not scale > 0:
            raise ValueError(f"scale must be above 0, got {scale}")
        if seen < 1:
            raise ValueError(f"seen must be at least 1, got {seen}")
        check_drawing(temperature, top)
        self.scale, self.temperature, self.top = scale, temperature, top
        length = shape.horizon * shape.action
        self.pairs = BytePairs(length=length, size=size)
        self.chain = Chain(shape, net, n_tokens=length, size=size, seen=seen, width=width, memory=memory)
        self.tokens = nn.Parameter(torch.randn(size, seen)) if length > 1 else None  # one token sees none before it

    @property
    def table(self) -> Float[Tensor, "G K P"]:
        """The input embedding of each token, the same at every position."""
        if self.tokens is None:
            return self.chain.bias.new_zeros(1, self.chain.size, self.chain.before.in_features)
        return self.tokens.expand(self.chain.n_tokens, -1, -1)

    def fit(self, a: Float[Tensor, "M H D"], generator: Generator) -> None:
        self.pairs.fit(self.frequencies(a))
        self.chain.fit(self.encode(a))

    def frequencies(self, a: Chunk) -> Int[Tensor, "B L"]:
        """The rounded DCT coefficients q of eq. (1), flattened."""
        return (self.scale * (cosines(a) @ a)).round().long().flatten(1)

    def encode(self, a: Chunk) -> Int[Tensor, "B L"]:
        """The tokens of each chunk."""
        return self.pairs.encode(self.frequencies(a))

    def decode(self, k: Int[Tensor, "B L"], like: Tensor) -> Chunk:
        """The chunk of each word, with the dtype and device of `like`."""
        q = self.pairs.decode(k).to(like).view(-1, self.shape.horizon, self.shape.action)
        return cosines(q).T @ q / self.scale

    def loss(self, a: Chunk, c: Context, generator: Generator) -> Each:
        k = self.encode(a)
        log = self.chain(c, k, self.table).take_along_dim(k[..., None], dim=2)[..., 0]
        return -log.masked_fill(self.pairs.ended(k), 0.0).sum(1) / self.chain.n_tokens

    def sample(self, c: Context, n: int, generator: Generator) -> Draws:
        k = self.chain.draw(c, n, generator, self.table, temperature=self.temperature, top=self.top)
        return self.decode(k, c).unflatten(0, (n, -1))


def cosines(a: Chunk) -> Float[Tensor, "H H"]:
    """The orthonormal DCT matrix C of eq. (1)."""
    h = torch.arange(a.shape[1], dtype=a.dtype, device=a.device)
    wave = torch.cos(math.pi / len(h) * h[:, None] * (h + 0.5)) * math.sqrt(2 / len(h))
    return torch.cat([wave[:1] / math.sqrt(2), wave[1:]])
