"""Normalisers go there and back, and say what they do to a density."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from torch.testing import assert_close

from eitherway.data import Identity, MinMax, QuantileRange, Standard

PROPERTY = settings(deadline=None, derandomize=True, max_examples=60)
KINDS = [Identity, MinMax, QuantileRange, Standard]
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


@pytest.mark.parametrize("kind", [torch.uint8, torch.int16, torch.int64, torch.float64])
def test_whole_numbers_do_not_wrap_in_sums(kind):
    x = torch.tensor([[100], [250]], dtype=kind)
    middle, mean = MinMax(1), Standard(1)
    middle.fit(x)
    mean.fit(x)
    assert (float(middle.shift), float(middle.scale)) == (175, 75) == (float(mean.shift), float(mean.scale))


def test_bools_are_numbers():
    normaliser = MinMax(1)
    normaliser.fit(torch.tensor([[False], [True]]))
    assert (float(normaliser.shift), float(normaliser.scale)) == (0.5, 0.5)


@pytest.mark.parametrize("kind", KINDS)
def test_the_rounding_of_a_mean_is_no_spread(kind):
    """1,000 times 0.1 in single precision: their mean is off by a rounding, and so seems their deviation."""
    normaliser = kind(1)
    normaliser.fit(torch.full((1_000, 1), 0.1))
    assert float(normaliser.scale) == 1 and float(normaliser.log_scale()) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_number_that_moves_by_one_rounding_is_only_shifted(kind):
    x = torch.full((1_000, 1), 0.1)
    x[::2] = torch.nextafter(x[0], torch.tensor(1.0))
    normaliser = kind(1)
    normaliser.fit(x)
    assert float(normaliser.scale) == 1


def test_a_number_that_hardly_moved_is_seen_no_further_than_thrice_its_reach(generator):
    """A deviation of 1e-3 where training knew 1e-7 is 10,000 deviations: a network never saw the like."""
    normaliser = Standard(1)
    x = 1e-7 * torch.randn(1_000, 1, generator=generator)
    normaliser.fit(x)
    reach = float(normaliser(x).abs().max())
    assert float(normaliser(torch.tensor([[1e-3]])).abs()) > 5_000
    assert float(normaliser.limited(torch.tensor([[1e-3]]))) == pytest.approx(3 * reach, rel=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_what_training_knew_is_seen_as_it_is(kind, generator):
    x = torch.randn(100, 3, generator=generator)
    normaliser = kind(3)
    normaliser.fit(x)
    assert torch.equal(normaliser.limited(x), normaliser(x))


def test_further_data_may_be_seen_and_move_no_number(generator):
    first, more = torch.rand(100, 1, generator=generator), 100 + torch.rand(100, 1, generator=generator)
    normaliser = MinMax(1)
    normaliser.fit(first)
    before = normaliser(first)
    assert not torch.equal(normaliser.limited(more), normaliser(more))
    normaliser.widen(lambda: [more])
    assert torch.equal(normaliser.limited(more), normaliser(more)) and torch.equal(normaliser(first), before)


@pytest.mark.parametrize("kind", KINDS)
def test_data_in_parts_are_the_data(kind, generator):
    x = 5 + torch.randn(997, 2, generator=generator, dtype=torch.float64)
    parts = kind(2).double()
    parts.fit_parts(lambda: x.split([1, 500, 0, 496]))
    assert_close(parts.state_dict(), fitted(kind, x).state_dict())


@pytest.mark.parametrize("kind", KINDS)
def test_no_data_are_refused(kind):
    with pytest.raises(ValueError, match="at least one row of data, got none"):
        kind(2).fit(torch.zeros(0, 2))


@pytest.mark.parametrize("width", [1, 3])
@pytest.mark.parametrize("call", ["fit", "forward", "inverse"])
def test_another_width_is_never_spread_over_the_own_one(call, width):
    with pytest.raises(ValueError, match=f"this normaliser is for 2 numbers, got {width}"):
        getattr(MinMax(2), call)(torch.zeros(4, width))


def test_outliers_do_not_squeeze_what_is_between_quantiles(generator):
    """One action of 1e6 among 1,000 in [-1, 1]: all others keep their range, and it lies where it is."""
    x = 2 * torch.rand(1_000, 1, generator=generator, dtype=torch.float64) - 1
    x[17] = 1e6
    plain, quantile = fitted(MinMax, x), fitted(QuantileRange, x)
    low, high = np.quantile(x.numpy(), [0.01, 0.99])
    assert float(quantile.shift) == pytest.approx((low + high) / 2) == pytest.approx(0, abs=0.05)
    assert float(quantile.scale) == pytest.approx((high - low) / 2) == pytest.approx(1, abs=0.05)
    assert float(plain.scale) > 4e5 and float(quantile(x).max()) > 9e5
    assert_close(quantile.inverse(quantile(x)), x)


def test_a_number_whose_middle_never_changes_takes_its_whole_range():
    x = torch.zeros(1_000, 1, dtype=torch.float64)
    x[3] = 4.0
    assert (float(fitted(QuantileRange, x).shift), float(fitted(QuantileRange, x).scale)) == (2, 2)


@pytest.mark.parametrize("tail", [0.0, 0.5, -1.0, float("nan")])
def test_a_tail_is_a_share_of_less_than_half(tail):
    with pytest.raises(ValueError, match="tail must be a share above 0"):
        QuantileRange(1, tail=tail)
