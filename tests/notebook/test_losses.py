"""Pictures of losses say what the losses do."""

import numpy as np
import pytest
import torch

from eitherway.heads.penalties import Absolute, Cauchy, Squared, Welsch
from eitherway.notebook.losses import ERRORS, SIX, minima, pull, shapes, total, totals
from eitherway.report.style import stroke

M = torch.linspace(-2, 2, 401, dtype=torch.float64)


def test_the_gradient_of_squares_is_a_line_and_of_absolutes_a_sign():
    assert torch.equal(pull(Squared(), ERRORS), 2 * ERRORS)
    assert torch.equal(pull(Absolute(), ERRORS), ERRORS.sign())
    torch.testing.assert_close(pull(Cauchy(), ERRORS), 2 * ERRORS / (1 + ERRORS.square()))


def test_the_lowest_minimum_is_the_mean_the_median_and_a_mode():
    x = torch.tensor([-1.1, 1.0, 1.2], dtype=torch.float64)
    lowest = {p: float(M[minima(total(p(scale=0.3), x, M).numpy())[0]]) for p in (Squared, Absolute, Welsch)}
    assert lowest[Squared] == pytest.approx(float(x.mean()), abs=0.006)
    assert lowest[Absolute] == pytest.approx(1.0, abs=0.006)
    assert lowest[Welsch] == pytest.approx(1.1, abs=0.02)


def test_a_forgiving_loss_has_a_second_minimum_at_the_other_mode():
    x = torch.tensor([-1.1, 1.0, 1.2], dtype=torch.float64)
    found = M[minima(total(Welsch(scale=0.3), x, M).numpy())]
    assert sorted(found.tolist()) == pytest.approx([-1.1, 1.1], abs=0.02)


def test_each_loss_is_drawn_in_its_methods_colour():
    for above, below in zip(shapes().axes[:6], shapes().axes[6:], strict=True):
        colour = stroke(above.get_title(loc="left")).colour
        assert above.lines[0].get_color() == below.lines[-1].get_color() == colour


def test_a_jump_of_the_gradient_is_a_gap():
    slope = shapes().axes[6 + list(SIX).index("mae")].lines[-1].get_ydata()
    assert np.isnan(slope).sum() == 1


def test_totals_fill_the_lowest_minimum_and_leave_the_others_empty():
    x = np.concatenate([np.full(40, -1.1), np.full(60, 1.1)])
    for axes in totals(x, scale=0.3).axes:
        faces = [line.get_markerfacecolor() for line in axes.lines if line.get_marker() == "o"]
        assert faces[0] != "white" and set(faces[1:]) <= {"white"}
    assert len(faces) == 2  # the last: Laplace's kernel
