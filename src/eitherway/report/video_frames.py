"""A recorded rollout as a video: frames drawn from the recording, not by the simulator, and an mp4 of them.

Frames are RGB of an even size, at twice the size drawn and then made smaller, so that lines are smooth.
"""

import importlib.util
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

import matplotlib
from PIL import Image, ImageDraw, ImageFont

from eitherway.evaluation.rollouts import Rollouts
from eitherway.report.filmstrip import said
from eitherway.report.scene import NORMAL, Mark, Scene
from eitherway.report.style import INK

VIDEOS = "videos"
WIDTH = 480  # pixels of a frame
CAPTION = 36  # pixels above the scene
FINE = 2  # drawn so many times larger
RATE = 10  # control steps a second, as Push-T's
FAR = 1e4  # beyond every window, and within what can be drawn
PAPER = "#ffffff"
CODEC: Final = "libx264"
QUALITY = {"crf": "23", "preset": "veryfast", "movflags": "+faststart"}


def can_film() -> bool:
    """Whether videos can be written: PyAV is there, and can write H.264."""
    if importlib.util.find_spec("av") is None:
        return False
    import av

    return CODEC in av.codecs_available


def frames(scene: Scene, r: Rollouts, label: str, episode: int = 0) -> Iterator[Image.Image]:
    """Yields one frame for each state of an episode, the start's the first."""
    height = even(WIDTH * scene.shape) + CAPTION
    font = ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf", 15 * FINE)
    for step in range(int(r.steps[episode]) + 1):
        frame = Image.new("RGB", (FINE * WIDTH, FINE * height), PAPER)
        pen = ImageDraw.Draw(frame, "RGBA")
        for mark in scene.moment(r, episode, step):
            draw_mark(pen, scene, mark)
        pen.rectangle((0, 0, FINE * WIDTH, FINE * CAPTION), fill=PAPER)
        end = "" if step < r.steps[episode] else ", success" if r.success[episode] else ", no success"
        text = f"{label}   {said(scene, r, episode, step)}{end}"
        pen.text((FINE * 10, FINE * CAPTION / 2), text, fill=INK, font=font, anchor="lm")
        yield frame.resize((WIDTH, height), Image.Resampling.BOX)


def draw_mark(pen: ImageDraw.ImageDraw, scene: Scene, mark: Mark) -> None:
    """Draws one mark, in pixels of the large frame."""
    points = scene.on_page(mark.points.clip(-FAR, FAR)).astype(float) * FINE * WIDTH + (0, FINE * CAPTION)
    colour = (*(int(mark.colour[i : i + 2], 16) for i in (1, 3, 5)), round(255 * mark.alpha))
    flat = [(float(x), float(y)) for x, y in points]
    if mark.width:
        width = max(1, round(mark.width * FINE * WIDTH / NORMAL))
        pen.line([*flat, *(flat[:1] if mark.closed else [])], fill=colour, width=width, joint="curve")
    else:
        pen.polygon(flat, fill=colour)


def encode(place: Path, pictures: Iterator[Image.Image]) -> None:
    """Writes an mp4 that plays wherever H.264 does, and starts before it has come whole."""
    import av

    with av.open(str(place), "w", format="mp4", options={"movflags": QUALITY["movflags"]}) as container:
        stream = container.add_stream(CODEC, rate=Fraction(RATE), options=QUALITY)
        stream.pix_fmt = "yuv420p"
        for i, picture in enumerate(pictures):
            if i == 0:
                stream.width, stream.height = picture.size
            container.mux(stream.encode(av.VideoFrame.from_image(picture)))
        container.mux(stream.encode())


def even(pixels: float) -> int:
    """Rounds to the nearest even number: H.264 halves the size for colours."""
    return 2 * round(pixels / 2)
