"""One visual language: a method is known by its colour, and where colour is lost by lightness, dashes or marker."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from eitherway.notebook.display import show
from eitherway.recipes import METHODS, Stroke
from eitherway.report import four_panel
from eitherway.report.style import DATA, FURTHER, OBSTACLE, PREDICTION, stroke
from pictures import has_colour, pixels

STROKES = list(dict.fromkeys([*(m.stroke for m in METHODS.values() if m.stroke is not None), *FURTHER]))
SAME_DASHES = [(a, b) for a, b in combinations(STROKES, 2) if a.dashes == b.dashes]
BROWSED = {name for name, m in METHODS.items() if m.group in ("default", "field", "long")}
# Viénot, Brettel and Mollon (1999): linear RGB as somebody without the red or the green cones sees it.
WITHOUT = {
    "red cones": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
    "green cones": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
}


def linear(colour):
    c = np.array(to_rgb(colour))
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def luminance(rgb):
    return float(np.array([0.2126, 0.7152, 0.0722]) @ rgb)


def lab(rgb):
    """CIE L*a*b* of linear RGB: a distance of 2 is about the least that one sees."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    f = np.cbrt(to_xyz @ np.clip(rgb, 0, 1) / np.array([0.9505, 1, 1.089]))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_every_recipe_has_a_look_of_its_own_or_of_its_family():
    assert {name for name in BROWSED if stroke(name) in FURTHER} == set()
    assert stroke("flow-long") == stroke("flow") and stroke("diffusion-long") == stroke("diffusion")


def test_a_strangers_method_brings_a_stroke_of_its_own_which_its_variants_share(monkeypatch):
    own = Stroke("#123456", marker="s")
    monkeypatch.setitem(METHODS.things, "guess", replace(METHODS["mse"], stroke=own))
    assert stroke("guess") == stroke("guess-long") == stroke("original-guess") == own


def test_methods_without_a_stroke_share_a_few_which_do_not_depend_on_the_process():
    assert {stroke(f"guess{i}") for i in range(100)} == set(FURTHER)
    assert [FURTHER.index(stroke(name)) for name in ("guess", "logistic", "l1-policy")] == [6, 5, 4]


def test_a_colour_that_is_not_one_is_named():
    with pytest.raises(ValueError, match="written #rrggbb, got 'green'"):
        Stroke("green")


def test_no_two_methods_share_a_colour_or_a_marker():
    assert len({s.colour for s in STROKES}) == len({s.marker for s in STROKES}) == len(STROKES)


def test_lines_of_two_methods_differ_in_grey():
    grey = {s: lab(linear(s.colour))[0] for s in STROKES}
    for one, other in SAME_DASHES:
        assert abs(grey[one] - grey[other]) > 8, (one, other)


@pytest.mark.parametrize("missing", WITHOUT)
def test_two_methods_differ_to_colour_blind_eyes(missing):
    seen = {s: lab(np.array(WITHOUT[missing]) @ linear(s.colour)) for s in STROKES}
    for one, other in SAME_DASHES:
        assert np.linalg.norm(seen[one] - seen[other]) > 12, (one, other)


@pytest.mark.parametrize("how", STROKES, ids=lambda how: how.colour)
def test_a_method_stands_out_from_paper_and_data(how):
    rgb = linear(how.colour)
    assert 1.05 / (luminance(rgb) + 0.05) > 2.4
    assert np.linalg.norm(lab(rgb) - lab(linear(DATA))) > 30


def drawn(method):
    s = np.linspace(-1.2, 1.2, 2_000)
    return pixels(show(four_panel(s, np.where(s > 0, 1.5, -1.5), (s, np.zeros(2_000)), method=method), "four panels"))


@pytest.mark.parametrize("method", ["mse", "bins", "diffusion"])
def test_four_panels_wear_the_methods_colour_and_no_orange(method):
    seen = drawn(method)
    assert has_colour(seen, stroke(method).colour) and not has_colour(seen, PREDICTION)
    assert has_colour(seen, OBSTACLE, within=48)


def test_without_a_method_predictions_are_orange():
    assert has_colour(drawn(None), PREDICTION)
