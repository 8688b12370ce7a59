"""Pictures in the notebook: small, the same every time, described, as wide as the column."""

import base64
import re

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image, ImageColor

from eitherway.notebook.display import COLUMN, WIDTH, movie, show
from eitherway.notebook.noising import forming
from eitherway.recipes import METHODS
from eitherway.report import four_panel
from eitherway.report.style import FURTHER
from pictures import pixels


def scattered():
    rng = np.random.default_rng(0)
    s = rng.uniform(-1.2, 1.2, 10_000)
    x, y = (rng.choice([-1, 1], 10_000) * (1 + rng.lognormal(-2, 1, 10_000)) for _ in range(2))
    return four_panel(s, x, (s, y), method="flow")


def test_a_four_panel_picture_of_ten_thousand_points_stays_small():
    assert len(show(scattered(), "four panels").data) < 45_000


def test_the_same_figure_gives_the_same_bytes_and_says_what_it_shows():
    first, again = (show(scattered(), "four panels") for _ in range(2))
    assert first.data == again.data
    assert first._repr_mimebundle_()[1]["image/png"]["alt"] == "four panels"


@pytest.mark.parametrize("inches, shown", [(20, COLUMN), (WIDTH, COLUMN), (WIDTH / 2, COLUMN // 2)])
def test_no_picture_is_wider_than_the_column_and_lettering_is_the_same_in_all(inches, shown):
    image = show(Figure(figsize=(inches, 2)), "nothing")
    assert image.width == shown
    assert pixels(image).shape[:2] == (round(2 * COLUMN * 1.5 / WIDTH), round(shown * 1.5))


def test_flat_colours_survive_the_palette():
    figure = Figure(figsize=(4, 2))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.imshow(np.random.default_rng(0).random((60, 60, 3)), extent=(0, 1, 0, 1))
    axes.axvspan(1, 2, color="#f7e9e8")
    axes.set(xlim=(0, 2), ylim=(0, 1))
    right = pixels(show(figure, "noise and pink"))[100, 500]
    assert np.abs(right - [0xF7, 0xE9, 0xE8]).max() <= 6


def test_a_small_mark_keeps_the_colour_of_its_method():
    figure, strokes = scattered(), {m.stroke for m in METHODS.values() if m.stroke} | set(FURTHER)
    for i, how in enumerate(strokes):
        figure.axes[1].plot(-3 + 0.4 * (i % 15), 3 - 0.6 * (i // 15), "s", ms=6, color=how.colour)
    seen = pixels(show(figure, "marks over points")).reshape(-1, 3)
    for how in strokes:
        assert (seen == ImageColor.getrgb(how.colour)).all(1).sum() >= 20


@pytest.fixture(scope="module")
def frames():
    return forming(frames=10)


def test_a_movie_is_a_small_endless_webp_that_needs_no_other_file(frames, tmp_path):
    page = movie(frames, 'a "robot"', fps=10).data
    data = base64.b64decode(re.search(r'src="data:image/webp;base64,([^"]+)"', page)[1])
    assert 'alt="a &quot;robot&quot;"' in page and len(data) < 250_000
    place = tmp_path / "movie.webp"
    place.write_bytes(data)
    with Image.open(place) as image:
        assert image.info["loop"] == 0 and image.n_frames > 5


def test_a_movie_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one frame"):
        movie([], "nothing", fps=1)


def test_the_picture_forms_frame_by_frame(frames):
    last = frames[-1].astype(float)
    moving = frames[8:18]  # between the frames that stay
    gaps = [np.abs(frame - last)[:, :200].mean() for frame in moving]
    assert gaps == sorted(gaps, reverse=True) and gaps[-1] == 0 and gaps[0] > 20
