"""The report shows what the run folder holds: all of it, as it is, and without a network."""

import json
import re
import shutil
from html import unescape

import numpy as np
import pytest
import torch

from eitherway.cli.table import table
from eitherway.compare.stats import Interval, student
from eitherway.metrics import METRICS
from eitherway.report import four_panel, write_report
from eitherway.report.density import Grid, density
from eitherway.report.intervals import Axis
from eitherway.report.jumper import landings
from eitherway.report.league import League
from eitherway.report.numbers import margin
from eitherway.report.single_step import read_draws
from eitherway.report.svg import to_svg
from eitherway.report.tradeoff import reach
from eitherway.tasks import Fork

STRANGE = '<b>&"odd"'  # a recipe's name is text, whatever it says
N = 500


def interval(mean, n):
    """A summary's entry."""
    spread = None if n == 1 else 0.01
    return {"mean": mean, "low": spread and mean - spread, "high": spread and mean + spread, "n": n}


def results(names, references, seeds):
    """results.json of a small run, its first method without a likelihood."""
    numbers = {name: {"success": 0.8123, "w1": 0.2345 + i} for i, name in enumerate(names + references)}
    numbers[names[-1]] |= {"log_likelihood": -0.517, "nfe": 10.0, "ms_per_decision": 1.25}
    kinds = dict.fromkeys(names, "recipe") | dict.fromkeys(references, "reference")
    heads = dict.fromkeys(names, "Regression") | {names[-1]: "Flow"}
    return {
        "schema": 1,
        "eitherway": "0.1.0",
        "command": "eitherway compare --seeds 1",
        "task": {"name": "jumper", "options": {}},
        "seeds": seeds,
        "floors": {"w1": {"mean": 0.03, "sd": 0.004, "n": 20}} if references else {},
        "metrics": [{k: getattr(m, k) for k in ("name", "better", "unit", "meaning")} for m in METRICS.values()],
        "about": {name: {"label": name, "idea": "an idea", "see": "See this."} for name in [*names, "lost"]},
        "records": [
            {
                "recipe": n,
                "kind": kinds[n],
                "seed": k,
                "hyper_parameters": {"head": {"class": heads[n]}} if n in heads else None,
                "versions": {"torch": "2.0"},
                "metrics": numbers[n],
            }
            for n in kinds
            for k in seeds
        ],
        "failures": [{"recipe": "lost", "seed": 0, "step": 7, "reason": "loss is NaN"}],
        "summary": {n: {m: interval(v, len(seeds)) for m, v in of.items()} for n, of in numbers.items()},
        "standings": {},
        "hidden": [],
    }


def make_run(folder, names, references, seeds):
    """A run folder with a few draws; the last method refines noise and has three draws that are NaN."""
    given = np.random.default_rng(0)
    (folder / "results.json").write_text(json.dumps(results(names, references, seeds)))
    for name in names + references:
        place = folder / name / f"seed-{seeds[0]}"
        place.mkdir(parents=True)
        s, x = given.uniform(-1.2, 1.2, N).astype(np.float32), given.normal(0, 1, N).astype(np.float32)
        x[: 3 * (name == names[-1])] = np.nan
        np.savez(place / "draws.npz", s=s, x=x)
        if name == names[-1]:
            t = np.linspace(1, 0, 5, dtype=np.float32)
            np.savez(place / "path.npz", s=s, t=t, x=given.normal(0, 1, (5, N)).astype(np.float32))
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = make_run(tmp_path_factory.mktemp("run"), ["mse", STRANGE, "flow"], ["truth"], [0, 1, 2])
    write_report(folder)
    return folder


@pytest.fixture
def page(run):
    return (run / "report.html").read_text(encoding="utf-8")


def cells(page, recipe):
    """The table's cells of one row, as metric -> (exact mean or None, text)."""
    row = next(
        r
        for r in re.findall(r'<tr [^>]*data-recipe="(.*?)"[^>]*>(.*?)</tr>', page, re.DOTALL)
        if unescape(r[0]) == recipe
    )
    found = re.findall(r'<td data-metric="(\w+)"(?: data-mean="([^"]*)")?>(.*?)</td>', row[1], re.DOTALL)
    return {m: (float(v) if v else None, " ".join(re.sub(r"<[^>]*>", " ", text).split())) for m, v, text in found}


def test_the_page_asks_nothing_of_the_network(page):
    without_names = re.sub(r'xmlns(:xlink)?="[^"]*"', "", page)
    assert not re.search(r'(?:src|href|url\()\s*=?\s*["\']?(?:https?:)?//', without_names)
    assert "@import" not in page
    assert "<script" not in page


def test_every_row_of_the_summary_is_in_the_table_and_has_its_picture(run, page):
    for name in json.loads((run / "results.json").read_text())["summary"]:
        assert cells(page, name)
        assert (run / "figures" / f"{name}.svg").stat().st_size > 10_000


def test_the_table_says_what_the_summary_says(run, page):
    for name, numbers in json.loads((run / "results.json").read_text())["summary"].items():
        shown = cells(page, name)
        assert {m: v for m, (v, _) in shown.items() if v is not None} == {m: v["mean"] for m, v in numbers.items()}
        assert shown["success"][1] == "0.812 ± 0.010"


def test_what_does_not_apply_is_a_dash(page):
    assert cells(page, "mse")["log_likelihood"] == (None, "–")
    assert cells(page, "flow")["log_likelihood"][1].startswith("-0.52")


def test_names_are_text_not_markup(page):
    assert STRANGE not in page
    assert "&lt;b&gt;&amp;" in page


def test_names_are_unique_where_links_lead(page):
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert {unescape(to) for to in re.findall(r'href="#([^"]*)"', page)} <= {unescape(i) for i in ids}


def test_draws_that_are_nan_are_counted_on_the_page_and_in_the_picture(run, page):
    assert "3 predictions are NaN" in page
    assert f"3 of {N} are NaN" in (run / "figures" / "flow.svg").read_text()


def test_failures_are_told_with_step_and_reason(page):
    assert re.search(r"lost</b>, seed 0, step 7: loss is NaN", page)


def test_few_seeds_claim_nothing(page):
    assert "3 training seeds: no claim about differences below 5 training seeds" in page


def test_the_same_run_gives_the_same_bytes(run, page):
    figures = {f.name: f.read_bytes() for f in (run / "figures").iterdir()}
    write_report(run)
    assert (run / "report.html").read_text(encoding="utf-8") == page
    assert {f.name: f.read_bytes() for f in (run / "figures").iterdir()} == figures


def test_one_method_one_seed_no_references_no_floor(tmp_path):
    page = write_report(make_run(tmp_path, ["mse"], [], [4])).read_text(encoding="utf-8")
    assert cells(page, "mse")["success"][1] == "0.812 one seed"
    assert "No floor is known" in page
    assert "1 training seed: no claim" in page


def test_results_of_another_version_are_refused(tmp_path):
    (tmp_path / "results.json").write_text('{"schema": 99}')
    with pytest.raises(ValueError, match="schema 99, this reads 1"):
        write_report(tmp_path)


def damaged(tmp_path, run, file, content):
    """A copy of the run with one file cut, emptied or replaced; without it where the content is None."""
    folder = tmp_path / "run"
    shutil.copytree(run, folder)
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_bytes(content)
    return folder


def changed(run, **changes):
    """results.json of the run with other values, as bytes."""
    return json.dumps(json.loads((run / "results.json").read_text()) | changes).encode()


@pytest.mark.parametrize(
    "content, reason",
    [
        (b"[]", "Expected `object`, got `array`"),
        (b"", "Expecting value"),
        (b'{"schema": 1}', "Object missing required field `eitherway`"),
        ({"task": {"name": "jumper", "options": {"wind": 1}}}, "the task's options: "),
        ({"records": []}, "it has no record of "),
        (
            {"summary": {"mse": {"w1": {"mean": "0.1"}}}},
            r"Expected `float`, got `str` - at `\$\.summary\[\.\.\.\]\[\.\.\.\]\.mean`",
        ),
        ({"floors": {"w1": {"mean": 0.1}}}, "Object missing required field `sd`"),
        ({"seeds": [0, None]}, r"Expected `int`, got `null` - at `\$\.seeds\[1\]`"),
    ],
)
def test_damaged_results_are_refused_in_one_line_that_says_what_to_do(tmp_path, run, content, reason):
    content = content if isinstance(content, bytes) else changed(run, **content)
    folder = damaged(tmp_path, run, "results.json", content)
    line = rf"\A\S*results.json is damaged: {reason}[^\n]*; delete it and run compare again\Z"
    with pytest.raises(ValueError, match=line):
        write_report(folder)


def test_a_run_of_an_unknown_task_is_not_damaged_but_wants_a_plugin(tmp_path, run):
    folder = damaged(tmp_path, run, "results.json", changed(run, task={"name": "juggler", "options": {}}))
    with pytest.raises(
        ValueError, match=r"results.json is of the task 'juggler', .* name that with --plugin MODULE; known: jumper"
    ):
        write_report(folder)


@pytest.mark.parametrize("file", ["draws.npz", "path.npz"])
@pytest.mark.parametrize("keep", [0, 10, 1_000, -1])
def test_damaged_arrays_are_refused_with_the_folder_to_delete(tmp_path, run, file, keep):
    place = f"flow/seed-0/{file}"
    folder = damaged(tmp_path, run, place, (run / place).read_bytes()[:keep])
    with pytest.raises(ValueError, match=rf"flow/seed-0 is damaged: {file} cannot be read; delete it and run compare"):
        write_report(folder)


@pytest.mark.parametrize("file", ["draws.npz", "path.npz"])
def test_missing_arrays_are_refused_with_the_folder_to_delete(tmp_path, run, file):
    folder = damaged(tmp_path, run, f"flow/seed-0/{file}", None)
    with pytest.raises(ValueError, match=rf"flow/seed-0 is damaged: it has no {file}; delete it and run compare"):
        write_report(folder)


def test_a_chunk_lands_with_its_first_action_from_the_newest_start(tmp_path):
    s, x = np.arange(6.0).reshape(3, 2), np.arange(9.0).reshape(3, 3)
    np.savez(tmp_path / "draws.npz", s=s, x=x)
    drawn = landings(read_draws(tmp_path))
    assert (drawn.s.tolist(), drawn.x.tolist()) == ([1.0, 3.0, 5.0], [0.0, 3.0, 6.0])


def test_starts_and_landings_of_different_number_are_refused(tmp_path):
    np.savez(tmp_path / "draws.npz", s=np.zeros(3), x=np.zeros(2))
    with pytest.raises(ValueError, match=r"damaged: draws.npz has starts of shape \(3,\) and landings of shape \(2,\)"):
        read_draws(tmp_path)


def test_rows_that_are_hidden_are_named_beside_the_table(tmp_path, run, page):
    assert "Also in this folder" not in page
    folder = damaged(tmp_path, run, "results.json", changed(run, hidden=["flow-long", STRANGE]))
    shown = unescape(write_report(folder).read_text(encoding="utf-8"))
    assert f"not part of this command (2 finished rows): flow-long, {STRANGE}." in shown


def test_a_changed_recipe_says_what_changed_and_promises_nothing(tmp_path, run, page):
    about = {"mse": {"label": "mse", "idea": "changed: steps = 5", "see": ""}}
    shown = write_report(damaged(tmp_path, run, "results.json", changed(run, about=about))).read_text(encoding="utf-8")
    article = re.search(r'<article id="mse".*?</article>', shown, re.DOTALL)[0]
    assert "changed: steps = 5" in article
    assert 'class="see"' not in article
    assert 'class="see"' in re.search(r'<article id="mse".*?</article>', page, re.DOTALL)[0]


def test_noisy_demonstrations_are_called_noisy_and_clean_ones_are_not(tmp_path, run, page):
    task = {"name": "jumper-noisy", "options": {"state_noise": 0.05, "action_noise": 0.0, "wrong": 0.1}}
    noisy = write_report(damaged(tmp_path, run, "results.json", changed(run, task=task))).read_text(encoding="utf-8")
    for clean in ("nothing between", "where the expert never lands", "Every one of them is safe"):
        assert clean in page
        assert clean not in noisy
    for said in ("state_noise = 0.05", "wrong = 0.1", "demonstrations of this run are noisy", "held against the clean"):
        assert said in noisy
        assert said not in page
    assert "action_noise = 0.05" not in noisy


@pytest.mark.parametrize("noise", [{"state_noise": 1e6}, {"action_noise": 1e6}, {"wrong": 1.0}])
def test_noise_that_drowns_the_data_still_gives_a_page(tmp_path, noise):
    folder = make_run(tmp_path, ["mse"], [], [0])
    (folder / "results.json").write_bytes(changed(folder, task={"name": "jumper", "options": noise}))
    assert "noisy" in write_report(folder).read_text(encoding="utf-8")


def test_a_whisker_beyond_the_axis_ends_there():
    assert reach(Interval(1.0, -2.0, 4.0, 3), (0.5, 2.0)) == (0.5, 2.0)
    assert reach(Interval(1.0, 0.9, 1.1, 3), (0.5, 2.0)) == (0.9, 1.1)
    assert reach(Interval(1.0, None, None, 1), (0.5, 2.0)) == (1.0, 1.0)


@pytest.mark.parametrize("n, said", [(1, "1 training seed: no claim"), (3, "3 training seeds: no claim")])
def test_the_terminal_counts_seeds_in_words(n, said):
    made = table(League.of(results(["mse"], ["truth"], list(range(n)))), 120)
    assert f"{said} about differences below 5 training seeds" in str(made.caption)
    assert str(made.title).endswith(f"{n} training seed{'s' if n > 1 else ''}")


def test_four_panels_without_predictions_show_the_data_alone():
    s, x = np.linspace(-1, 1, N), np.where(np.arange(N) % 2, 1.2, -1.2)
    alone, both = to_svg(four_panel(s, x)), to_svg(four_panel(s, x, (s, np.full(N, np.nan))))
    assert "NaN" not in alone
    assert f"{N} of {N} are NaN" in both


def test_density_integrates_to_one_and_leaves_the_gap_empty():
    x = np.random.default_rng(0).choice([-1.2, 1.2], 10_000) + np.random.default_rng(1).normal(0, 0.05, 10_000)
    grid = Grid(-3.2, 3.2, 640)
    height = density(x, grid)
    assert height.sum() * grid.cell == pytest.approx(1)
    assert height[np.abs(grid.middles) < 0.7].max() < 1e-6


def test_density_of_a_gaussian_with_scotts_bandwidth_is_the_wider_gaussian():
    x, grid = np.random.default_rng(0).normal(0, 1, 200_000), Grid(-6.0, 6.0, 1200)
    sd = np.sqrt(1 + 200_000**-0.4)
    exact = np.exp(-((grid.middles / sd) ** 2) / 2) / (sd * np.sqrt(2 * np.pi))
    assert np.abs(density(x, grid, narrow=1.0) - exact).max() < 0.01


def test_whiskers_keep_order_and_stay_in_the_drawing():
    axis = Axis(0.01, 1.0, log=True)
    places = [axis.at(v) for v in (-1.0, 0.01, 0.1, 1.0, 5.0)]
    assert places == sorted(places)
    assert places[2] == pytest.approx((places[1] + places[3]) / 2)


def test_a_margin_is_unknown_without_an_interval():
    assert margin(Interval(0.5, None, None, 1)) is None


@pytest.fixture(scope="module", params=[1, 2])
def forked(request, tmp_path_factory):
    """A run folder on the fork, of one and of two dimensions: the truth, and a method with three draws of NaN."""
    folder, task = tmp_path_factory.mktemp("fork"), Fork(dimensions=request.param, steps=4)
    data = results(["mse", "flow"], ["truth"], [0])
    data["task"] = {"name": "fork", "options": {"dimensions": request.param, "steps": 4}}
    data["floors"] = {"energy": {"mean": 0.09, "sd": 0.01, "n": 20}}
    for values in data["summary"].values():
        values["energy"] = values.pop("w1")
    (folder / "results.json").write_text(json.dumps(data))
    s = torch.rand(N, 1, request.param) * 2 - 1
    x = task.distribution.sample({"state": s}, 1, torch.Generator().manual_seed(0))[0].flatten(1).numpy()
    for name in ("mse", "flow", "truth"):
        place = folder / name / "seed-0"
        place.mkdir(parents=True)
        drawn = x.copy()
        drawn[: 3 * (name == "flow"), 1] = np.nan
        np.savez(place / "draws.npz", s=s[:, 0].numpy().squeeze(), x=drawn)
        np.savez(place / "path.npz", s=s[:, 0, 0].numpy(), t=np.linspace(1, 0, 3), x=np.zeros((3, N)))
    return write_report(folder)


def test_a_page_on_the_fork_speaks_of_lanes_and_not_of_the_obstacle(forked):
    page = forked.read_text(encoding="utf-8")
    assert "A robot sees where it is" in page and "lanes" in page
    said = re.sub(r"<style>.*?</style>|var\(--\w+\)|<dl class=\"metrics\">.*?</dl>", "", page, flags=re.DOTALL)
    assert "obstacle" not in said and "See this." not in said  # a recipe's own sentence is about the jumper
    assert said.count("Do the paths keep to the lanes") == 2  # of both methods


def test_a_page_on_the_fork_shows_fans_of_chunks_and_their_ends(forked):
    page = forked.read_text(encoding="utf-8")
    for what in ("paths from near -0.6", "paths from near 0.6", "ends of all paths"):
        assert f'aria-label="flow: {what}"' in page
    assert f"3 of {N} are NaN" in (forked.parent / "figures" / "flow.svg").read_text()


def test_a_page_has_the_distances_that_apply_to_its_task_and_their_floor(page, forked):
    other = forked.read_text(encoding="utf-8")
    assert cells(other, "flow")["energy"][0] == 1.2345 and "w1" not in cells(other, "flow")
    assert "energy" not in cells(page, "flow")
    assert "<b>0.090</b> <small>sd 0.010</small>" in other and "<b>0.030</b> <small>sd 0.004</small>" in page


def test_the_terminal_names_the_floor_of_each_distance_that_applies():
    data = results(["mse"], ["truth"], [0]) | {"floors": {"energy": {"mean": 0.09, "sd": 0.01, "n": 20}}}
    told = "Energy distance of the distribution's own draws: 0.090, sd 0.010 over 20 sets."
    assert told in str(table(League.of(data), 120).caption)


@pytest.mark.parametrize("metric", ["mode_coverage", "nfe"])
def test_the_terminal_says_how_a_share_is_known_on_which_all_trainings_agree(metric):
    """A number of steps without an upper end owes nothing to chance where it is always the same."""
    data = results(["mse"], [], [0, 1, 2])
    agreed = student([1.0] * 3, METRICS[metric].bounds).to_data()
    data["summary"]["mse"] = {metric: agreed}
    told = "A share on which all trainings agree is known as well as 3 trials tell."
    assert (told in str(table(League.of(data), 120).caption)) == (metric == "mode_coverage")
