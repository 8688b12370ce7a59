"""Categorical head over a codebook: the chunk becomes tokens, each a class, with an offset where one is asked for.

    k = encode(a),   L = Σ_g β_g F(p_g(k_g | c)) / Σ_g β_g + w ‖a - decode(k) - offset(k, c)‖² / HD   (1)
    F(p) = -(1 - p)^focus log p,   β_1 = 1,   β_g = secondary for g > 1                               (2)
    p_g(· | c) = softmax(f_g(c) + Σ_b T_gb[k_{g-b}]),   b = 1 ... memory                              (3)
    a = decode(k) + offset(k, c),   k_g ~ p_g(· | c)^(1 / temperature), the `top` likeliest           (4)

The codebook decides what this is: two sides, bins of each number, k-means of whole chunks (BeT, where focus = 2), codes
of a learnt space (VQ-BeT). With no memory tokens are drawn independently of each other given c.

References:
    Behavior Transformers (Shafiullah et al., 2022), https://arxiv.org/abs/2206.11251
    Behavior Generation with Latent Actions (Lee et al., 2024), https://arxiv.org/abs/2403.03181
    Focal Loss for Dense Object Detection (Lin et al., 2017), https://arxiv.org/abs/1708.02002
    RT-1 (Brohan et al., 2023), https://arxiv.org/abs/2212.06817
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy, pad

from eitherway.backbones.base import Net
from eitherway.codebooks import Codebook, KMeans
from eitherway.heads.base import Head, Loss
from eitherway.heads.chain import check_drawing, sharpened
from eitherway.make import Make
from eitherway.registry import register
from eitherway.shape import Chunk, Context, Draws, Each, Shape


@register
class Categorical(Head):
    """Categorical distribution over the codes of a codebook, with a learnt offset for each code (BeT, VQ-BeT)."""

    drawing: ClassVar[frozenset[str]] = frozenset({"temperature", "top"})
    weights: Tensor  # G: β / Σ β of eq. (1)

    def __init__(
        self,
        shape: Shape,
        net: Net,
        *,
        codebook: Make[Codebook] = Make(KMeans),
        focus: float = 0.0,  # in eq. (2); above 0, what is predicted well counts less, and p is no longer honest
        secondary: float = 1.0,  # weight of every token after the first, β in eq. (2)
        memory: int = 0,  # tokens before it that a token is told of, eq. (3); 0: tokens are drawn independently
        offset: float | None = None,  # w in eq. (1), as a weight on squared error; None: no offsets
        temperature: float = 1.0,  # 0: always the likeliest class
        top: int | None = None,  # only the likeliest few are drawn; None: all
    ) -> None:
        super().__init__(shape)
        if not focus >= 0:
            raise ValueError(f"focus must be at least 0, got {focus}")
        if not secondary > 0:
            raise ValueError(f"secondary is the weight of a loss and must be above 0, got {secondary}")
        if offset is not None and not offset > 0:
            raise ValueError(f"offset is the weight of a loss and must be above 0, or null for none; got {offset}")
        check_drawing(temperature, top)
        self.codebook = codebook(shape)
        n_tokens, size = self.codebook.n_tokens, self.codebook.size
        if not 0 <= memory < n_tokens:
            raise ValueError(f"memory must be at least 0 and below the number of tokens, {n_tokens}; got {memory}")
        self.focus, self.offset, self.temperature, self.top = focus, offset, temperature, top
        weights = torch.tensor([1.0, *[secondary] * (n_tokens - 1)])
        self.register_buffer("weights", weights / weights.sum(), persistent=False)
        width = 0 if offset is None else self.codebook.width
        word = replace(shape, horizon=n_tokens)  # the backbone answers token by token
        self.net = net(word, d_in=0, d_out=size * (1 + width) - 1, times=0)
        backs = range(1, memory + 1)
        self.links = nn.ParameterList(torch.zeros(n_tokens - back, size, size - 1) for back in backs)  # T of eq. (3)

    def fit(self, a: Float[Tensor, "M H D"], generator: Generator) -> None:
        self.codebook.fit(a, generator)

    def stages(self) -> Iterator[Loss]:
        own = nn.ModuleList([self.net, self.links]).requires_grad_(False)
        yield from self.codebook.stages()
        own.requires_grad_(True)
        yield self.loss

    def logits(self, c: Context) -> tuple[Float[Tensor, "B G K"], Float[Tensor, "B G K W"]]:
        """The logits of the codes given c alone, and the offset of each code; W = 0 without offsets."""
        y = self.net(c)  # B G (K-1)+KW
        free = self.codebook.size - 1  # the first code's score is 0: only differences of scores matter
        return pad(y[..., :free], (1, 0)), y[..., free:].unflatten(-1, (self.codebook.size, -1))

    def loss(self, a: Chunk, c: Context, generator: Generator) -> Each:
        k = self.codebook.encode(a)
        logits, offsets = self.logits(c)
        loss = (self.surprise(self.linked(logits, k), k) * self.weights).sum(1)
        if self.offset is None:
            return loss
        error = a - self.decode(k, offsets)
        return loss + self.offset * error.square().mean((1, 2))  # eq. (1)

    def linked(self, logits: Float[Tensor, "B G K"], k: Int[Tensor, "B G"]) -> Float[Tensor, "B G K"]:
        """The logits of each token given the tokens before it, eq. (3)."""
        for back, link in enumerate(self.links, 1):
            told = link[torch.arange(len(link), device=k.device), k[:, :-back]]  # B G-back K-1
            logits = logits + pad(told, (1, 0, back, 0))
        return logits

    def surprise(self, logits: Float[Tensor, "B G K"], k: Int[Tensor, "B G"]) -> Float[Tensor, "B G"]:
        """Focal loss of each token, F of eq. (2): cross-entropy, less of it where the token was expected."""
        entropy = cross_entropy(logits.flatten(0, 1), k.flatten(), reduction="none").unflatten(0, k.shape)
        missing = -torch.expm1(-entropy)  # 1 - p without cancellation
        return missing.clamp(min=1e-12) ** self.focus * entropy  # a power below 1 has no slope at 0

    def sample(self, c: Context, n: int, generator: Generator) -> Draws:
        logits, offsets = self.logits(c)
        logits, offsets = logits.repeat(n, 1, 1), offsets.repeat(n, 1, 1, 1)  # nB G K, nB G K W
        k = torch.zeros(logits.shape[:2], dtype=torch.long, device=c.device)
        for g in range(k.shape[1]):
            p = sharpened(self.linked(logits, k)[:, g], self.temperature, self.top)  # eq. (4)
            k[:, g] = torch.multinomial(p, 1, generator=generator)[:, 0]
        return self.decode(k, offsets).unflatten(0, (n, -1))

    def decode(self, k: Int[Tensor, "B G"], offsets: Float[Tensor, "B G K W"]) -> Chunk:
        """The chunk of each sequence of tokens, with their offsets added where there are any."""
        a = self.codebook.decode(k)
        if self.offset is None:
            return a
        chosen = offsets.take_along_dim(k[..., None, None], dim=2)[:, :, 0]  # B G W
        return a + self.codebook.spread(chosen)
