"""A transformer decoder: the steps of a chunk attend to each other, and to the observations.

    A(x, s) = concat over heads of softmax(q kᵀ / √w) v,   q = W_q x,  k = W_k s,  v = W_v s         (1)
    x ← x + A(norm(x), norm(x)),   x ← x + A(norm(x), s),   x ← x + F(norm(x))                      (2)
    s = G([c_1 ... c_N, γ(t_1), γ(t_2), ..., ∅]),   F, G = two layers with a GELU between           (3)

x begins as the steps of the chunk, or as as many learnt queries where the head shows none. Steps and tokens have learnt
positions. Each time is one more token, γ that of backbones/time_features.py; ∅ is a last one that says nothing, for
steps that look away from what was observed. Attention is plain matrix products: the fused kernels have no forward-mode
derivative.

References:
    Attention Is All You Need (Vaswani et al., 2017), https://arxiv.org/abs/1706.03762
    On Layer Normalization in the Transformer Architecture (Xiong et al., 2020), https://arxiv.org/abs/2002.04745
    Diffusion Policy (Chi et al., 2023), https://arxiv.org/abs/2303.04137 (times and observations as tokens, causal)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import linear

from eitherway.backbones.base import Backbone
from eitherway.backbones.time_features import FEATURES, FourierFeatures
from eitherway.registry import register
from eitherway.shape import Context, Each, Shape

Steps = Float[Tensor, "B H width"]
Seen = Float[Tensor, "B T width"]  # T tokens to look at
NEAR = 0.02  # spread of the positions at first, as in GPT-2 and Diffusion Policy


@register
class Transformer(Backbone):
    """Transformer decoder of `depth` blocks: self-attention over chunk steps, cross-attention to context and times."""

    def __init__(
        self,
        shape: Shape,
        *,
        d_in: int,
        d_out: int,
        times: int,
        width: int = 128,  # numbers that stand for a step
        depth: int = 4,  # blocks
        heads: int = 4,  # of each attention; they share the width
        expand: float = 4.0,  # hidden width of F and G, as a multiple of `width`
        dropout: float = 0.0,  # share silenced of what each part of a block adds, in training
        causal: bool = False,  # a step sees no later steps
    ) -> None:
        super().__init__()
        if width < 1 or depth < 1 or heads < 1:
            raise ValueError(f"width, depth and heads must be at least 1, got {width}, {depth} and {heads}")
        if width % heads:
            raise ValueError(f"width must be a multiple of heads, got {width} and {heads}")
        if not expand * width >= 1:
            raise ValueError(f"expand must leave at least one number in the hidden layer, got {expand} of {width}")
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout must be a share in [0, 1), got {dropout}")
        inner = round(expand * width)
        self.steps = nn.Parameter(NEAR * torch.randn(shape.horizon, width))
        self.places = nn.Parameter(NEAR * torch.randn(shape.tokens + times + 1, width))
        self.step = nn.Linear(d_in, width) if d_in else None
        self.token = nn.Linear(shape.embed, width)
        self.time = TimeTokens(width) if times else None
        self.read = feed_forward(width, inner, dropout)
        self.blocks = nn.ModuleList(Block(width, heads, inner, dropout) for _ in range(depth))
        self.answer = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, d_out))
        hidden = torch.full((shape.horizon, shape.horizon), -torch.inf).triu(1) if causal else None
        self.register_buffer("hidden", hidden, persistent=False)

    def forward(self, c: Context, x: Float[Tensor, "B H d_in"] | None = None, *t: Each) -> Float[Tensor, "B H d_out"]:
        h = self.steps.expand(len(c), -1, -1) if self.step is None else self.step(x) + self.steps
        tokens = [self.token(c)] if self.time is None else [self.token(c), self.time(*t)]
        tokens.append(torch.zeros_like(tokens[0][:, :1]))  # ∅: its position is all there is
        seen = self.read(torch.cat(tokens, dim=1) + self.places)  # eq. (3)
        for block in self.blocks:
            h = block(h, seen, self.hidden)
        return self.answer(h)


class TimeTokens(nn.Module):
    """Embeds each time as one token."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.features, self.layer = FourierFeatures(), nn.Linear(FEATURES, width)

    def forward(self, *t: Each) -> Float[Tensor, "B times width"]:
        return self.layer(self.features(*t))


class Block(nn.Module):
    """One pre-norm transformer decoder block, eq. (2)."""

    def __init__(self, width: int, heads: int, inner: int, dropout: float) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))
        self.among, self.across = Attention(width, heads), Attention(width, heads)
        self.feed = feed_forward(width, inner, dropout)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Steps, seen: Seen, hidden: Float[Tensor, "H H"] | None) -> Steps:
        y = self.norms[0](x)
        x = x + self.dropout(self.among(y, y, hidden))
        x = x + self.dropout(self.across(self.norms[1](x), seen, None))
        return x + self.dropout(self.feed(self.norms[2](x)))


class Attention(nn.Module):
    """Multi-head attention, eq. (1), followed by an output projection."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads, self.width = heads, width
        self.project = nn.Linear(width, 3 * width, bias=False)  # W_q, W_k, W_v; softmax is blind to a bias of keys
        self.mix = nn.Linear(width, width)

    def forward(self, x: Steps, seen: Seen, hidden: Float[Tensor, "H T"] | None) -> Steps:
        ask, offer = self.project.weight.split([self.width, 2 * self.width])
        q = self.apart(linear(x, ask)) * (self.width // self.heads) ** -0.5  # B heads H w
        k, v = (self.apart(y) for y in linear(seen, offer).chunk(2, dim=-1))  # B heads T w
        scores = q @ k.transpose(-1, -2)
        if hidden is not None:
            scores = scores + hidden
        return self.mix((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))

    def apart(self, y: Float[Tensor, "B T width"]) -> Float[Tensor, "B heads T w"]:
        """Splits the width into attention heads."""
        return y.unflatten(-1, (self.heads, -1)).transpose(1, 2)


def feed_forward(width: int, inner: int, dropout: float) -> nn.Sequential:
    """Position-wise feed-forward network: two layers with a GELU between."""
    return nn.Sequential(nn.Linear(width, inner), nn.GELU(), nn.Dropout(dropout), nn.Linear(inner, width))
