"""The report shows how training losses fell, seed by seed; what is missing or damaged is left out by name."""

import json
import re

import pytest
import torch
from numpy.testing import assert_allclose
from runs import make_run

from eitherway.report import write_report
from eitherway.report.learning_curves import draw
from eitherway.training.loss_curves import LossCurve, Losses
from eitherway.training.train import Progress

DIGEST = "0123456789"
STAGES = [{"steps": [5, 10], "losses": [2.0, 0.1]}, {"steps": [5, 10], "losses": [1.0, -1.0]}]


def kept(folder, method, data, digest=DIGEST):
    """Makes the losses of a method's training, as compare writes them."""
    card = {"digest": "", "sha256": "", "seed": 0, "recipe": {}, "training": digest, "versions": {}}
    card |= {"evaluations": 1, "parameters": 1, "train_seconds": 1.0}
    (folder / method / "seed-0" / "record.json").write_text(json.dumps(card))
    place = folder / "trainings" / digest / "seed-0"
    place.mkdir(parents=True)
    (place / "losses.json").write_text(data if isinstance(data, str) else json.dumps({"stages": data}))
    return folder


def section(folder):
    """The learning curves of the page."""
    return re.search(r'<section id="learning">.*?</section>', write_report(folder).read_text(), re.DOTALL)


def test_every_stage_of_a_training_has_a_figure_and_a_method_without_losses_is_named(tmp_path):
    folder = kept(make_run(tmp_path, "avoiding"), "flow", STAGES)
    shown = section(folder)[0]
    assert shown.count("<figure>") == 2 and "flow, stage 2 of 2" in shown
    assert "Missing or damaged: the losses of mse, seed 0." in shown
    assert (folder / "figures" / "flow-losses.svg").is_file()


def test_a_run_that_kept_no_losses_has_no_such_section(tmp_path):
    assert section(make_run(tmp_path, "avoiding")) is None


@pytest.mark.parametrize(
    "data",
    [
        "{",
        "[]",
        [{"steps": [1]}],
        [{"steps": [1, 2], "losses": [1.0]}],
        '{"stages": [{"steps": [1], "losses": [NaN]}]}',
    ],
)
def test_damaged_losses_are_left_out_and_the_rest_is_shown(tmp_path, data):
    folder = kept(make_run(tmp_path, "avoiding"), "flow", data)
    kept(folder, "mse", STAGES, DIGEST[::-1])
    shown = section(folder)[0]
    assert shown.count("<figure>") == 2 and "the losses of flow, seed 0." in shown


def test_the_thick_line_is_the_mean_of_the_seeds_at_the_steps_that_all_reached():
    first, stopped = LossCurve((5, 10, 15), (4.0, 2.0, 1.0)), LossCurve((5, 10, 12), (2.0, 1.0, 9.0))
    *_, mean = draw([first, stopped], "flow").axes[0].lines
    assert_allclose(mean.get_xydata(), [(5, 3), (10, 1.5)])


@pytest.mark.parametrize(("last", "scale"), [(0.01, "log"), (0.9, "linear"), (0.0, "linear"), (-1.0, "linear")])
def test_the_axis_is_logarithmic_where_losses_span_a_decade_and_all_are_positive(last, scale):
    assert draw([LossCurve((1, 2), (1.0, last))], "flow").axes[0].get_yscale() == scale


def test_a_stage_is_kept_as_at_most_two_hundred_means_on_the_grid_of_its_planned_steps():
    losses = Losses()
    for step in range(50, 501, 50):
        losses.add(Progress(0, step, 1_000, torch.arange(step - 50.0, step)))
    (curve,) = losses.curves().stages
    assert curve.steps == tuple(range(5, 501, 5)) and curve.losses[:2] == (2.0, 7.0)
