"""A comparison's folder: what is in it, and that it does not depend on how it came about."""

import dataclasses
import json
import math
import shutil

import msgspec
import numpy as np
import pytest

from eitherway.compare import Busy, Plan, claimed, compare, write_results
from eitherway.compare.schema import SCHEMA, Results
from eitherway.recipes import METHODS
from eitherway.tasks import TASKS

NAMES = ("side", "side-sampled", "flow")
TIMINGS = ("ms_per_decision", "ms_per_decision_p95", "ms_per_1000", "train_seconds")
REFERENCES = {"truth", "nearest-neighbour", "constant-0", "constant-1.2", "exact-mean", "exact-median"}


TASK = TASKS["jumper"].replace("held_out", 20)  # a likelihood of a network of 30 steps is slow to find


def plan(names=NAMES, seeds=(0, 1), **changes):
    """Methods of 30 steps."""
    recipes = {name: METHODS[name].recipe.replace("steps", 30) for name in names}
    for name, (path, value) in changes.items():
        recipes[name] = recipes[name].replace(path, value)
    return Plan(task_name="jumper", task=TASK, recipes=recipes, seeds=seeds)


def done(plan, folder, workers=1):
    """What results.json says once all is done."""
    with claimed(folder, plan):
        failures = [f for stage in compare(plan, folder, workers) for f in stage.failures]
        write_results(plan, folder, failures, "eitherway compare")
    return json.loads((folder / "results.json").read_text())


def without_timings(data):
    def kept(metrics):
        return {k: v for k, v in metrics.items() if k not in TIMINGS}

    records = [{**r, "metrics": kept(r["metrics"])} for r in data["records"]]
    return {**data, "records": records, "summary": {row: kept(of) for row, of in data["summary"].items()}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("run") / "jumper"


@pytest.fixture(scope="module")
def results(folder):
    return done(plan(), folder)


@pytest.fixture
def copy(results, folder, tmp_path):
    """The finished run, to be damaged."""
    return shutil.copytree(folder, tmp_path / "copy")


def test_the_results_are_what_their_type_says_and_nothing_besides(results):
    assert results["schema"] == SCHEMA
    assert msgspec.convert(results, Results) == results


def test_there_is_a_record_for_each_row_and_seed(results):
    found = [(r["recipe"], r["seed"]) for r in results["records"]]
    assert sorted(found) == sorted((name, seed) for name in (*NAMES, *REFERENCES) for seed in (0, 1))


def test_a_training_keeps_its_losses_beside_its_checkpoint(folder, results):
    places = list(folder.glob("trainings/*/seed-*"))
    assert len(places) == 4  # side and side-sampled share a training
    for place in places:
        (stage,) = json.loads((place / "losses.json").read_text())["stages"]
        assert stage["steps"] == list(range(1, 31)) and len(stage["losses"]) == 30


def test_a_record_says_what_made_it(results):
    record = next(r for r in results["records"] if (r["recipe"], r["seed"]) == ("flow", 1))
    assert set(record) == {"recipe", "kind", "seed", "hyper_parameters", "versions", "metrics"}
    assert record["hyper_parameters"]["steps"] == 30 and "torch" in record["versions"]


def test_a_record_has_the_metrics_that_apply(results):
    found = {r["recipe"]: set(r["metrics"]) for r in results["records"]}
    episodic = {"max_reward", "final_coverage", "max_coverage", "mode_entropy", "mode_distance", "mode_distance_floor"}
    episodic |= {"steps", "mode_switch_rate", "chunk_boundary_jump"}
    assert found["flow"] == {m["name"] for m in results["metrics"]} - {"energy", "sliced_w1", "limited"} - episodic
    assert found["side"] == found["flow"] - {"log_likelihood", "log_likelihood_error"}
    assert found["constant-0"] == {
        "success",
        "invalid_mass",
        "w1",
        "w1_floor",
        "mode_error",
        "mode_coverage",
        "minor_modes",
    }


def test_the_truth_scores_as_a_truth_does(results):
    truth = {name: value["mean"] for name, value in results["summary"]["truth"].items()}
    assert (truth["success"], truth["mode_coverage"]) == (1.0, 1.0)
    floor = results["floors"]["w1"]
    assert truth["w1"] == pytest.approx(floor["mean"], abs=4 * floor["sd"])


def test_the_summary_is_the_mean_over_seeds(results):
    for name in NAMES:
        values = [r["metrics"]["w1"] for r in results["records"] if r["recipe"] == name]
        found = results["summary"][name]["w1"]
        assert (found["mean"], found["n"]) == (pytest.approx(sum(values) / 2), 2)


def test_every_row_and_seed_keeps_its_draws(results, folder):
    for record in results["records"]:
        with np.load(folder / record["recipe"] / f"seed-{record['seed']}" / "draws.npz") as arrays:
            assert arrays["s"].shape == arrays["x"].shape == (10_000,)


def test_all_rows_are_judged_in_the_same_states(results, folder):
    states = [np.load(folder / r["recipe"] / f"seed-{r['seed']}" / "draws.npz")["s"] for r in results["records"]]
    assert all(np.array_equal(s, states[0]) for s in states)


def test_a_refining_method_keeps_its_way_from_noise(results, folder):
    with np.load(folder / "flow" / "seed-0" / "path.npz") as path:
        assert path["x"].shape == (len(path["t"]), len(path["s"])) and path["t"][-1] == 0


def test_recipes_that_differ_in_drawing_share_a_training(results, folder):
    assert len(list((folder / "trainings").iterdir())) == 2


def test_a_second_start_does_nothing_again(results, folder):
    stages = list(compare(plan(), folder, 1))
    assert [s.total for s in stages] == [0]


def test_records_that_are_lost_are_made_again(results, copy):
    for lost in ("side/seed-0", "flow/seed-1", "truth/seed-0", "trainings"):
        shutil.rmtree(copy / lost)
    assert without_timings(done(plan(), copy)) == without_timings(results)


def test_half_written_things_are_swept_away(results, copy):
    (copy / "flow" / ".partial-abc").mkdir()
    (copy / "flow" / ".partial-abc" / "draws.npz").write_bytes(b"half")
    (copy / ".partial-1-results.json").write_text("{")
    assert without_timings(done(plan(), copy)) == without_timings(results)
    assert list(copy.rglob(".partial-*")) == []


def test_more_seeds_leave_the_first_as_they_were(results, copy):
    more = done(plan(names=("side",), seeds=(0, 1, 2)), copy)
    old = {r["seed"]: r for r in results["records"] if r["recipe"] == "side"}
    new = {r["seed"]: r for r in more["records"] if r["recipe"] == "side"}
    assert set(new) == {0, 1, 2} and all(new[s] == old[s] for s in (0, 1))


@pytest.mark.parametrize("file", ["flow/seed-0/draws.npz", "side/seed-1/record.json", "truth/seed-0/draws.npz"])
def test_a_damaged_record_is_made_again(file, results, copy):
    (copy / file).write_bytes((copy / file).read_bytes()[:-40])
    assert without_timings(done(plan(), copy)) == without_timings(results)


def test_a_damaged_timing_is_taken_again(results, copy):
    (copy / "flow" / "seed-0" / "latency.json").write_text("{}")
    again = done(plan(), copy)
    assert all("ms_per_decision" in r["metrics"] for r in again["records"] if r["recipe"] == "flow")


def test_rows_that_are_not_part_of_a_plan_are_named(results, copy):
    assert done(plan(names=("side",)), copy)["hidden"] == ["flow", "side-sampled"]


def test_what_another_device_computed_does_not_count_as_done():
    here, there = plan(), dataclasses.replace(plan(), device="cuda")
    assert here.digest("flow") != there.digest("flow") and here.training("flow") != there.training("flow")


def test_a_changed_recipe_tells_its_changes_and_nothing_else(results, copy):
    told = done(plan(flow=("head.sampler.steps", 3)), copy)["about"]["flow"]
    assert "head.sampler.steps = 3" in told["idea"] and told["see"] == ""


def test_longer_histories_and_horizons_are_recorded(tmp_path):
    data = done(plan(names=("flow",), seeds=(0,), flow=("n_obs_steps", 2)), tmp_path / "n_obs_steps")
    assert "log_likelihood" in data["summary"]["flow"]
    data = done(plan(names=("flow",), seeds=(0,), flow=("horizon", 2)), tmp_path / "horizon")
    assert "log_likelihood" not in data["summary"]["flow"] and "w1" in data["summary"]["flow"]


def test_a_changed_recipe_is_done_again(results, copy):
    changed = done(plan(flow=("head.sampler.steps", 3)), copy)
    assert changed["summary"]["flow"]["nfe"]["mean"] == 3
    assert without_timings(changed)["summary"]["side"] == without_timings(results)["summary"]["side"]


@pytest.mark.slow
def test_two_jobs_side_by_side_give_the_same(results, tmp_path):
    both = without_timings(done(plan(), tmp_path / "run", workers=2))
    assert both["records"] == without_timings(results)["records"]


def test_a_folder_at_work_is_busy(results, folder):
    with claimed(folder, plan()), pytest.raises(Busy, match="another run is at work in"), claimed(folder, plan()):
        pass


def test_a_folder_with_something_else_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(ValueError, match="not empty and holds no run"), claimed(tmp_path, plan()):
        pass
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_a_folder_of_another_task_is_refused(results, folder):
    other = Plan(task_name="jumper", task=TASKS["jumper-noisy"], recipes={}, seeds=(0,))
    with pytest.raises(ValueError, match="another task"), claimed(folder, other):
        pass


def test_a_training_that_diverges_is_told_and_the_others_go_on(tmp_path):
    data = done(plan(names=("mse", "flow"), seeds=(0,), flow=("optimiser.lr", 1e30)), tmp_path / "r")
    failure = data["failures"][0]
    assert (len(data["failures"]), failure["recipe"], failure["seed"], failure["step"]) == (1, "flow", 0, 2)
    assert "not finite" in failure["reason"]
    assert "mse" in data["summary"] and "flow" not in data["summary"]


def test_an_impossible_option_is_found_before_anything_is_trained():
    with pytest.raises(ValueError, match=r"flow: .*steps?, got -1"):
        plan(flow=("head.sampler.steps", -1)).check()


def test_everything_in_the_results_is_a_number(results):
    values = [v for r in results["records"] for v in r["metrics"].values()]
    assert all(isinstance(v, int | float) and math.isfinite(v) for v in values)


def test_drawing_that_fails_is_told_and_the_others_go_on(tmp_path):
    stiff = {"flow-adaptive": ("head.sampler.attempts", 1)}
    data = done(plan(("flow-adaptive", "mse"), (0,), **stiff), tmp_path / "run")
    (failure,) = data["failures"]
    assert failure["recipe"] == "flow-adaptive" and failure["reason"].startswith("no way to t = 0 within")
    assert "mse" in data["summary"]
