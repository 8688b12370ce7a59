"""Autoregressive head over binned actions: each number is a token, predicted given those before it.

    p(a | c) = Π_g p(k_g | k_<g, c) q_g(a_g | k_g),   k_g = the bin that a_g lies in, g = 1 ... H D       (1)

    q(a | k) = 1 / width_k                      in all bins but the two outermost                         (2)
    q(a | k) = exp(-|a - edge| / s) / s         in these, s = |centre - edge|                             (3)

Tokens run over the numbers of the first step, then of the second, and so on; p(k | c) is that of heads/chain.py. The
outermost bins have no far wall: what lies beyond all training actions still has a density, and an exponential
distribution is the simplest that excesses over a high threshold tend to.

References:
    RT-1 (Brohan et al., 2023), https://arxiv.org/abs/2212.06817 (bins for each number)
    Statistical Inference Using Extreme Order Statistics (Pickands, 1975), https://doi.org/10.1214/aos/1176343003
"""

from typing import ClassVar

import torch
from jaxtyping import Bool, Float, Int
from torch import Generator, Tensor

from eitherway.backbones.base import Net
from eitherway.codebooks.bins import NARROWEST, Bins, QuantileBins
from eitherway.heads.base import Density
from eitherway.heads.chain import Chain, check_drawing
from eitherway.make import Make
from eitherway.registry import register
from eitherway.shape import Chunk, Context, Draws, Each, Shape


@register
class Autoregressive(Density):
    """Autoregressive density: each number's bin predicted given those before it, and a number drawn within its bin."""

    drawing: ClassVar[frozenset[str]] = frozenset({"temperature", "top"})

    def __init__(
        self,
        shape: Shape,
        net: Net,
        *,
        codebook: Make[Bins] = Make(QuantileBins),
        width: int = 32,  # of the layer that joins the context with the tokens before
        memory: int | None = None,  # tokens that are looked back at; None: all
        temperature: float = 1.0,  # 0: always the likeliest token
        top: int | None = None,  # only the likeliest few are drawn; None: all
    ) -> None:
        super().__init__(shape)
        check_drawing(temperature, top)
        self.codebook = codebook(shape)
        self.temperature, self.top = temperature, top
        n_tokens, size = self.codebook.n_tokens, self.codebook.size
        self.chain = Chain(shape, net, n_tokens=n_tokens, size=size, seen=1, width=width, memory=memory)

    def fit(self, a: Float[Tensor, "M H D"], generator: Generator) -> None:
        self.codebook.fit(a, generator)
        self.chain.fit(self.codebook.encode(a))

    @property
    def table(self) -> Float[Tensor, "G K 1"]:
        """The input embedding of each token: its bin's centre."""
        return self.codebook.centres[..., None]

    def spelling(self, k: Int[Tensor, "B G"], c: Context) -> Each:
        """The log-probability log p(k | c) of a sequence of tokens."""
        return self.chain(c, k, self.table).take_along_dim(k[..., None], dim=2).sum((1, 2))

    def loss(self, a: Chunk, c: Context, generator: Generator) -> Each:
        return -self.spelling(self.codebook.encode(a), c) / self.codebook.n_tokens

    def log_prob(self, a: Chunk, c: Context) -> Each:
        k = self.codebook.encode(a)
        start, scale, outermost = self.bins(k)
        within = -scale.abs().log() - torch.where(outermost, (a.flatten(1) - start) / scale, 0.0)  # eq. (2), (3)
        return self.spelling(k, c) + within.sum(1)  # eq. (1)

    def sample(self, c: Context, n: int, generator: Generator) -> Draws:
        k = self.chain.draw(c, n, generator, self.table, temperature=self.temperature, top=self.top)  # nB G
        start, scale, outermost = self.bins(k)
        u = torch.rand(k.shape, dtype=c.dtype, device=c.device, generator=generator)
        a = start + scale * torch.where(outermost, -torch.log1p(-u), u)  # eq. (2), (3)
        return a.view(n, -1, self.shape.horizon, self.shape.action)

    def bins(self, k: Int[Tensor, "B G"]) -> tuple[Float[Tensor, "B G"], Float[Tensor, "B G"], Bool[Tensor, "B G"]]:
        """The start of each token's bin, its width or s with the sign of its direction, and whether it is outermost."""
        edges, centres = self.codebook.edges, self.codebook.centres
        low, high = torch.cat([edges[:, :1], edges], dim=1), torch.cat([edges, edges[:, -1:]], dim=1)  # G K
        first, outermost = k == 0, (k == 0) | (k == self.codebook.size - 1)
        start, centre = low.T.gather(0, k), centres.T.gather(0, k)
        size = torch.where(outermost, (centre - start).abs(), high.T.gather(0, k) - start).clamp(min=NARROWEST)
        return start, torch.where(first, -size, size), outermost
