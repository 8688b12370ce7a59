"""What the page's own tests are held to is what the library says now."""

import json

import pytest

from widgets.parity import PLACE, fixture


def test_the_penalties_in_the_fixture_are_the_librarys():
    kept, now = json.loads(PLACE.read_text(encoding="utf-8")), fixture()
    assert kept["errors"] == now["errors"] and kept["penalties"].keys() == now["penalties"].keys()
    for name, values in now["penalties"].items():
        for part in ("cost", "slope"):
            assert kept["penalties"][name][part] == pytest.approx(values[part], abs=1e-12)


def test_the_minima_in_the_fixture_are_the_librarys():
    assert json.loads(PLACE.read_text(encoding="utf-8"))["minima"] == fixture()["minima"]
