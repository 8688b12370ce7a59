"""Pictures of steps, schedules and sums."""

import numpy as np
import pytest
import torch

from eitherway.evaluation.data import Floor
from eitherway.notebook.euler_steps import left_sum, riemann
from eitherway.notebook.histograms import histograms
from eitherway.notebook.quality import over_steps
from eitherway.notebook.schedules import noise_levels
from eitherway.paths.schedules import Cosine, LinearBetas, LinearPath
from eitherway.report.style import stroke

X = torch.randn(200, generator=torch.Generator().manual_seed(0))


def way(steps):
    t = torch.linspace(1, 0, steps + 1)
    return t, t[:, None] * X + (1 - t[:, None]) * X.sign() * 1.2


@pytest.mark.parametrize("steps, shape", [(10, (2, 6)), (20, (3, 7)), (49, (5, 10))])
def test_every_step_has_a_histogram_with_its_time(steps, shape):
    t, x = way(steps)
    figure = histograms(t, x, X, method="flow")
    said = [axes.texts[0].get_text() for axes in figure.axes if axes.texts]
    assert said == [f"t = {v:.2f}" for v in t.tolist()]
    assert figure.axes[0].get_gridspec().get_geometry() == shape


def test_histograms_wear_the_methods_colour_over_the_data():
    figure = histograms(*way(3), X, method="diffusion")
    bars, outline = figure.axes[0].patches[-2:]
    assert np.allclose(
        bars.get_facecolor()[:3], tuple(int(stroke("diffusion").colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    )
    assert not outline.get_fill()


def test_more_steps_than_fit_or_other_times_are_refused():
    with pytest.raises(ValueError, match="1 to 50 times, one for each row of draws, got 61 and 61"):
        histograms(*way(60), X)
    with pytest.raises(ValueError, match="got 3 and 11"):
        histograms([1.0, 0.5, 0.0], way(10)[1], X)


def test_schedules_are_named_and_drawn_as_they_are():
    schedules = {"linear betas": LinearBetas(), "cosine": Cosine(), "straight": LinearPath()}
    figure = noise_levels(schedules)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == list(schedules)
    alpha, sigma, level = figure.axes
    t, drawn = alpha.lines[2].get_xdata(), alpha.lines[2].get_ydata()
    assert np.allclose(drawn, 1 - np.asarray(t)) and np.allclose(sigma.lines[2].get_ydata(), t)
    assert level.lines[1].get_ydata()[200] == pytest.approx(0, abs=1e-12)  # cosine: as much noise as action at ½
    assert len({line.get_linestyle() for line in alpha.lines} | {line.get_color() for line in alpha.lines}) >= 5


def test_quality_shows_every_method_in_its_colour_against_the_floor():
    curves = {"flow": [(10, 0.97, 0.085), (1, 0.3, 0.6)], "ddpm": [(50, 0.998, 0.07), (2, 0.4, 0.5)]}
    success, distance = over_steps(curves, Floor(0.033, 0.005, 20)).axes
    drawn = {line.get_label(): line for line in distance.lines}
    assert {name: drawn[name].get_color() for name in curves} == {name: stroke(name).colour for name in curves}
    assert list(drawn["flow"].get_xdata()) == [1, 10]  # in order
    low, high = distance.patches[0].get_extents().transformed(distance.transData.inverted()).intervaly
    assert (low, high) == pytest.approx((0.023, 0.043))
    assert success.get_xscale() == "log"


def test_sums_come_closer_to_the_integral_by_the_step():
    exact = left_sum(1_000_000)
    errors = [abs(left_sum(k) - exact) for k in (1, 4, 16, 64)]
    assert errors == sorted(errors, reverse=True)
    assert errors[2] / errors[3] == pytest.approx(4, rel=0.1)  # first order


def test_each_sum_says_how_far_it_went():
    titles = [axes.get_title(loc="left") for axes in riemann((1, 4)).axes]
    assert titles[0].startswith(f"1 step: {left_sum(1):.3f}") and titles[1].startswith(f"4 steps: {left_sum(4):.3f}")
