"""The loss explorer: its minima are those of the library's penalties, its slices those of the starts."""

import pytest
import torch
from traitlets import TraitError

from eitherway.notebook.widgets import LossesWidget
from eitherway.notebook.widgets.losses import check_landings, packed, unpacked
from eitherway.notebook.widgets.minima import SIX

SCALES = [0.25, 1.0, 2.0]


@pytest.fixture(scope="module")
def landings(demos):
    return demos.action[:, 0, 0], demos.obs["state"][:, -1, 0]


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", SIX)
def test_no_prediction_costs_less_than_the_minimum(landings, name, scale):
    explorer = LossesWidget(*landings, scale=scale)
    x, penalty = explorer.data.double(), SIX[name](scale=scale)
    best = explorer.minima[name]
    fine = torch.linspace(-3.2, 3.2, 6401, dtype=torch.float64)
    costs = penalty(fine[:, None] - x).mean(1)
    assert penalty(best - x).mean() <= costs.min() + 1e-3
    assert (fine[costs.argmin()] - best).abs() <= 0.011


def test_squared_finds_the_mean_and_absolute_the_median(landings):
    explorer = LossesWidget(*landings)
    assert explorer.minima["mse"] == pytest.approx(explorer.data.mean().item(), abs=0.006)
    assert explorer.minima["mae"] == pytest.approx(explorer.data.median().item(), abs=0.01)


def test_where_every_prediction_in_the_gap_is_a_median_the_middle_is_taken():
    assert LossesWidget(torch.tensor([-1.5, -1.0, 1.0, 2.0])).minima["mae"] == 0


def test_a_slice_holds_the_landings_that_started_there(landings):
    x, s = landings
    explorer = LossesWidget(x, s, start=0.3)
    assert torch.equal(explorer.data, x[(s.double() - 0.3).abs() <= 0.05])


def test_without_starts_all_landings_are_taken(landings):
    x, _ = landings
    assert torch.equal(LossesWidget(x[:3000]).data, x[:3000])


def test_a_slice_in_which_nobody_started_has_no_minima():
    assert LossesWidget(torch.tensor([1.2]), torch.tensor([0.0]), start=1.0).minima == {}


def test_numbers_survive_packing():
    x = torch.randn(7)
    assert torch.equal(unpacked(packed(x)), x) and len(unpacked(packed(x[:0]))) == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"prediction": 3.5}, r"prediction must lie in \[-3.0, 3.0\], got 3.5"),
        ({"scale": 0.0}, r"scale must lie in \[0.25, 2.0\], got 0.0"),
        ({"start": 2.0}, r"start must lie in \[-1.2, 1.2\], got 2.0"),
        ({"shown": ["sqared"]}, "there is no loss 'sqared'; there are: mse, mae"),
    ],
)
def test_settings_out_of_range_are_refused_in_one_line(options, says):
    with pytest.raises(TraitError, match=says) as caught:
        LossesWidget(torch.tensor([1.2]), **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("x", "s", "says"),
    [
        (torch.zeros(0), None, "between 1 and 3,000 landings, or up to 10,000 with their starts s, got 0"),
        (torch.zeros(3_001), None, "between 1 and 3,000 landings, or up to 10,000 with their starts s, got 3,001"),
        (torch.zeros(10_001), torch.zeros(10_001), "between 1 and 10,000 landings, got 10,001"),
        (torch.ones(3), torch.ones(2), "a start for each of the 3 landings, got 2"),
        (torch.tensor([1.0, float("nan")]), None, r"landings must lie in \[-3.0, 3.0\], got nan"),
    ],
)
def test_what_cannot_be_landings_is_refused(x, s, says):
    with pytest.raises(ValueError, match=says):
        check_landings(x, s)


def test_the_minima_cannot_be_set():
    with pytest.raises(AttributeError):
        LossesWidget(torch.tensor([1.2])).minima = {}
