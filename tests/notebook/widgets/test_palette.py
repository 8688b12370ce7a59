"""The page's colours are the report's and the environment's."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from eitherway import report
from eitherway.notebook.penalties import SIX
from eitherway.report.style import THEME, stroke
from eitherway.tasks.jumper.env import picture

ROOT = Path(__file__).parents[3]
PALETTE = json.loads((ROOT / "web" / "src" / "palette.json").read_text(encoding="utf-8"))


def hexadecimal(pixel):
    return "#" + "".join(f"{int(c):02x}" for c in pixel)


def test_in_the_light_they_are_the_figures():
    assert {name: PALETTE["light"][name] for name in THEME.values()} == {name: c for c, name in THEME.items()}


@pytest.mark.parametrize("name", SIX)
def test_in_the_light_a_loss_wears_the_colour_of_its_method(name):
    assert PALETTE["light"][name] == stroke(name).colour


def test_in_the_dark_they_are_the_reports():
    style = (Path(report.__file__).parent / "style.css").read_text(encoding="utf-8")
    dark = dict(re.findall(r"--(\w+): (#\w+);", style.split("prefers-color-scheme: dark")[1].split("@media")[0]))
    assert {name: PALETTE["dark"][name] for name in THEME.values()} == {name: dark[name] for name in THEME.values()}


@pytest.mark.parametrize("name", ["ground", "wall", "robot", "arrow"])
def test_the_jumpers_are_those_of_its_picture(name):
    seen = {hexadecimal(p) for p in np.unique(picture(0.5, 1.3, width=960).reshape(-1, 3), axis=0)}
    assert PALETTE["light"][name] in seen
