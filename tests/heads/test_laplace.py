"""Mixture of Laplace distributions: the density is one, and draws follow it."""

import numpy as np
import torch
from scipy.stats import kstest

from eitherway.backbones import MLP
from eitherway.heads import Laplace
from eitherway.make import Make
from eitherway.shape import Shape

SHAPE = Shape(horizon=1, action=1, tokens=1, embed=1)
CONTEXT = torch.full((1, 1, 1), 0.4, dtype=torch.float64)
GRID = torch.linspace(-40, 40, 400_001, dtype=torch.float64)
CELL = 80 / 400_000


def untrained(components):
    """A head with random weights: a theorem does not wait for training."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Laplace(SHAPE, Make(MLP, width=8), components=components).double()


def density(head):
    """p(a | CONTEXT) on the grid."""
    return head.log_prob(GRID[:, None, None], CONTEXT.expand(len(GRID), -1, -1)).exp().detach()


def test_the_density_integrates_to_one():
    assert abs(float(density(untrained(components=3)).sum() * CELL) - 1) < 1e-4


def test_draws_follow_the_density():
    head = untrained(components=3)
    draws = head.sample(CONTEXT, 20_000, torch.Generator().manual_seed(1)).detach().flatten().numpy()
    grid, cdf = GRID.numpy(), density(head).numpy().cumsum() * CELL
    assert kstest(draws, lambda a: np.interp(a, grid, cdf)).pvalue > 1e-3


def test_a_single_mode_costs_least_at_the_median():
    a = torch.tensor([-0.9, -0.2, 0.1, 0.15, 0.8], dtype=torch.float64)[:, None, None]
    c, tried, losses = CONTEXT.expand(5, -1, -1), torch.linspace(-1, 1, 201, dtype=torch.float64), []
    for m in tried:
        head = untrained(components=1)
        head.net = Always(m)
        losses.append(head.loss(a, c, torch.Generator()).mean())
    assert abs(float(tried[torch.stack(losses).argmin()]) - 0.1) < 1e-9


class Always(torch.nn.Module):
    """A network that puts the only median at m, with one and the same width."""

    def __init__(self, m):
        super().__init__()
        self.answer = torch.tensor([0, m, 0], dtype=torch.float64)

    def forward(self, c):
        return self.answer.expand(len(c), 1, 3)
