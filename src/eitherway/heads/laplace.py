"""Mixture of Laplace distributions: a chunk is one of K medians with an error of exponential tails.

    p(a | c) = Σ_k w_k(c) Π_i exp(-|a_i - m_ki(c)| / b_ki(c)) / 2 b_ki(c)             (1)
    L        = -log p(a | c) / (H D)                                                   (2)

One component is chosen for the whole chunk. With K = 1 the best m is a conditional median.

References:
    Mixture Density Networks (Bishop, 1994), https://publications.aston.ac.uk/id/eprint/373/
"""

import torch
from jaxtyping import Float
from torch import Generator, Tensor
from torch.nn.functional import softplus

from eitherway.backbones.base import Net
from eitherway.heads.base import Density
from eitherway.registry import register
from eitherway.shape import Chunk, Context, Draws, Each, Shape


@register
class Laplace(Density):
    """Mixture of K Laplace distributions over whole chunks."""

    def __init__(
        self,
        shape: Shape,
        net: Net,
        *,
        components: int = 2,
        floor: float = 1e-2,  # a component narrower than this only memorises the demonstrations
    ) -> None:
        super().__init__(shape)
        if components < 1:
            raise ValueError(f"components must be at least 1, got {components}")
        if not floor > 0:
            raise ValueError(f"floor is a width and must be above 0, got {floor}")
        self.components, self.floor = components, floor
        self.net = net(shape, d_in=0, d_out=components * (1 + 2 * shape.action), times=0)

    def parts(self, c: Context) -> tuple[Float[Tensor, "B K"], Float[Tensor, "B H K D"], Float[Tensor, "B H K D"]]:
        """Log-weights, medians and widths of the mixture components."""
        y = self.net(c).unflatten(-1, (self.components, -1))  # B H K 1+2D
        weight, m, b = y.split([1, self.shape.action, self.shape.action], dim=-1)
        start = (
            2 * torch.arange(self.components, device=y.device) + 1
        ) / self.components - 1  # components begin apart, in [-1, 1]
        return weight[..., 0].mean(1).log_softmax(-1), m + start[:, None], self.floor + softplus(b)

    def log_prob(self, a: Chunk, c: Context) -> Each:
        log_w, m, b = self.parts(c)
        each = -(a[:, :, None] - m).abs() / b - (2 * b).log()  # B H K D
        return (log_w + each.sum((1, 3))).logsumexp(-1)  # eq. (1)

    def loss(self, a: Chunk, c: Context, generator: Generator) -> Each:
        return -self.log_prob(a, c) / (self.shape.horizon * self.shape.action)  # eq. (2)

    def sample(self, c: Context, n: int, generator: Generator) -> Draws:
        log_w, m, b = self.parts(c)
        k = torch.multinomial(log_w.exp(), n, replacement=True, generator=generator).T  # S B
        m, b = (v.expand(n, *v.shape).take_along_dim(k[:, :, None, None, None], dim=3)[:, :, :, 0] for v in (m, b))
        first, second = (torch.empty_like(m).exponential_(generator=generator) for _ in range(2))
        return m + b * (first - second)  # S B H D: the difference of two exponentials is a Laplace number
