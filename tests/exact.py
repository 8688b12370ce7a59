"""Exact denoisers of distributions whose noisy versions are known: with them nothing is left to learn."""

import math

import torch

from eitherway.backbones import Backbone


class Gaussians:
    """Σ_k w_k N(m_k, s_k² I) over chunks [B H D]: density, and E[a | x_t] on any path."""

    def __init__(self, weight, mean, sd):
        self.weight = torch.tensor(weight, dtype=torch.float64)  # K
        self.mean = torch.tensor(mean, dtype=torch.float64)  # K H D
        self.sd = torch.tensor(sd, dtype=torch.float64)  # K

    def parts(self, x, alpha, sigma):
        """log w_k p_k(x_t) [B K], and the variance of each noisy part [B K]; α and σ are [B 1]."""
        variance = (alpha * self.sd).square() + sigma**2
        gap = (x[:, None] - alpha[..., None, None] * self.mean).square().sum((2, 3))  # B K
        numbers = x[0].numel()
        return self.weight.log() - gap / variance / 2 - numbers / 2 * (2 * math.pi * variance).log(), variance

    def log_prob(self, a):
        return self.parts(a, torch.ones(1, 1).double(), torch.zeros(1, 1).double())[0].logsumexp(1)

    def denoiser(self, schedule):
        """(x_t, t) -> (â, ε̂), at t = 0 too."""

        def denoise(x, t):
            t = t[:1] if bool((t == t[0]).all()) else t  # rows at one time share its numbers
            alpha, sigma = schedule(t[:, None])  # B 1, or 1 1
            log, variance = self.parts(x, alpha, sigma)
            share, pull, push = (
                u[..., None, None] for u in (log.softmax(1), alpha * self.sd.square() / variance, sigma / variance)
            )
            off = x[:, None] - alpha[..., None, None] * self.mean  # B K H D
            return (share * (self.mean + pull * off)).sum(1), (share * push * off).sum(1)

        return denoise

    def cdf(self, x):
        """Of one action number."""
        z = (x[:, None] - self.mean[:, 0, 0]) / self.sd
        return (self.weight * torch.special.ndtr(z)).sum(1)


class Field(Backbone):
    """A function of (x_t, t) in the place of a network."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, c, x=None, *t):
        return self.function(x, *t)


def net(function):
    """A `Net` that always builds that function."""
    return lambda shape, *, d_in, d_out, times: Field(function)


def even_noise(count):
    """Chunks of one number that are the quantiles of N(0, 1): noise without the noise of sampling."""
    q = (torch.arange(count, dtype=torch.float64) + 0.5) / count
    return torch.special.ndtri(q).reshape(count, 1, 1)


def last(path):
    """Where a path ends."""
    *_, end = path
    return end
