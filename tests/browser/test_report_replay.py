"""A report's replay in a real browser, opened as a file: it moves, asks for nothing, and can do without scripts."""

import json
import re
from contextlib import contextmanager

import numpy as np
import pytest
from playwright.sync_api import sync_playwright

from browser.lab import FLAGS
from eitherway.data.data_dir import VARIABLE
from eitherway.report import write_report
from needs import need
from report.runs import make_run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run on Push-T with its page, made where the demonstrations are not at hand."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(tmp_path_factory.mktemp("nothing")))
        folder = make_run(tmp_path_factory.mktemp("run"), "pusht")
        write_report(folder)
    return folder


@pytest.fixture(scope="module")
def browser():
    """Chromium, headless; nothing leaves the machine."""
    path = need("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def opened(browser, run, **options):
    """The page; quiet at the end, or an AssertionError."""
    context, troubles = browser.new_context(viewport={"width": 1280, "height": 900}, **options), []
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda said: troubles.append(f"console: {said.text}"))
    page.on("pageerror", lambda error: troubles.append(f"page error: {error}"))
    page.on("request", lambda request: asks(request.url, run) and troubles.append(f"request for {request.url}"))
    page.goto((run / "report.html").as_uri())
    yield page
    context.close()
    assert not troubles, "\n".join(troubles)


def asks(url, run):
    """Whether a request is for anything but the page itself."""
    return not url.startswith("data:") and url != (run / "report.html").as_uri()


def shown(page, name):
    """What a method's picture says that it shows: step and state."""
    figure = page.locator(f'#stage figure[data-recipe="{name}"]')
    return int(figure.get_attribute("data-step")), json.loads(figure.get_attribute("data-state"))


def varied(canvas):
    """How much a canvas varies."""
    return canvas.evaluate("c => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_scrubbing_to_a_step_shows_what_was_recorded_there(browser, run, scheme):
    with opened(browser, run, color_scheme=scheme) as page:
        page.get_by_test_id("scrubber").fill("17")
        for name in ("mse", "flow", "nearest-neighbour"):
            step, state = shown(page, name)
            held = np.load(run / name / "seed-0" / "draws.npz")
            requested = [*held["info_state"][0, 17], *held["info_coverage"][0, 17]]
            assert step == 17 and state == pytest.approx(requested, abs=0.051)
        page.locator("#stage canvas").first.scroll_into_view_if_needed()
        page.wait_for_timeout(200)
        assert varied(page.locator("#stage canvas").first) > 20


def test_it_plays_when_asked_and_by_keys_alone(browser, run):
    with opened(browser, run, reduced_motion="reduce") as page:
        page.wait_for_timeout(300)
        assert shown(page, "flow")[0] == 0  # nothing moves of itself
        scrubber = page.get_by_test_id("scrubber")
        scrubber.focus()
        page.keyboard.press("ArrowRight")
        assert shown(page, "flow")[0] == 1
        page.keyboard.press("Space")
        page.wait_for_function("() => +document.querySelector('#stage figure').dataset.step > 5")
        page.keyboard.press("Space")
        rests = shown(page, "flow")[0]
        page.wait_for_timeout(200)
        assert shown(page, "flow")[0] == rests > 5


def test_on_a_phone_nothing_is_wider_than_the_screen(browser, run):
    with opened(browser, run) as page:
        page.set_viewport_size({"width": 360, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_without_scripts_the_numbers_and_the_strips_are_there(browser, run):
    with opened(browser, run, java_script_enabled=False) as page:
        assert page.locator("#replay .strips svg").count() == 3
        assert page.locator("#replay .strips").is_visible() and not page.locator("#stage canvas").count()
        means = re.findall(r'data-metric="max_reward" data-mean="([\d.]+)"', page.content())
        shown = page.locator('td[data-metric="max_reward"] b').all_inner_texts()
        assert len(means) == 3 and shown == [f"{float(mean):.3f}" for mean in means]


def test_in_print_the_strips_stand_for_the_replay(browser, run):
    with opened(browser, run) as page:
        assert not page.locator("#replay .strips").is_visible()
        page.emulate_media(media="print")
        assert page.locator("#replay .strips").is_visible() and not page.locator("#stage").is_visible()
