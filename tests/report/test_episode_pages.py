"""The page of an episodic task shows whole episodes, says what is true of them, and moves without a network."""

import base64
import json
import re
from html import unescape
from itertools import islice

import numpy as np
import pytest

from eitherway.cli.table import table
from eitherway.data.data_dir import VARIABLE
from eitherway.report import write_report
from eitherway.report.episodes import read_rollouts
from eitherway.report.figure_files import FigureFiles
from eitherway.report.league import League
from eitherway.report.replay import BUDGET, replay
from eitherway.report.rows import Run
from eitherway.tasks import Avoiding
from report.runs import DRAWS, make_run


@pytest.fixture(scope="module", params=["avoiding", "pusht"])
def run(request, tmp_path_factory):
    """A run folder with its page; Push-T's demonstrations are not at hand."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(tmp_path_factory.mktemp("nothing")))
        folder = make_run(tmp_path_factory.mktemp(request.param), request.param)
        write_report(folder)
    return folder


@pytest.fixture
def page(run):
    return (run / "report.html").read_text(encoding="utf-8")


@pytest.fixture
def task(run):
    return json.loads((run / "results.json").read_text())["task"]["name"]


def words(page):
    """What a reader reads, pictures, scripts and styles aside."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", " ", text))


def sent(page):
    """The replay's data."""
    return json.loads(re.search(r'<script type="application/json" id="replay-data">(.*?)</script>', page)[1])


def headings(page):
    """Of the table."""
    return re.findall(r'<td data-metric="(\w+)"', re.search(r'<tr id="row-mse".*?</tr>', page, re.DOTALL)[0])


def test_the_page_asks_nothing_of_the_network(page):
    without_names = re.sub(r'xmlns(:xlink)?="[^"]*"', "", page)
    assert not re.search(r'(?:src|href|url\()\s*=?\s*["\']?(?:https?:)?//', without_names)
    assert not re.search(r"<script[^>]*\bsrc=|@import|\bfetch\(|XMLHttpRequest", page)


def test_the_same_run_gives_the_same_bytes(run, page):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(run / "nowhere"))
        assert write_report(run).read_text(encoding="utf-8") == page


def test_names_are_unique_where_links_lead(page):
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]*)"', page)) <= set(ids)


def test_the_page_speaks_of_journeys_and_not_of_single_decisions(page):
    said = words(page.split('<dl class="metrics">')[0] + page.split("</dl>")[-1])
    for wrong in (
        "test states",
        "kernel estimates",
        "No floor is known",
        "the distribution itself",
        "See this.",
        "landing",
    ):
        assert wrong not in said
    assert "episodes of each method" in said and "What lies behind the numbers" in said


def test_the_table_has_the_columns_that_were_measured_and_no_others(page, task):
    own = {
        "avoiding": ["mode_distance", "mode_distance_floor", "mode_entropy", "steps"],
        "pusht": ["max_reward", "final_coverage", "steps"],
    }[task]
    assert headings(page) == ["success", *own, "nfe", "ms_per_decision"]


def test_the_terminal_has_them_too(run, task):
    made = table(League.of(json.loads((run / "results.json").read_text())), 160)
    shown = [str(column.header) for column in made.columns]
    assert shown[:2] == ["method", "success"] and "W1" not in shown and "log-lik." not in shown
    assert ("max reward" in shown) == (task == "pusht") and ("mode distance" in shown) == (task == "avoiding")


def test_every_method_has_its_panels_its_strip_and_a_place_on_the_timeline(run, page):
    for name in ("mse", "flow", "nearest-neighbour"):
        assert page.count(f'aria-label="{name}: ') == 4  # three panels and the strip
        assert (run / "figures" / f"{name}-strip.svg").is_file()
    assert [method["name"] for method in sent(page)["methods"]] == ["mse", "flow", "nearest-neighbour"]


def test_without_demonstrations_at_hand_the_page_says_so(page, task):
    missing = "The demonstrations are not at hand" in page
    assert missing == (task == "pusht")


def test_where_no_video_is_there_the_page_says_how_to_get_one(page):
    assert "pip install 'eitherway[video]'" in unescape(page) and "Video of the first episode" not in page


def test_the_replay_holds_the_first_episodes_as_long_as_they_were(run, page):
    rows = {row.name: row.seen for row in Run.read(run).rows}
    for method in sent(page)["methods"]:
        seen = rows[method["name"]]
        assert [e["steps"] for e in method["episodes"]] == seen.steps[:4].tolist()
        assert [e["success"] for e in method["episodes"]] == seen.success[:4].tolist()
        assert all(max(e["decision_steps"]) < e["steps"] for e in method["episodes"])


def test_a_page_of_many_decisions_sends_fewer_draws_and_stays_small(tmp_path):
    show = Run.read(make_run(tmp_path, "pusht", methods=("flow",), references=(), every=1))
    many = [show.rows[0]] * 40  # as many numbers as ten methods with episodes of 160 decisions and more
    data = replay(show.view.scene, many)
    assert 0 < data["draws"] < data["drawn"] == DRAWS
    fans = sum(len(e["sample_fan"]) for method in data["methods"] for e in method["episodes"])
    assert fans <= BUDGET * 4 / 3 + 4 * 160


def test_a_draw_that_is_no_number_goes_nowhere(tmp_path):
    run = Run.read(make_run(tmp_path, "avoiding", methods=("flow",), references=()))
    run.rows[0].seen.sample_fan[0, 0, 3] = np.inf
    packed = replay(run.view.scene, run.rows)["methods"][0]["episodes"][0]
    assert np.isfinite(np.frombuffer(base64.b64decode(packed["square"]), "<f4")).all()
    assert "nan" not in run.view.more(run.rows[0], FigureFiles(tmp_path))["strip"]
    assert len(list(islice(run.view.film(run.rows[0]), 2))) == 2


@pytest.mark.parametrize(
    "name, wrong",
    [
        ("steps", np.zeros(6, int)),
        ("decision_steps", np.array([], int)),
        ("sample_fan", np.zeros((4, 2, 16, 8, 2), np.float32)),
        ("info_position", np.zeros((6, 3, 2), np.float32)),
    ],
)
def test_arrays_that_are_no_episodes_are_refused_with_the_folder_to_delete(tmp_path, name, wrong):
    place = make_run(tmp_path, "avoiding", methods=("mse",), references=()) / "mse" / "seed-0"
    held = dict(np.load(place / "draws.npz"))
    np.savez(place / "draws.npz", **(held | {name: wrong}))
    with pytest.raises(ValueError, match=r"seed-0 is damaged: draws.npz has no episodes of the task: .*; delete it"):
        read_rollouts(place, Avoiding())


def test_a_file_without_episodes_is_refused_with_the_folder_to_delete(tmp_path):
    np.savez(tmp_path / "draws.npz", s=np.zeros(3), x=np.zeros(3))
    with pytest.raises(ValueError, match=r"is damaged: draws\.npz cannot be read; delete it and run compare again"):
        read_rollouts(tmp_path, Avoiding())
