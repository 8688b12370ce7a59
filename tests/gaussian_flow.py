"""The flow of N(0, sd² I) on straight paths in closed form: x_s = x_t k_s / k_t, k_t² = (1 - t)² sd² + t²."""

import torch

SD = 0.6
ROWS = 6


def context(rows=ROWS):
    return torch.zeros(rows, 1, 1, dtype=torch.float64)


def normal(rows, seed=1, numbers=(1, 1)):
    return torch.randn(rows, *numbers, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def width(t):
    """k_t, broadcast over chunks."""
    return (((1 - t) * SD) ** 2 + t**2).sqrt()[:, None, None]


def velocity(x, t):
    """dx/dt of the path through x: x k'_t / k_t."""
    t = t[:, None, None]
    return x * (t - (1 - t) * SD**2) / (((1 - t) * SD) ** 2 + t**2)


def average(x, s, t):
    """The mean velocity between s and t, and the velocity itself where they are equal."""
    apart = (t - s)[:, None, None]
    mean = x * (1 - width(s) / width(t)) / torch.where(apart == 0, 1, apart)
    return torch.where(apart == 0, velocity(x, t), mean)
