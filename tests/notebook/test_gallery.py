"""Eighteen densities, each a density and each with the modes its name promises."""

import itertools

import numpy as np
import pytest
from scipy.integrate import quad

from eitherway.notebook.display import show
from eitherway.notebook.gallery import MULTIMODAL, UNIMODAL, gallery, modes

BREAKS = [-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5]
COUNTS = dict.fromkeys(UNIMODAL, 1) | dict(zip(MULTIMODAL, (2, 2, 3, 4, 2, 2, 3, 2, 5), strict=True))


def mass(density, low, high):
    """The integral, piece by piece, for some densities have kinks and poles at whole numbers."""
    walls = [low, *(b for b in BREAKS if low < b < high), high]
    return sum(quad(lambda v: float(density(np.array([v]))[0]), a, b)[0] for a, b in itertools.pairwise(walls))


def test_there_are_nine_of_each():
    assert len(UNIMODAL) == len(MULTIMODAL) == 9


@pytest.mark.parametrize("name", COUNTS)
def test_each_is_a_density(name):
    assert mass((UNIMODAL | MULTIMODAL)[name], -60, 60) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("name", COUNTS)
def test_each_has_as_many_modes_as_it_says(name):
    assert len(modes((UNIMODAL | MULTIMODAL)[name])) == COUNTS[name]


def test_the_densities_are_those_of_the_story():
    assert MULTIMODAL["two unequal"](np.array([2.0]))[0] == pytest.approx(0.7 / np.sqrt(2 * np.pi), rel=1e-6)
    assert modes(UNIMODAL["Weibull(2)"])[0] == pytest.approx(-5 + 0.5**0.5, abs=0.005)
    assert modes(MULTIMODAL["Beta(½, ½)"]) == pytest.approx([-3, 3])
    assert UNIMODAL["Beta(2, 5)"](np.array([-3.01, 3.01])) == pytest.approx([0, 0])


def test_the_gallery_shows_and_marks_them_all():
    figure = gallery()
    assert [axes.get_title(loc="left") for axes in figure.axes] == [*UNIMODAL, *MULTIMODAL]
    assert [len(axes.lines[-1].get_xdata()) for axes in figure.axes] == list(COUNTS.values())
    assert len(show(figure, "gallery").data) < 45_000
