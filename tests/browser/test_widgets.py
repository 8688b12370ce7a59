"""The widgets as a reader meets them: in JupyterLab, with mouse and keys; what he does there, Python knows."""

import pytest

from browser.lab import notebook_of, opened

JUMPER = """
from eitherway.notebook.widgets import JumperWidget

robot = JumperWidget()
"""
SAMPLER = """
import torch
from eitherway.backbones import MLP
from eitherway.data import Standard, Windows
from eitherway.heads import Diffusion, Flow
from eitherway.make import Make
from eitherway.randomness import stream
from eitherway.training.recipe import Recipe, build
from eitherway.tasks import Jumper
from eitherway.notebook.widgets import SamplerWidget

torch.set_num_threads(1)
task = Jumper()
demos = Windows.cut(task.demos("train"), 1, 1)
policies = {}
for name, head in {"flow": Flow, "diffusion": Diffusion}.items():
    recipe = Recipe(head=Make(head), backbone=Make(MLP, width=8), normaliser=Make(Standard))
    policies[name] = build(recipe, task, seed=0)
    policies[name].fit(demos, stream(0, "fit"))
sampler = SamplerWidget(policies, particles=100)
"""
LOSSES = """
from eitherway.data import Windows
from eitherway.tasks import Jumper
from eitherway.notebook.widgets import LossesWidget

demos = Windows.cut(Jumper().demos("train"), 1, 1)
losses = LossesWidget(demos.action[:, 0, 0], demos.obs["state"][:, -1, 0])
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab with all the widgets in one notebook, every cell of it run."""
    folder = tmp_path_factory.mktemp("widgets")
    cells = [f"{code}{name}" for code, name in ((JUMPER, "robot"), (LOSSES, "losses"), (SAMPLER, "sampler"))]
    with opened(notebook_of(folder / "book.ipynb", *cells), folder / "lab") as lab:
        lab.run_all()
        yield lab


def seen(lab, name):
    """A widget, scrolled to."""
    lab.show(f"import {name}")
    widget = lab.page.get_by_test_id(f"{name.lower()}-widget")
    widget.wait_for()
    return widget


def reads(lab, place, text):
    """Waits until an element says something."""
    handle = place.element_handle()
    lab.page.wait_for_function("([place, text]) => place.textContent === text", arg=[handle, text], timeout=10_000)


def drag(lab, canvas, start, end):
    """Drags with the mouse between two places of a canvas, given as shares of its width and height."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    (x0, y0), (x1, y1) = [(box["x"] + a * box["width"], box["y"] + b * box["height"]) for a, b in (start, end)]
    lab.page.mouse.move(x0, y0)
    lab.page.mouse.down()
    lab.page.mouse.move((x0 + x1) / 2, (y0 + y1) / 2, steps=5)
    lab.page.mouse.move(x1, y1, steps=5)
    lab.page.mouse.up()


def test_robot_and_landing_are_moved_by_mouse_keys_and_sliders(lab):
    widget = seen(lab, "Jumper")
    canvas, verdict = widget.get_by_test_id("canvas"), widget.get_by_test_id("verdict")
    assert (lab.value("robot.verdict"), verdict.inner_text()) == ("", "")
    for name in ("show_obstacle", "show_action"):
        widget.get_by_test_id(name).check()
    lab.until("robot.verdict == 'Success!'")
    drag(lab, canvas, (0.5, 0.8), (0.5 - 0.8 / 8, 0.95))  # a unit is an eighth of the width
    lab.until("robot.s == -0.8")
    drag(lab, canvas, (0.5 + 1.05 / 8, 0.4), (0.5 + 0.45 / 8, 0.1))
    lab.until("robot.x == 0.45")
    assert (lab.value("robot.verdict"), verdict.inner_text()) == ("Fail!", "Fail!")
    drag(lab, canvas, (0.5 + 0.45 / 8, 0.4), (2.0, 0.4))
    lab.until("robot.x == 1.5 and robot.verdict == 'Success!'")
    canvas.focus()
    for key in ("ArrowLeft", "ArrowLeft", "Shift+ArrowRight", "ArrowDown"):
        lab.page.keyboard.press(key)
    lab.until("robot.x == 1.4 and robot.s == -0.7")
    widget.get_by_test_id("x").focus()
    lab.page.keyboard.press("ArrowLeft")
    lab.until("robot.x == 1.35")
    widget.get_by_test_id("s").fill("1.2")
    lab.until("robot.s == 1.2")
    assert canvas.evaluate("c => document.activeElement.dataset.testid") == "s"  # the notebook took none of the keys


def test_what_python_sets_is_shown(lab):
    widget = seen(lab, "Jumper")
    lab.value("[setattr(robot, n, v) for n, v in dict(x=0.2, s=0.5, show_action=True).items()]")
    reads(lab, widget.get_by_test_id("verdict"), "Fail!")
    assert [widget.get_by_test_id(name).input_value() for name in ("x", "s")] == ["0.2", "0.5"]


def test_a_prediction_is_dragged_and_page_and_library_agree_on_the_minima(lab):
    widget = seen(lab, "Losses")
    canvas = widget.get_by_test_id("canvas")
    drag(lab, canvas, (0.5, 0.05), (0.5 + 1.6 / 6.4, 0.05))
    lab.until("abs(losses.prediction - 1.6) < 0.03")
    canvas.focus()
    before = lab.value("losses.prediction")
    lab.page.keyboard.press("ArrowLeft")
    lab.until(f"abs(losses.prediction - {before} + 0.05) < 1e-9")
    for setting, value in (("scale", "0.5"), ("start", "-0.2")):
        widget.get_by_test_id(setting).fill(value)
        lab.until(f"losses.{setting} == {value}")
        for name, least in lab.value("losses.minima").items():
            reads(lab, widget.get_by_test_id(f"{name}-minimum"), f"{least:.2f}".replace("-", "−"))
    widget.get_by_test_id("show-cauchy").uncheck()
    lab.until("'cauchy' not in losses.shown and len(losses.shown) == 5")


def test_settings_are_sent_and_the_way_is_played_paused_and_scrubbed(lab):
    widget = seen(lab, "Sampler")
    play, time, status = (widget.get_by_test_id(name) for name in ("play", "time", "status"))
    reads(lab, time, "t = 0.00")
    assert play.inner_text() == "Play"
    widget.get_by_test_id("sampler").select_option("heun")
    widget.get_by_test_id("policy").select_option("diffusion")
    widget.get_by_test_id("steps").fill("7")
    widget.get_by_test_id("start").fill("-0.4")
    lab.until("(sampler.sampler, sampler.policy, sampler.steps, sampler.start) == ('heun', 'diffusion', 7, -0.4)")
    reads(lab, status, lab.value("sampler.picture['says']"))
    assert "13 network evaluations" in status.inner_text()
    widget.get_by_test_id("renew").click()
    lab.until("sampler.seed > 0")
    widget.get_by_test_id("scrubber").fill("0")
    assert time.inner_text() != "t = 0.00" and play.inner_text() == "Play"
    play.click()
    assert play.inner_text() == "Pause"
    play.click()
    assert play.inner_text() == "Play"
    drag(lab, widget.get_by_test_id("canvas"), (0.2, 0.5), (0.72, 0.5))
    assert time.inner_text() == "t = 0.00"


def test_in_a_dark_theme_the_picture_is_painted_anew(lab):
    canvas = seen(lab, "Jumper").get_by_test_id("canvas")
    lab.value("[setattr(robot, n, v) for n, v in dict(s=0.0, show_action=False).items()]")
    arrow = "c => c.getContext('2d').getImageData(c.width / 2, c.height * 3.2 / 5, 1, 1).data.slice(0, 3).join()"
    lab.page.wait_for_function(f"c => ({arrow})(c) === '31,41,55'", arg=canvas.element_handle())
    lab.page.evaluate("window.jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Dark' })")
    lab.page.wait_for_function(
        f"() => ({arrow})(document.querySelector('[data-testid=jumper-widget] canvas')) === '236,239,244'"
    )
