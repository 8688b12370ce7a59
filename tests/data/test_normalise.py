"""Normalisers go there and back, and say what they do to a density."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from torch.testing import assert_close

from eitherway.data import Identity, MinMax, Standard

PROPERTY = settings(deadline=None, derandomize=True, max_examples=60)
KINDS = [Identity, MinMax, Standard]
data = arrays.arrays(
    float, st.tuples(st.integers(1, 6), st.integers(1, 5), st.just(3)), elements=st.floats(-100, 100, width=32)
)


def fitted(kind, x):
    normaliser = kind(x.shape[-1]).double()
    normaliser.fit(x)
    return normaliser


@pytest.mark.parametrize("kind", KINDS)
@PROPERTY
@given(data)
def test_back_and_forth_is_where_one_was(kind, data):
    x = torch.as_tensor(data)
    normaliser = fitted(kind, x)
    assert_close(normaliser.inverse(normaliser(x)), x, atol=1e-9, rtol=1e-9)


@PROPERTY
@given(data)
def test_min_max_takes_the_data_to_the_whole_of_minus_one_to_one(data):
    x = torch.as_tensor(data)
    y = fitted(MinMax, x)(x).flatten(0, 1)
    reached = torch.where(x.flatten(0, 1).amax(0) > x.flatten(0, 1).amin(0), 1.0, 0.0).double()
    assert_close(y.amax(0), reached, atol=1e-9, rtol=0)
    assert_close(y.amin(0), -reached, atol=1e-9, rtol=0)


def test_standard_gives_mean_0_and_deviation_1(generator):
    x = 3 + 7 * torch.randn(500, 2, generator=generator, dtype=torch.float64)
    y = fitted(Standard, x)(x)
    assert_close(y.mean(0), torch.zeros(2).double(), atol=1e-12, rtol=0)
    assert_close(y.std(0, unbiased=False), torch.ones(2).double())


def test_identity_leaves_all_as_it_is(generator):
    x = torch.randn(5, 2, generator=generator, dtype=torch.float64)
    assert torch.equal(fitted(Identity, x)(x), x)


@pytest.mark.parametrize("kind", KINDS)
def test_a_number_that_never_changes_is_not_divided_by_zero(kind):
    x = torch.tensor([[5.0, 1.0], [5.0, 2.0]], dtype=torch.float64)
    assert_close(fitted(kind, x).scale[0], torch.tensor(1.0).double())


@pytest.mark.parametrize("kind", KINDS)
def test_log_scale_is_the_log_determinant_of_the_way_back(kind, generator):
    normaliser = fitted(kind, 4 * torch.rand(50, 3, generator=generator, dtype=torch.float64))
    jacobian = torch.func.jacrev(normaliser.inverse)(torch.zeros(3, dtype=torch.float64))
    assert_close(normaliser.log_scale(), jacobian.slogdet().logabsdet)


def test_what_was_fitted_is_saved(generator):
    x = torch.randn(20, 3, generator=generator)
    first, second = MinMax(3), MinMax(3)
    first.fit(x)
    second.load_state_dict(first.state_dict())
    assert torch.equal(second(x), first(x))
