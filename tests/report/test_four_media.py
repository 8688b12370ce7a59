"""Terminal, page, notebook and docs show one table: the numbers, ranks and counts of results.json."""

import json
import re
from html import unescape

import pytest

from eitherway.cli.table import table
from eitherway.metrics import METRICS
from eitherway.notebook.league import table as notebook_table
from eitherway.report import write_report
from eitherway.report.league import RANKS, League
from eitherway.report.numbers import DASH
from makers.tables import COLUMNS
from makers.tables import table as docs_table
from report.runs import make_run

NAMES = ["mse", "flow", "nearest-neighbour"]
MEDIA = ["terminal", "page", "notebook", "docs"]
SEEDS = 3
BY_HEADING = {m.heading: m.name for m in METRICS.values()}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run folder of three seeds with intervals and ranks; its reference is deterministic, so counts once."""
    folder = make_run(tmp_path_factory.mktemp("avoiding"), "avoiding")
    data = json.loads((folder / "results.json").read_text()) | {"seeds": list(range(SEEDS))}
    for values in (data["summary"][name] for name in ("mse", "flow")):
        for i, value in enumerate(values.values()):
            value.update(low=value["mean"] - 0.01 * i, high=value["mean"] + 0.01 * i, n=SEEDS)
    data["standings"] = {"success": {name: {"rank": i + 1, "behind": {}} for i, name in enumerate(NAMES)}}
    (folder / "results.json").write_text(json.dumps(data))
    write_report(folder)
    return folder


@pytest.fixture(scope="module")
def results(run):
    return json.loads((run / "results.json").read_text())


@pytest.fixture(scope="module")
def media(run, results):
    """What each medium shows: by row and metric the text of a cell."""
    made = table(League.of(results), 400)
    rows = zip(*([*c.cells] for c in made.columns), strict=True)
    return {
        "terminal": by_metric([[c.header for c in made.columns], *rows]),
        "page": page_cells((run / "report.html").read_text(encoding="utf-8")),
        "notebook": by_metric(markdown(notebook_table(results, NAMES).data.splitlines())),
        "docs": by_metric(markdown(docs_table(League.of(results, COLUMNS), NAMES))),
    }


def markdown(lines):
    """The cells of a Markdown table, without the line below its head."""
    found = [[c.strip(" `") for c in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [found[0], *found[2:]]


def by_metric(lines):
    """Cells by row and metric; columns are headed by a metric's name or heading."""
    head = [h.rstrip(" ↑↓") for h in lines[0]]
    metrics = [BY_HEADING.get(h, h) for h in head]
    return {line[0]: dict(list(zip(metrics, line, strict=True))[1:]) for line in lines[1:]}


def page_cells(page):
    """The page's cells by row and metric."""
    found = {}
    for name, row in re.findall(r'<tr id="row-[^"]*" data-recipe="(.*?)"[^>]*>(.*?)</tr>', page, re.DOTALL):
        shown = re.findall(r'<td data-metric="(\w+)"[^>]*>(.*?)</td>', row, re.DOTALL)
        found[name] = {metric: " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split()) for metric, text in shown}
        found[name]["seeds"] = re.search(r'<td class="n">(\d+)</td>', row)[1]
    return found


def said(text):
    """A cell's mean, and how far its interval reaches."""
    mean, *reach = [float(x) for x in re.findall(r"-?\d*\.?\d+", re.sub(r" #\d+|,|<", "", text))]
    return mean, max((abs(end - mean) for end in reach), default=0.0) if "[" in text else sum(reach)


@pytest.mark.parametrize("medium", MEDIA)
def test_each_medium_shows_the_numbers_of_the_results(media, results, medium):
    assert list(media[medium]) == NAMES
    for name in NAMES:
        for metric in set(media[medium][name]) - {"seeds"}:
            text, value = media[medium][name][metric], results["summary"][name].get(metric)
            if value is None:
                assert text == DASH
                continue
            far = 0.0 if value["high"] is None else value["high"] - value["mean"]
            assert said(text) == pytest.approx((value["mean"], far), abs=10.0 ** -METRICS[metric].digits)


def test_media_differ_in_the_columns_they_choose_and_in_nothing_else(media):
    terminal, page, notebook, docs = (set(media[medium]["mse"]) - {"seeds"} for medium in MEDIA)
    assert terminal == page >= docs >= notebook >= {"success", "nfe", "ms_per_decision"}


def test_terminal_and_page_write_a_cell_alike_but_for_blanks_and_zeros(media):
    short = {"± <0": "±<", "± 0.": "±.", "± ": "±", " one seed": ""}
    for name in NAMES:
        for metric, text in media["terminal"][name].items():
            long = media["page"][name][metric].replace(" ± 0 ", " ").removesuffix(" ± 0")
            for before, after in short.items():
                long = long.replace(before, after)
            assert text == long


def test_the_page_and_the_docs_count_what_owes_nothing_to_chance_once(media):
    for medium in ("page", "docs"):
        assert [media[medium][name]["seeds"] for name in NAMES] == ["3", "3", "1"]


def test_terminal_and_page_explain_ranks_where_there_are_any(run, results):
    assert RANKS in (run / "report.html").read_text(encoding="utf-8")
    assert RANKS in str(table(League.of(results), 400).caption)
    assert "#" not in str(table(League.of(results | {"standings": {}}), 400).caption)


def test_methods_come_before_references(results):
    summary = dict(reversed(results["summary"].items()))
    assert list(League.of(results | {"summary": summary}).entries) == ["flow", "mse", "nearest-neighbour"]


def test_where_every_row_failed_the_terminal_still_tells_the_command(results):
    made = table(League.of(results | {"summary": {}}), 80)
    assert [c.header for c in made.columns] == ["method"] and results["command"] in str(made.caption)
