"""The videos of a run: of every method the first episode of its first seed."""

from collections.abc import Iterator
from pathlib import Path

from eitherway.compare.storage import DRAWS
from eitherway.files import PARTIAL
from eitherway.report.rows import Run
from eitherway.report.video_frames import VIDEOS, encode


def write_videos(folder: Path) -> Iterator[Path]:
    """Writes RUN/videos/METHOD.mp4 where it is missing or older than its record, and yields each; needs PyAV."""
    run = Run.read(folder)
    for row in run.rows:
        place = folder / VIDEOS / f"{row.name}.mp4"
        pictures = run.view.film(row)
        if pictures is None or fresh(place, row.place / DRAWS):
            continue
        place.parent.mkdir(exist_ok=True)
        draft = place.with_name(f"{PARTIAL}{place.name}")
        try:
            encode(draft, pictures)
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)
        yield place


def fresh(place: Path, source: Path) -> bool:
    """Whether a file is there, and not older than what it is made of."""
    return place.is_file() and place.stat().st_mtime >= source.stat().st_mtime
