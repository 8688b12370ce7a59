"""Student-t head: each number of the chunk has a middle and a width, and tails that forgive outliers.

p(a | c) = Π_i f((a_i - m_i(c)) / b_i(c)) / b_i(c)                                       (1)
f(z)     = Γ((ν + 1) / 2) / (Γ(ν / 2) √(ν π)) · (1 + z² / ν)^(-(ν + 1) / 2)              (2)

References:
    Robust Statistical Modeling Using the t Distribution (Lange et al., 1989),
        https://doi.org/10.1080/01621459.1989.10478852
"""

import math

from torch import Generator
from torch.nn.functional import softplus

from eitherway import register
from eitherway.backbones import Net
from eitherway.heads import Density
from eitherway.shape import Chunk, Context, Draws, Each, Shape


@register
class StudentT(Density):
    """Robust regression of chunks: one Student-t distribution for each number."""

    def __init__(
        self,
        shape: Shape,
        net: Net,
        *,
        freedom: int = 4,  # ν, the degrees of freedom: the fewer, the heavier the tails
        floor: float = 1e-2,  # the least width: a narrower distribution only memorises
    ) -> None:
        super().__init__(shape)
        if freedom < 1:
            raise ValueError(f"freedom must be at least 1, got {freedom}")
        if not floor > 0:
            raise ValueError(f"floor is a width and must be above 0, got {floor}")
        self.freedom, self.floor = freedom, floor
        self.net = net(shape, d_in=0, d_out=2 * shape.action, times=0)

    def parts(self, c: Context) -> tuple[Chunk, Chunk]:
        """Middles and widths."""
        m, b = self.net(c).chunk(2, dim=-1)  # B H D, twice
        return m, self.floor + softplus(b)

    def log_prob(self, a: Chunk, c: Context) -> Each:
        m, b = self.parts(c)
        half, peak = (self.freedom + 1) / 2, math.lgamma(self.freedom / 2) + math.log(self.freedom * math.pi) / 2
        tails = half * (((a - m) / b).square() / self.freedom).log1p()
        return (math.lgamma(half) - peak - tails - b.log()).sum((1, 2))  # eqs. (1) and (2)

    def loss(self, a: Chunk, c: Context, generator: Generator) -> Each:
        return -self.log_prob(a, c) / (self.shape.horizon * self.shape.action)

    def sample(self, c: Context, n: int, generator: Generator) -> Draws:
        m, b = self.parts(c)
        normal = m.new_empty(1 + self.freedom, n, *m.shape).normal_(generator=generator)
        return m + b * normal[0] / normal[1:].square().mean(0).sqrt()  # S B H D: a ratio that is Student's t
