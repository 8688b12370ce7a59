"""Squared error learns the distribution's conditional mean, absolute error its median, the pinball its quantile."""

import pytest
import torch

from eitherway.recipes import METHODS
from eitherway.training.recipe import build
from eitherway.training.train import train

S = torch.linspace(-1.15, 1.15, 231)


def learnt(name, task, demos, s, generator):
    """What the recipe of that name answers in the states s, and the task's distribution there."""
    recipe = METHODS[name].recipe
    policy = build(recipe, task, seed=0)
    for _ in train(policy, demos, recipe, seed=0):
        pass
    return policy.sample({"state": s[:, None, None]}, 1, generator)[0, :, 0, 0]


def exact(statistic, s):
    return statistic({"state": s[:, None, None]})[:, 0, 0]


@pytest.mark.learn
def test_squared_error_learns_the_conditional_mean(jumper, demos, generator):
    """10,000 demonstrations of deviation 1.2 or less leave the mean of a tenth of them uncertain by 0.04."""
    error = learnt("mse", jumper, demos, S, generator) - exact(jumper.distribution.mean, S)
    assert float(error.square().mean().sqrt()) < 0.05


@pytest.mark.learn
def test_absolute_error_learns_the_conditional_median(jumper, demos, generator):
    """Away from s = 0, where the median jumps and a smooth network cannot."""
    s = S[S.abs() > 0.3]
    error = learnt("mae", jumper, demos, s, generator) - exact(jumper.distribution.median, s)
    assert float(error.abs().mean()) < 0.04


@pytest.mark.learn
def test_the_pinball_learns_the_conditional_quantile(jumper, demos, generator):
    """Away from s = -0.8, where one draw in ten goes right and the 0.9-quantile jumps."""
    s = S[(S + 0.8).abs() > 0.3]
    exact = jumper.distribution.quantile(torch.full_like(s, 0.9), s)
    assert float((learnt("quantile", jumper, demos, s, generator) - exact).abs().mean()) < 0.06


@pytest.mark.learn
def test_squared_error_does_not_learn_the_median(jumper, demos, generator):
    error = learnt("mse", jumper, demos, S, generator) - exact(jumper.distribution.median, S)
    assert float(error.abs().mean()) > 0.3
