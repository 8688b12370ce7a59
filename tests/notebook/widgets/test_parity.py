"""What the page's own tests are held to is what the library says now."""

import json

import pytest
from widgets.parity import PLACE, fixture

from eitherway.notebook.widgets import losses, minima, sampler
from eitherway.tasks.jumper import env
from eitherway.tasks.jumper.distribution import CLIP, EDGE

WEB = PLACE.parents[2] / "src"


def test_the_penalties_in_the_fixture_are_the_librarys():
    kept, now = json.loads(PLACE.read_text(encoding="utf-8")), fixture()
    assert kept["errors"] == now["errors"] and kept["penalties"].keys() == now["penalties"].keys()
    for name, values in now["penalties"].items():
        for part in ("cost", "slope"):
            assert kept["penalties"][name][part] == pytest.approx(values[part], abs=1e-12)


def test_the_minima_in_the_fixture_are_the_librarys():
    assert json.loads(PLACE.read_text(encoding="utf-8"))["minima"] == fixture()["minima"]


@pytest.mark.parametrize(
    "file, text",
    [
        ("world.ts", f"EDGE = {EDGE:g};"),
        ("world.ts", f"REACH = {env.REACH:g};"),
        ("curve.ts", f"SPAN = {minima.SPAN:g};"),
        ("curve.ts", f"CELLS = {minima.CELLS};"),
        ("curve.ts", f"TIE = {minima.TIE:.0e};".replace("e-0", "e-")),
        ("losses.ts", f"REACH = {CLIP:g};"),
        ("losses.ts", f"min: {losses.SCALES[0]:g}, max: {losses.SCALES[1]:g}"),
        ("losses.ts", f"min: -{env.START:g}, max: {env.START:g}"),
        ("sampler.ts", f"min: -{env.START:g}, max: {env.START:g}"),
        ("sampler.ts", f"min: {sampler.STEPS[0]}, max: {sampler.STEPS[1]}"),
    ],
)
def test_a_limit_of_the_page_is_the_librarys(file, text):
    assert text in (WEB / file).read_text(encoding="utf-8")
