"""The report's views of episodic tasks: whole episodes step by step, and the chunks drawn at each decision."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import numpy as np
from markupsafe import Markup
from PIL import Image

from eitherway.compare.storage import DRAWS
from eitherway.evaluation.rollouts import INFO, MAYBE, OWN, Rollouts
from eitherway.report.figure_files import FigureFiles
from eitherway.report.filmstrip import strip
from eitherway.report.replay import replay
from eitherway.report.row import Row
from eitherway.report.sampling_path import GREY
from eitherway.report.scene import Scene
from eitherway.report.validation import damaged, read_named
from eitherway.report.video_frames import VIDEOS, frames
from eitherway.report.view import View
from eitherway.tasks.base import EpisodicTask

BUNDLE = Path(__file__).parent / "static" / "replay.js"  # built in web/
FAINT: Mapping[str, Any] = {"colors": GREY, "linestyles": [(0, (3.0, 1.6))]}  # how failures are drawn


class RolloutsView(View[Rollouts]):
    """The view of an episodic task, whatever its episodes look like."""

    kind = "episodes.html"
    task: EpisodicTask

    def read(self, place: Path, hyper_parameters: Mapping[str, Any] | None) -> Rollouts:
        """Reads a record's episodes."""
        return read_rollouts(place, self.task)

    def trials(self, seen: Rollouts) -> int:
        """The number of episodes."""
        return len(seen.steps)


class EpisodesView(RolloutsView):
    """The view of an episodic task whose episodes can be drawn: as strips, as a replay and as videos."""

    scene: ClassVar[Scene]  # how to draw an episode

    def more(self, row: Row, files: FigureFiles) -> Mapping[str, Any]:
        """Returns the first episode as a filmstrip, where its video is, if there is one, and how often it decides."""
        place = row.place.parents[1] / VIDEOS / f"{row.name}.mp4"
        made = strip(self.scene, row.seen)
        label = f"{row.label}: moments of the first episode, with the chunks drawn at the latest decision"
        video = f"{VIDEOS}/{quote(place.name)}" if place.is_file() else None
        return {"strip": files.keep(f"{row.name}-strip", made, label), "video": video, "every": every(row.seen)}

    def together(self, rows: Sequence[Row]) -> Mapping[str, Any]:
        """Returns the replay of all methods on one timeline."""
        data = replay(self.scene, rows) if rows else None
        return {"replay": data, "bundle": Markup(BUNDLE.read_text(encoding="utf-8"))}

    def film(self, row: Row) -> Iterator[Image.Image]:
        """Yields the frames of the first episode."""
        return frames(self.scene, row.seen, row.label)


def every(r: Rollouts) -> int | None:
    """The number of steps from one decision to the next; None where there is but one."""
    return int(r.decision_steps[1]) if len(r.decision_steps) > 1 else None


def read_rollouts(place: Path, task: EpisodicTask) -> Rollouts:
    """Reads a record's episodes; a ValueError where they are no episodes of the task."""
    info = [INFO + name for name in task.info_sizes]
    held = read_named(place / DRAWS, [*OWN, *info], MAYBE)
    if not whole(held, task):
        shapes = ", ".join(f"{name} {array.shape}" for name, array in held.items())
        raise damaged(place, f"{DRAWS} has no episodes of the task: {shapes}")
    r = Rollouts.from_arrays(held)
    assert r is not None  # `decision_steps` is among what has been read
    return r


def whole(held: Mapping[str, np.ndarray], task: EpisodicTask) -> bool:
    """Whether all arrays speak of the same episodes, steps and decisions."""
    action, sample_fan, decision_steps = held["action"], held["sample_fan"], held["decision_steps"]
    if action.ndim != 3 or sample_fan.ndim != 5 or not min(*action.shape, *sample_fan.shape, decision_steps.size):
        return False
    (episodes, steps, size), lasted = action.shape, held["steps"]
    shapes = {
        "success": (episodes,),
        "steps": (episodes,),
        "requested": action.shape,
        "decision_steps": sample_fan.shape[1:2],
        "boundary_gap": (episodes, sample_fan.shape[1]),
        "committed_mode": (episodes, sample_fan.shape[1], 2),
        **{INFO + name: (episodes, steps + 1, n) for name, n in task.info_sizes.items()},
    }
    fitting = all(array.shape == shapes[name] for name, array in held.items() if name in shapes)
    within = bool((lasted > 0).all() and (lasted <= steps).all() and decision_steps.flat[0] == 0)
    return fitting and within and len(sample_fan) <= episodes and sample_fan.shape[4] == size


def faint(lines: int) -> float:
    """The opacity of each of so many lines: few stand out, and many leave their density visible."""
    return min(0.8, max(0.25, 20 / max(lines, 1)))
