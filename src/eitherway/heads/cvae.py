"""Conditional variational autoencoder: latent numbers z say which of the right answers is meant.

    p(a | c) = ∫ p(a | z, c) N(z; 0, I) dz                                                (1)
    q(z | a, c) = N(z; μ, diag σ²),   (μ, log σ²) = net(c, a),   z = μ + σ ε              (2)
    L = loss of the decoder at (a, [c z]) + β Σ_j max(free, KL_j)                         (3)
    KL_j = (μ_j² + σ_j² - 1 - log σ_j²) / 2                                               (4)
    log p(a | c) ≥ E log 1/m Σ_i p(a | z_i, c) N(z_i; 0, I) / q(z_i | a, c)               (5)

z enters as context tokens after the others, so any head can decode. (5) rises with m; m = 1 is the ELBO. Losses are
means over the H D numbers of a chunk: where the decoder is a density, (3) with β = 1 / (H D) and free = 0 is
-ELBO / (H D). A regression stands for noise of fixed width around its answer: but for a constant, (3) is the ELBO of
Laplace noise of width β H D under |r|, of normal noise of variance β H D / 2 under r².

References:
    Auto-Encoding Variational Bayes (Kingma and Welling, 2014), https://arxiv.org/abs/1312.6114
    Learning Structured Output Representation (Sohn, Lee and Yan, 2015),
        https://papers.nips.cc/paper/2015/hash/8d55a249e6baa5c06772297520da2051-Abstract.html
    Importance Weighted Autoencoders (Burda et al., 2016), https://arxiv.org/abs/1509.00519
    Improving Variational Inference with Inverse Autoregressive Flow (Kingma et al., 2016),
        https://arxiv.org/abs/1606.04934
    Learning Fine-Grained Bimanual Manipulation (Zhao et al., 2023), https://arxiv.org/abs/2304.13705
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn

from eitherway.backbones.base import Net
from eitherway.heads.base import Density, Head, Loss
from eitherway.heads.push_forward import PushForward
from eitherway.heads.regression import Regression
from eitherway.make import Make
from eitherway.randomness import normal_like
from eitherway.registry import register
from eitherway.shape import Chunk, Context, Each, Shape, tile

Latent = Float[Tensor, "B Z"]  # the numbers of z


@register
class CVAE(PushForward):
    """Conditional VAE (Sohn et al., 2015), as in ACT, with any head as its decoder."""

    drawing: ClassVar[frozenset[str]] = frozenset({"noise"})

    def __init__(
        self,
        shape: Shape,
        net: Net,
        *,
        decoder: Make[Head] = Make(Regression),
        latent: int = 2,  # numbers of z
        beta: float = 0.1,  # what a nat of KL costs, in units of the decoder's loss
        free: float = 0.0,  # nats that each number of z may tell at no cost
        noise: float = 1.0,  # standard deviation of z when drawing: 1 the prior, 0 its middle alone (ACT)
    ) -> None:
        super().__init__(shape)
        if latent < 1:
            raise ValueError(f"latent must be at least 1, got {latent}")
        for name, value in {"beta": beta, "free": free, "noise": noise}.items():
            if not value >= 0:
                raise ValueError(f"{name} must be at least 0, got {value}")
        self.latent, self.beta, self.free, self.noise = latent, beta, free, noise
        self.posterior_net = net(shape, d_in=shape.action, d_out=2 * latent, times=0)
        tokens = math.ceil(latent / shape.embed)  # with fewer, some of z would be lost
        self.embed = nn.Linear(latent, tokens * shape.embed)
        self.decoder = decoder(replace(shape, tokens=shape.tokens + tokens), net)
        if self.decoder.pairing is not None:
            raise ValueError("the decoder cannot have a coupling: z is drawn with the noise that it would reorder")

    def fit(self, a: Float[Tensor, "M H D"], generator: Generator) -> None:
        self.decoder.fit(a, generator)

    def stages(self) -> Iterator[Loss]:
        for loss in self.decoder.stages():
            yield partial(self.regularised, loss)

    def loss(self, a: Chunk, c: Context, generator: Generator) -> Each:
        return self.regularised(self.decoder.loss, a, c, generator)

    def regularised(self, loss: Loss, a: Chunk, c: Context, generator: Generator) -> Each:
        """The β-VAE objective: a decoder loss at z ~ q(z | a, c) plus β times the KL divergence, eq. (3)."""
        mean, log_variance = self.posterior(a, c)
        z = mean + (log_variance / 2).exp() * normal_like(mean, generator)  # eq. (2)
        kl = divergence(mean, log_variance).clamp(min=self.free).sum(1)
        return loss(a, self.told(c, z), generator) + self.beta * kl

    def posterior(self, a: Chunk, c: Context) -> tuple[Latent, Latent]:
        """Mean and log-variance of the approximate posterior q(z | a, c); a chunk's steps are pooled."""
        mean, log_variance = self.posterior_net(c, a).mean(1).chunk(2, dim=1)  # B Z
        return mean, log_variance

    def told(self, c: Context, z: Latent) -> Float[Tensor, "B more E"]:
        """The context with z as further tokens."""
        return torch.cat([c, self.embed(z).unflatten(1, (-1, self.shape.embed))], dim=1)

    @property
    def noise_size(self) -> tuple[int, ...]:
        return (self.latent,)

    def generate(self, c: Context, eps: Latent, generator: Generator) -> Chunk:
        return self.decoder.sample(self.told(c, self.noise * eps), 1, generator)[0]

    def bound(self, a: Chunk, c: Context, m: int, generator: Generator) -> Each:
        """The importance-weighted bound (5) on log p(a | c), estimated with m draws of z, nats; m = 1 is the ELBO.

        Raises TypeError where the decoder has no density.
        """
        if not isinstance(self.decoder, Density):
            raise TypeError(f"a bound needs a decoder that is a density; {type(self.decoder).__name__} is none")
        mean, log_variance = (v.repeat(m, 1) for v in self.posterior(a, c))  # mB Z
        eps = normal_like(mean, generator)
        z = mean + (log_variance / 2).exp() * eps
        log_ratio = (eps.square() + log_variance - z.square()).sum(1) / 2  # log N(z; 0, I) - log q(z | a, c)
        log_p = self.decoder.log_prob(a.repeat(m, 1, 1), self.told(tile(c, m), z))
        return (log_p + log_ratio).unflatten(0, (m, -1)).logsumexp(0) - math.log(m)


def divergence(mean: Latent, log_variance: Latent) -> Latent:
    """The KL divergence KL(N(μ, σ²) ‖ N(0, 1)) of each number, nats, eq. (4)."""
    return (mean.square() + log_variance.exp() - 1 - log_variance) / 2
