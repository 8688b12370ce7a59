"""Times are told finely, and each is known for the one it is."""

import pytest
import torch
from torch.testing import assert_close

from eitherway.backbones.time_features import FourierFeatures
from eitherway.shape import Shape
from listed import NETS


def test_a_time_is_shown_by_sines_and_cosines_from_slow_to_fast():
    t = torch.tensor([0.0, 0.3, 1.0], dtype=torch.float64)
    seen = FourierFeatures().double()(t)[:, 0]
    assert_close(seen[:, [0, 15]], torch.stack([(0.5 * t).sin(), (200 * t).sin()], dim=1), rtol=0, atol=1e-5)
    assert_close(seen[:, [16, 31]], torch.stack([(0.5 * t).cos(), (200 * t).cos()], dim=1), rtol=0, atol=1e-5)


def test_all_times_a_hundredth_apart_are_told_apart():
    seen = FourierFeatures()(torch.linspace(0, 1, 101))[:, 0]
    apart = torch.cdist(seen, seen) + 10 * torch.eye(101)
    assert float(apart.min()) > 1


@pytest.mark.parametrize("net", NETS, ids=repr)
def test_of_two_times_the_first_is_not_taken_for_the_second(net, generator):
    torch.manual_seed(0)
    built = net(Shape(4, 2, 3, 5), d_in=2, d_out=2, times=2)
    c, x = (torch.randn(6, *size, generator=generator) for size in ((3, 5), (4, 2)))
    r, t = torch.full((6,), 0.2), torch.full((6,), 0.7)
    assert (built(c, x, r, t) - built(c, x, t, r)).abs().max() > 1e-5
