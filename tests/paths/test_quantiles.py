"""Stops at the quantiles of a normal distribution of levels."""

import pytest
import torch
from scipy import stats
from torch.testing import assert_close

from eitherway.paths import Cosine, LinearBetas, LinearPath, LogNormalQuantiles


@pytest.mark.parametrize("path", [LinearPath(), Cosine()], ids=lambda p: type(p).__name__)
def test_between_the_ends_the_levels_of_the_stops_are_normal_quantiles(path):
    levels = path.level(LogNormalQuantiles(mean=-0.7, sd=1.9)(8, path)[1:-1])
    wanted = stats.norm(-0.7, 1.9).ppf([7 / 8, 6 / 8, 5 / 8, 4 / 8, 3 / 8, 2 / 8, 1 / 8])
    assert_close(levels, torch.tensor(wanted))


@pytest.mark.parametrize("path", [LinearPath(), Cosine(), LinearBetas()], ids=lambda p: type(p).__name__)
def test_the_stops_fall_from_pure_noise_to_the_data(path):
    times = LogNormalQuantiles()(12, path)
    assert len(times) == 13 and times[0] == 1 and times[-1] == 0 and bool((times.diff() < 0).all())


def test_a_distribution_without_spread_is_refused():
    with pytest.raises(ValueError, match="sd must be above 0"):
        LogNormalQuantiles(sd=0.0)
