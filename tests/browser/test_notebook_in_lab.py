"""The notebook in JupyterLab, as a reader uses it: run all, see that it says what the committed one says, then move
each of its widgets and ask the kernel."""

import io

import nbformat
import numpy as np
import pytest
from PIL import Image

from browser.lab import opened
from notebooks.agreement import close, differences
from notebooks.checks import shortcomings
from notebooks.clean import cleaned, complaints
from notebooks.execute import NOTEBOOK

WIDGETS = {"jumper": "JumperWidget()", "losses": "LossesWidget(", "sampler": "SamplerWidget("}  # where each is made


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The notebook after Run All; that no cell failed is seen here, and at the end that the page was quiet."""
    with opened(NOTEBOOK, tmp_path_factory.mktemp("browser") / "lab") as lab:
        lab.run_all()
        yield lab


@pytest.fixture(scope="module")
def book(lab):
    """The notebook as it would be committed."""
    return cleaned(nbformat.from_dict(lab.notebook()))


def shown(lab, name):
    """The box of a widget, scrolled to."""
    lab.show(WIDGETS[name])
    box = lab.page.get_by_test_id(f"{name}-widget")
    box.scroll_into_view_if_needed()
    return box


def variation(canvas):
    """How much the grey of a canvas varies, of 255."""
    return np.asarray(Image.open(io.BytesIO(canvas.screenshot())).convert("L"), dtype=float).std()


@pytest.mark.slow
def test_every_cell_runs_without_warnings_and_shows_what_its_tags_promise(book):
    assert shortcomings(book) == []


@pytest.mark.slow
def test_an_execution_names_no_place_on_this_machine(book):
    assert complaints(book) == []


@pytest.mark.slow
def test_an_execution_agrees_with_the_committed_numbers(book, committed):
    assert differences(book, committed, close) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", WIDGETS)
def test_every_widget_draws_its_picture(lab, name):
    canvas = shown(lab, name).get_by_test_id("canvas")
    assert canvas.bounding_box()["width"] > 300 and variation(canvas) > 3


@pytest.mark.slow
def test_the_landing_is_dragged_into_the_obstacle_and_the_kernel_knows(lab):
    box = shown(lab, "jumper")
    box.get_by_test_id("show_action").check()
    lab.value("setattr(world, 'x', 1.2)")
    lab.until("world.verdict == 'Success!'")
    area = box.get_by_test_id("canvas").bounding_box()
    unit, middle = area["width"] / 8, area["x"] + area["width"] / 2
    lab.page.mouse.move(middle + 1.2 * unit, area["y"] + 2 * unit)  # the landing: its square's centre
    lab.page.mouse.down()
    lab.page.mouse.move(middle + 0.3 * unit, area["y"] + 2 * unit, steps=5)
    lab.page.mouse.up()
    lab.until("abs(world.x - 0.3) < 0.051 and world.verdict == 'Fail!'")
    assert box.get_by_test_id("verdict").inner_text() == "Fail!"


@pytest.mark.slow
def test_what_the_kernel_sets_is_seen_on_the_page(lab):
    box = shown(lab, "jumper")
    box.get_by_test_id("show_action").check()
    lab.value("setattr(world, 'x', -1.4)")
    box.get_by_text("Success!").wait_for()


@pytest.mark.slow
def test_the_arrow_keys_move_the_landing_and_not_the_notebook(lab):
    box = shown(lab, "jumper")
    box.get_by_test_id("show_action").check()
    lab.value("setattr(world, 'x', 0.0)")
    lab.until("world.show_action")
    box.get_by_test_id("canvas").press("ArrowLeft")
    lab.until("abs(world.x + 0.05) < 1e-9")


@pytest.mark.slow
def test_the_plain_widget_answers_too(lab):
    lab.show("ipywidgets.interactive(")
    output = lab.page.locator(".widget-interact")
    output.get_by_role("checkbox", name="action").check()
    output.get_by_text("Success!").wait_for()


@pytest.mark.slow
def test_a_prediction_is_dragged_over_the_data(lab):
    canvas = shown(lab, "losses").get_by_test_id("canvas")
    before = lab.value("explorer.prediction")
    canvas.press("ArrowRight")
    lab.until(f"explorer.prediction > {before}")


@pytest.mark.slow
def test_other_noise_and_more_steps_are_drawn_by_the_kernel_and_told_by_the_page(lab):
    box = shown(lab, "sampler")
    steps, particle = lab.value("player.steps"), "player.trajectory.x[0, 0].item()"
    before = lab.value(particle)
    box.get_by_test_id("seed").fill("7")
    box.get_by_test_id("seed").press("Tab")
    lab.until(f"player.seed == 7 and {particle} != {before}")
    box.get_by_test_id("steps").press("ArrowRight")
    lab.until(f"player.steps == {steps + 1}")
    box.get_by_text(lab.value("player.picture['says']")).wait_for()
