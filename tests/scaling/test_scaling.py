"""A sweep changes one thing at a time, and its curves, breaks and pictures say what its comparisons found."""

import json

import pytest

from eitherway.cli.main import main
from eitherway.compare import Plan
from eitherway.make import Make
from eitherway.recipes import METHODS
from eitherway.report.svg import to_svg
from eitherway.scaling import AXES, REPRESENTATIVES, breaks, curve, gathered, points
from eitherway.scaling.curves import QUANTITIES
from eitherway.scaling.figures import picture
from eitherway.tasks import Fork

PLAN = Plan(
    task_name="fork",
    task=Make(Fork),
    recipes={name: METHODS[name].recipe for name in ("mse", "flow")},
    seeds=(0, 1),
)


def interval(mean, reach=None):
    return {"mean": mean, "low": reach and mean - reach, "high": reach and mean + reach, "n": 2 if reach else 1}


def found(success, energy, parameters=100.0):
    """What one comparison says: the truth is perfect, `flow` as given, `mse` is missing."""
    flow = {"success": interval(success, 0.01), "energy": interval(energy, 0.1), "parameters": interval(parameters)}
    truth = {"success": interval(1.0), "energy": interval(0.1)}
    return {
        "task": {"name": "fork", "options": {}},
        "floors": {"energy": {"mean": 0.1, "sd": 0.01, "n": 20}},
        "summary": {"flow": flow, "truth": truth},
        "records": [{"versions": {"torch": "2.0"}}],
        "failures": [{"recipe": "mse", "seed": 0, "step": 3, "reason": "lost"}],
    }


@pytest.fixture
def data():
    """`flow` gets worse with each mode, and has as many hundreds of parameters as it has modes."""
    axes = [AXES["modes"], AXES["width"]]
    modes = {"base": found(1.0, 0.1), "modes-4": found(0.95, 0.2), "modes-8": found(0.8, 0.25)}
    widths = {f"width-{v:g}": found(1.0, 0.4, 100 * v) for v in (0.25, 2)}
    return json.loads(json.dumps(gathered(PLAN, axes, {**modes, **widths}, "eitherway scaling")))


def test_every_recipe_that_stands_for_its_family_exists():
    assert [name for name in REPRESENTATIVES if name not in METHODS] == []


def test_points_change_one_thing_of_the_plan_and_share_the_plan_itself():
    todo = points(PLAN, AXES.values())
    assert todo["base"] == PLAN and sum(plan == PLAN for plan in todo.values()) == 1
    assert len(todo) == 1 + sum(len(axis.values) - 1 for axis in AXES.values() if axis.name != "rarity") + 5
    for name, plan in todo.items():
        option = name.rpartition("-")[0]
        kept = {k: v for k, v in plan.task.full().items() if k != option}
        assert kept == {k: v for k, v in PLAN.task.full().items() if k != option}
        assert (plan.recipes == PLAN.recipes) == (option != "width")


def test_a_width_is_a_multiple_of_each_recipes_own():
    wide = AXES["width"].at(PLAN, 2.0).recipes
    assert [r.backbone.full()["width"] for r in wide.values()] == [
        2 * r.backbone.full()["width"] for r in PLAN.recipes.values()
    ]


def test_an_axis_starts_from_whatever_the_plan_is():
    moved = Plan(task_name="fork", task=Make(Fork, modes=8, bend=0.5), recipes=PLAN.recipes, seeds=(0,))
    todo = points(moved, [AXES["modes"]])
    assert set(todo) == {"base", "modes-2", "modes-4"} and todo["modes-2"].task == Make(Fork, bend=0.5)


def test_rarity_has_five_points_and_the_base_is_none_of_them():
    todo = points(PLAN, [AXES["rarity"]])
    assert [plan.task.full()["rarity"] for plan in todo.values()] == [0.2, 0.1, 0.05, 0.02, 0.01]
    assert list(todo) == ["rarity-0.2", "rarity-0.1", "rarity-0.05", "rarity-0.02", "rarity-0.01"]


def test_every_point_of_every_axis_can_be_made():
    for axis in AXES.values():
        for value in axis.values:
            axis.at(PLAN, value).check()


def test_a_curve_is_a_quantity_in_floors_along_an_axis(data):
    seen = curve(data, "modes", "flow", "energy")
    assert seen.at == (2, 4, 8) and [v.mean for v in seen.values] == pytest.approx([1.0, 2.0, 2.5])
    assert (seen.values[1].low, seen.values[1].high) == pytest.approx((1.0, 3.0))


def test_a_row_without_parameters_has_no_place_among_widths(data):
    assert curve(data, "width", "flow", "success").at == (200, 100, 25)
    assert curve(data, "width", "truth", "success").at == ()


@pytest.mark.parametrize(
    ("axis", "name", "value"), [("modes", "flow", 8), ("modes", "truth", None), ("modes", "mse", 2)]
)
def test_a_method_breaks_where_it_fails_too_often_or_is_not_there(data, axis, name, value):
    assert breaks(data, axis, name) == value


def test_a_method_breaks_where_its_draws_are_more_than_three_floors_away(data):
    assert breaks(data, "width", "flow") == 2  # the first value is the easiest


@pytest.mark.parametrize(("times", "value"), [(0.0, 2), (0.34, None), (1.0, None), (2.9, None), (5.0, 2)])
def test_a_method_breaks_where_it_takes_unlikely_modes_three_times_too_rarely_or_too_often(data, times, value):
    for point in data["points"].values():
        point["summary"]["truth"]["minor_modes"] = interval(times)
    assert breaks(data, "modes", "truth") == value


def test_failures_name_the_point_where_they_happened(data):
    assert {"point": "modes-4", "recipe": "mse", "seed": 0, "step": 3, "reason": "lost"} in data["failures"]


@pytest.mark.parametrize("axis", ["modes", "width"])
def test_a_picture_shows_every_method_and_what_was_measured(data, axis):
    drawn = picture(data, axis)
    labels = {text.get_text() for text in drawn.legends[0].get_texts()}
    assert labels == ({"flow", "truth"} if axis == "modes" else {"flow"})  # `mse` is missing, widths have no truth
    titles = {axes.get_title(loc="left") for axes in drawn.axes}
    assert titles == {QUANTITIES[name].label for name in ("success", "energy")}  # what was measured
    assert to_svg(drawn) == to_svg(picture(data, axis))


def test_an_axis_that_gets_harder_downwards_runs_from_right_to_left(data):
    left, right = picture(data, "width").axes[0].get_xlim()
    assert left > right


def test_an_unknown_axis_is_one_line(capsys):
    assert main(["scaling", "--axes", "modes,mods"]) == 1
    assert "unknown axis 'mods'; did you mean" in capsys.readouterr().err


@pytest.mark.slow
def test_a_sweep_leaves_its_results_and_goes_on_where_it_was(capsys, tmp_path):
    words = ["scaling", "--recipes", "mse", "--axes", "demonstrations", "--jobs", "1", "--out", str(tmp_path)]
    words += ["--set", "mse.steps=5", "--set", "task.steps=2", "--set", "task.dimensions=1"]
    assert main(words) == 0
    before = (tmp_path / "scaling.json").read_text()
    (tmp_path / "scaling.json").unlink()
    made = {p: p.stat().st_mtime_ns for p in tmp_path.glob("*/trainings/*/*/policy.json")}
    assert main(words) == 0 and "breaks at" in capsys.readouterr().out
    assert (tmp_path / "scaling.json").read_text() == before
    assert {p: p.stat().st_mtime_ns for p in tmp_path.glob("*/trainings/*/*/policy.json")} == made and len(made) == 3
    assert (tmp_path / "demonstrations.svg").stat().st_size > 10_000


def test_where_the_floor_is_zero_there_is_no_multiple_of_it(data):
    data["points"]["base"]["floors"]["energy"]["mean"] = 0.0
    assert curve(data, "modes", "flow", "energy").at == (4, 8)
