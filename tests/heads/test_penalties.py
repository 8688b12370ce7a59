"""What an error costs: each shape's values, limits and pulls at known points."""

import math

import pytest
import torch
from torch.testing import assert_close

from eitherway.heads import Absolute, Cauchy, LaplaceKernel, Squared, Truncated, Welsch

AT = torch.tensor([0.0, 0.5, 1.0, -1.0, 3.0], dtype=torch.float64)
VALUES = {
    Squared: [0.0, 0.25, 1.0, 1.0, 9.0],
    Absolute: [0.0, 0.5, 1.0, 1.0, 3.0],
    Welsch: [0.0, 1 - math.exp(-0.25), 1 - math.exp(-1), 1 - math.exp(-1), 1 - math.exp(-9)],
    Truncated: [0.0, 0.5, 1.0, 1.0, 2.0],
    Cauchy: [0.0, math.log(1.25), math.log(2), math.log(2), math.log(10)],
    LaplaceKernel: [0.0, 1 - math.exp(-0.5), 1 - math.exp(-1), 1 - math.exp(-1), 1 - math.exp(-3)],
}
LIMITS = {Squared: math.inf, Absolute: math.inf, Cauchy: math.inf, Welsch: 1.0, LaplaceKernel: 1.0, Truncated: 2.0}
PULLS = {Squared: 2e6, Absolute: 1.0, Cauchy: 2e-6, Welsch: 0.0, LaplaceKernel: 0.0, Truncated: 0.0}


@pytest.mark.parametrize("penalty", VALUES)
def test_values(penalty):
    assert_close(penalty()(AT), torch.tensor(VALUES[penalty]).double(), atol=1e-7, rtol=0)


@pytest.mark.parametrize("penalty", LIMITS)
def test_how_dear_an_error_can_get(penalty):
    assert float(penalty()(torch.tensor(math.inf))) == LIMITS[penalty]


@pytest.mark.parametrize("penalty", PULLS)
def test_how_hard_an_error_of_a_million_pulls(penalty):
    error = torch.tensor(1e6, dtype=torch.float64, requires_grad=True)
    penalty()(error).backward()
    assert float(error.grad) == pytest.approx(PULLS[penalty], rel=1e-6)


@pytest.mark.parametrize("penalty", VALUES)
def test_scale_is_the_unit_of_the_error(penalty):
    assert_close(penalty(scale=0.25)(AT), penalty()(4 * AT))


@pytest.mark.parametrize("scale", [0.0, -1.0, math.nan])
def test_a_scale_is_positive(scale):
    with pytest.raises(ValueError, match="scale must be above 0"):
        Squared(scale=scale)
