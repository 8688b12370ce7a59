"""Mixture density network: a mixture of K Gaussians over whole chunks.

    p(a | c) = Σ_k w_k(c) N(a; μ_k(c), Σ_k(c)),   L = -log p(a | c) / (H D)                   (1)
    μ_k = m_k + s_k y,   σ_k = floor + s_k softplus(y'),   log w_k = log share_k + y'' - log Σ   (2)

One component is chosen for the whole chunk, not one for each step. Centres m_k, widths s_k and shares are those of
k-means on the training chunks, so that components begin apart, each where data are; y, y' and y'' are the network's.

References:
    Mixture Density Networks (Bishop, 1994), https://publications.aston.ac.uk/id/eprint/373/
"""

import math
from typing import ClassVar, TypeAlias

import torch
from jaxtyping import Float
from torch import Generator, Tensor
from torch.nn.functional import softplus

from eitherway.backbones.base import Net
from eitherway.codebooks.kmeans import cluster
from eitherway.heads.base import Density
from eitherway.heads.covariances import Covariance, Diagonal
from eitherway.make import Make
from eitherway.registry import register
from eitherway.shape import Chunk, Context, Draws, Each, Shape

Numbers: TypeAlias = Float[Tensor, "B K _"]  # some for each component
UNIT = math.log(math.e - 1)  # softplus of it is 1: a width begins at its cluster's


@register
class MDN(Density):
    """Mixture density network (Bishop, 1994): a mixture of K Gaussians over whole chunks."""

    drawing: ClassVar[frozenset[str]] = frozenset({"temperature", "noise"})
    log_share: Tensor
    centre: Tensor
    width: Tensor

    def __init__(
        self,
        shape: Shape,
        net: Net,
        *,
        components: int = 16,  # K
        covariance: Make[Covariance] = Make(Diagonal),
        floor: float = 3e-3,  # a component narrower than this only memorises the demonstrations
        temperature: float = 1.0,  # of the choice of component when drawing; 0: always the likeliest
        noise: float = 1.0,  # factor on a component's widths when drawing; 0: its mean
    ) -> None:
        super().__init__(shape)
        if components < 1:
            raise ValueError(f"components must be at least 1, got {components}")
        if not floor > 0:
            raise ValueError(f"floor is a width and must be above 0, got {floor}")
        if not (temperature >= 0 and noise >= 0):
            raise ValueError(f"temperature and noise must be at least 0, got {temperature} and {noise}")
        self.components, self.floor, self.temperature, self.noise = components, floor, temperature, noise
        n = shape.horizon * shape.action
        self.covariance = covariance(n)
        self.sizes = [1, shape.action, shape.action, math.ceil(self.covariance.size / shape.horizon)]
        self.net = net(shape, d_in=0, d_out=components * sum(self.sizes), times=0)
        self.register_buffer("log_share", torch.zeros(components))
        self.register_buffer("centre", torch.zeros(components, n))
        self.register_buffer("width", torch.ones(components, n))

    def fit(self, a: Float[Tensor, "M H D"], generator: Generator) -> None:
        flat = a.flatten(1)  # M HD
        _, k = cluster(flat, self.components, generator)
        filled = int(k.max()) + 1  # with fewer different chunks than components, components share a cluster
        for component in range(self.components):
            members, sharing = flat[k == component % filled], len(range(component % filled, self.components, filled))
            self.log_share[component] = math.log(len(members) / len(a) / sharing)
            self.centre[component] = members.mean(0)
            self.width[component] = members.var(0, unbiased=False).add(self.floor**2).sqrt()

    def parts(self, c: Context) -> tuple[Float[Tensor, "B K"], Numbers, Numbers, Numbers]:
        """Log-weights, means and widths of the components, and the parameters of their triangles, eq. (2)."""
        y = self.net(c).unflatten(-1, (self.components, -1)).transpose(1, 2)  # B K H sizes
        score, mean, width, triangle = y.split(self.sizes, dim=-1)
        log_w = (self.log_share + score.mean((2, 3))).log_softmax(-1)  # one choice of component for all steps
        sd = self.floor + self.width * softplus(width.flatten(2) + UNIT)
        return log_w, self.centre + self.width * mean.flatten(2), sd, triangle.flatten(2)[..., : self.covariance.size]

    def log_prob(self, a: Chunk, c: Context) -> Each:
        log_w, mean, sd, triangle = self.parts(c)
        z = self.covariance.untie(a.flatten(1)[:, None] - mean, triangle) / sd  # B K n
        each = z.square() / 2 + sd.log() + math.log(2 * math.pi) / 2
        return (log_w - each.sum(-1)).logsumexp(-1)  # eq. (1)

    def loss(self, a: Chunk, c: Context, generator: Generator) -> Each:
        return -self.log_prob(a, c) / (self.shape.horizon * self.shape.action)

    def sample(self, c: Context, n: int, generator: Generator) -> Draws:
        log_w, *parts = self.parts(c)
        p = (log_w / max(self.temperature, 1e-9)).softmax(-1)  # the smallest is as good as 0
        k = torch.multinomial(p, n, replacement=True, generator=generator).T[..., None, None]  # S B 1 1
        mean, sd, triangle = (v.expand(n, *v.shape).take_along_dim(k, dim=2)[:, :, 0] for v in parts)  # S B n
        z = self.noise * torch.randn(mean.shape, dtype=c.dtype, device=c.device, generator=generator)
        a = mean + self.covariance.tie(sd * z, triangle)
        return a.unflatten(-1, (self.shape.horizon, self.shape.action))
