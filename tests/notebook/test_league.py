"""The league says what results.json says."""

import json
from pathlib import Path

import pytest

from eitherway.notebook.league import quality_against_cost, standings, table
from eitherway.report.style import METHOD

RESULTS = json.loads((Path(__file__).parents[2] / "docs" / "results" / "jumper.json").read_text())
METHODS = ["mse", "bins", "flow"]


def rows(text):
    cells = [[c.strip() for c in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return {row[0]: row[1:] for row in cells[2:]}


def test_the_table_holds_the_means_of_the_results():
    found = rows(table(RESULTS, METHODS).data)
    assert list(found) == METHODS
    for name in METHODS:
        numbers = RESULTS["summary"][name]
        assert float(found[name][0].split()[0]) == pytest.approx(numbers["success"]["mean"], abs=6e-4)
        assert float(found[name][1].split()[0]) == pytest.approx(numbers["w1"]["mean"], abs=6e-4)
    assert found["mse"][4] == "–"  # squared error has no density


def test_the_caption_tells_seeds_floor_and_command():
    text = table(RESULTS, METHODS).data
    assert "n = 5 training seeds" in text and f"`{RESULTS['command']}`" in text
    assert f"{RESULTS['floors']['w1']['mean']:.3f}" in text
    few = table(RESULTS | {"seeds": [0], "floors": {}}, METHODS).data
    assert "no claim about differences" in few and "floor" not in few


@pytest.mark.parametrize("shown", [table, quality_against_cost, lambda r, names: standings(r, "w1", names)])
def test_a_method_that_is_not_there_is_named(shown):
    with pytest.raises(ValueError, match="no row 'guess'; they have: mse"):
        shown(RESULTS, ["flow", "guess"])


def test_quality_against_cost_shows_methods_that_have_both_in_their_colours():
    (axes,) = quality_against_cost(RESULTS, [*METHODS, "truth"]).axes
    marks = {line.get_markerfacecolor() for line in axes.lines if line.get_markersize() == 5.5}
    assert marks == {METHOD[name].colour for name in METHODS}


@pytest.mark.parametrize("metric, best", [("w1", "bins"), ("success", "bins"), ("train_seconds", "mse")])
def test_the_best_is_on_top(metric, best):
    (axes,) = standings(RESULTS, metric, METHODS).axes
    names = [label.get_text().split()[0] for label in axes.get_yticklabels()]
    assert set(names) == set(METHODS) and names[-1] == best


def test_references_are_drawn_empty():
    (axes,) = standings(RESULTS, "w1", ["flow", "nearest-neighbour"]).axes
    faces = [line.get_markerfacecolor() for line in axes.lines if line.get_markersize() == 7]
    assert sorted(faces) == sorted(["white", METHOD["flow"].colour])


def test_a_metric_nobody_has_is_refused():
    with pytest.raises(ValueError, match="no method has the metric 'charm'"):
        standings(RESULTS, "charm")
