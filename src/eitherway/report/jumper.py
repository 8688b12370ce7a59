"""The report's view of the jumper: four panels a method, why the mean is wrong, trajectories from noise."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from eitherway.registry import register
from eitherway.report.figures import Landings, panels
from eitherway.report.quality import W1
from eitherway.report.sampling_path import SamplingPath, histogram, lines, tally
from eitherway.report.single_step import Drawn, SingleStepView
from eitherway.report.slice import SLICE, slice_of, slice_picture
from eitherway.tasks import Jumper
from eitherway.tasks.jumper.distribution import safe

PANELS = ("landings over starts", "density of all landings", "density given s < 0", "density given s > 0")

# Options of the task that disturb its demonstrations, and what they are.
NOISE: Mapping[str, str] = {
    "state_noise": "standard deviation of the error in the recorded start",
    "action_noise": "standard deviation of the error in the recorded landing",
    "wrong": "share of the landings that are anywhere in the obstacle instead",
}


@register
class JumperView(SingleStepView):
    """The view of the jumper task: landings over starts, and their densities."""

    shows = Jumper
    words, quality = "jumper.html", W1
    references = {  # noqa: RUF012
        "truth": (
            "draws from the exact distribution",
            "What perfect looks like: fresh draws from the exact distribution.",
        ),
        "nearest-neighbour": (
            "copies the demonstration with the nearest start",
            "Nothing is learnt: it is as good as the demonstrations are many and clean.",
        ),
        "constant-0": (
            "always lands at 0",
            "Always in the obstacle: the worst there is, and the mean of the distribution.",
        ),
        "constant-1.2": (
            "always lands at 1.2",
            "Always safe, and it knows one mode only: success is not all.",
        ),
        "exact-mean": (
            "the distribution's conditional mean",
            "What a perfectly trained squared error would do: in the obstacle wherever both modes are likely.",
        ),
        "exact-median": (
            "the distribution's conditional median",
            "What a perfectly trained absolute error would do: always safe, never both modes at one state.",
        ),
    }

    def __init__(self, task: Jumper) -> None:
        self.task = task

    @cached_property
    def data(self) -> Landings:
        """The demonstrations to train on."""
        return Landings.of(*self.task.pairs("train"))

    @property
    def demonstrations(self) -> int:
        """The number of demonstrations to train on."""
        return len(self.data.x)

    def panels(self, seen: Drawn | None) -> Mapping[str, Figure]:
        """Draws landings over starts, and their density: of all, and of those that start left and right."""
        return dict(zip(PANELS, panels(self.data, None if seen is None else landings(seen)), strict=True))

    def facts(self) -> Mapping[str, Any]:
        """Returns the noise of the demonstrations, and the landings from nearly the same start."""
        noise = [(name, getattr(self.task, name), what) for name, what in NOISE.items() if getattr(self.task, name)]
        return {"noise": noise, "slice": describe_slice(self.data)}

    def pictures(self) -> Mapping[str, tuple[str, Figure]]:
        """Draws the landings from nearly the same start, where there are any."""
        if not len(slice_of(self.data).x):
            return {}
        return {"slice": ("landings from nearly the same start", slice_picture(self.data))}

    def stops(self, trajectory: SamplingPath) -> Mapping[str, Figure]:
        """Draws histograms of the draws at some of the stops."""
        return {f"draws at step {stop}": histogram(trajectory, stop, self.data.x) for stop in trajectory.stops()}

    def lines(self, trajectory: SamplingPath) -> tuple[Figure, Mapping[str, int]]:
        """Draws the trajectories of single draws, and counts how many end left, right and in the obstacle."""
        return lines(trajectory), tally(trajectory)


def landings(drawn: Drawn) -> Landings:
    """Returns the landings: of each state the newest observation, of each chunk the first action."""
    return Landings.of(drawn.s[:, -1], drawn.x[:, 0])


def describe_slice(data: Landings) -> dict[str, Any] | None:
    """The numbers of the landings from nearly the same start that the page states; None where there are none."""
    x = slice_of(data).x
    if len(x) == 0:
        return None
    middles = {"mean": float(x.mean()), "median": float(np.median(x))}
    verdicts = {f"{name}_safe": bool(safe(np.array([value]))[0]) for name, value in middles.items()}
    return {"bounds": SLICE, "n": len(x), "safe": int(safe(x).sum()), **middles, **verdicts}
