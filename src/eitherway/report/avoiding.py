"""The report's view of avoiding: all tracks over the field, their modes beside the expert's, and their lengths.

The field lies on its side: the robot goes from the left of the picture to the right, and its own left is up.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import matplotlib
import numpy as np
from jaxtyping import Bool, Float
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from eitherway.evaluation.rollouts import Rollouts
from eitherway.registry import register
from eitherway.report.episodes import FAINT, EpisodesView, faint
from eitherway.report.figures import SIZE
from eitherway.report.filmstrip import draw_marks
from eitherway.report.quality import Quality
from eitherway.report.scene import Mark, Scene, circle
from eitherway.report.style import DATA, INK, MUTED, OBSTACLE, PREDICTION, STYLE, single
from eitherway.tasks import Avoiding
from eitherway.tasks.avoiding.field import FINISH, HALF_WIDTH, OBSTACLES, RADIUS

TOP = 0.3  # of the axis of shares: three times the expert's commonest mode
BARS = np.arange(0, 201, 4)  # steps
BEYOND = FINISH + 0.12  # the picture's end, above the finish line
MODE_DISTANCE = Quality("mode_distance", "mode distance to the expert: lower is better, further left is faster")


def ground() -> tuple[Mark, ...]:
    """Returns the marks of walls, discs and the finish line."""
    wall = np.array([(-HALF_WIDTH, BEYOND), (-HALF_WIDTH, 0.0), (HALF_WIDTH, 0.0), (HALF_WIDTH, BEYOND)])
    finish = np.array([(-HALF_WIDTH, FINISH), (HALF_WIDTH, FINISH)])
    discs = [circle(middle, RADIUS) for middle in OBSTACLES]
    return (
        *(Mark(points=disc, colour=OBSTACLE, alpha=0.3) for disc in discs),
        *(Mark(points=disc, colour=OBSTACLE, width=1.0, closed=True) for disc in discs),
        Mark(points=wall, colour=OBSTACLE, width=1.6),
        Mark(points=finish, colour=MUTED, width=1.0),
    )


@register
class AvoidingView(EpisodesView):
    """The view of the avoiding task: tracks, modes and lengths."""

    shows = Avoiding
    words, quality = "avoiding.html", MODE_DISTANCE
    see = "Do the tracks go through all the gaps that the expert uses, as often as it does, and touch nothing?"
    references = {  # noqa: RUF012
        "nearest-neighbour": (
            "does what was done in the most similar demonstrated moment",
            "Nothing is learnt: it goes the way of whichever demonstration began nearest.",
        ),
    }
    scene = Scene(
        window=(-0.06, -HALF_WIDTH - 0.04, BEYOND, HALF_WIDTH + 0.04),
        across=(1, 0),
        ground=ground(),
        radius=0.022,
        state=lambda r: r.info["position"],
        units=(0.001, 0.001),
    )

    task: Avoiding

    def __init__(self, task: Avoiding) -> None:
        self.task = task

    @property
    def demonstrations(self) -> int:
        """The number of demonstrations to train on."""
        return self.task.demonstrations

    @cached_property
    def expert(self) -> list[Float[np.ndarray, "_ 2"]]:
        """The demonstrations' tracks."""
        return [episode.observation["state"][:, :2] for episode in self.task.demos("train")]

    def panels(self, seen: Rollouts | None) -> Mapping[str, Figure]:
        """All tracks, the modes of those that succeeded, and their lengths."""
        with matplotlib.rc_context(STYLE):
            return {"tracks": self.tracks(seen), "modes": self.modes(seen), "lengths": self.lengths(seen)}

    def tracks(self, seen: Rollouts | None) -> Figure:
        """Draws successful tracks in colour; the others grey and dashed, with a cross where they end."""
        figure, axes = single(SIZE[0], SIZE[1])
        axes.set_position((0.02, 0.02, 0.96, 0.86))
        draw_marks(axes, self.scene, list(self.scene.ground))
        if seen is None:
            self.add(axes, self.expert, colors=DATA)
            axes.set_title(f"{len(self.expert)} demonstrations")
            return figure
        all_of_them = [track[: n + 1] for track, n in zip(seen.info["position"], seen.steps, strict=True)]
        self.add(axes, chosen(all_of_them, ~seen.success), **FAINT)
        self.add(axes, chosen(all_of_them, seen.success), colors=PREDICTION)
        ends = self.scene.on_page(np.array([track[-1] for track in chosen(all_of_them, ~seen.success)]).reshape(-1, 2))
        axes.plot(ends[:, 0], ends[:, 1], "x", color=INK, ms=3.5, mew=0.8)
        axes.set_title(f"{len(all_of_them)} episodes, {int(seen.success.sum())} reach the finish line", fontsize=9)
        return figure

    def add(self, axes: Axes, tracks: list[Float[np.ndarray, "_ 2"]], **look: Any) -> None:  # noqa: ANN401
        """Adds tracks as thin, see-through lines."""
        lines = [self.scene.on_page(track) for track in tracks]
        axes.add_collection(LineCollection(lines, linewidths=0.7, alpha=faint(len(lines)), rasterized=True, **look))

    def modes(self, seen: Rollouts | None) -> Figure:
        """Draws the shares of the modes: the expert's as wide bars, those of successful episodes as narrow ones."""
        figure, axes = single(*SIZE, bottom=0.46)
        names, places = (
            [name.replace("-", "") for name in self.task.mode_names],
            np.arange(len(self.task.mode_frequencies)),
        )
        axes.bar(places, self.task.mode_frequencies, width=0.9, color=DATA, alpha=0.4, lw=0)
        title = "shares of the modes, exact"
        if seen is not None:
            gone = self.task.mode_of(seen.info)[seen.success]
            share = np.bincount(gone[gone >= 0], minlength=len(places)) / max(len(gone), 1)
            axes.bar(places, share, width=0.4, color=PREDICTION, lw=0)
            title = f"shares of the modes of {len(gone)} successes"
            peak = int(share.argmax())
            if share[peak] > TOP:
                said = f"↑ {share[peak]:.2f} at {names[peak]}"
                axes.text(0.99, 0.98, said, transform=axes.transAxes, ha="right", va="top", fontsize=8)
        axes.set(xlim=(-0.7, len(places) - 0.3), ylim=(0, TOP), title=title, xlabel="gaps of rows 1, 2, 3")
        axes.set_xticks(places, names, rotation=90, fontsize=6.5)
        axes.tick_params(axis="x", length=0, pad=1)
        return figure

    def lengths(self, seen: Rollouts | None) -> Figure:
        """Draws how many steps demonstrations and successful episodes take."""
        figure, axes = single(*SIZE)
        data = np.array([len(track) for track in self.expert])
        axes.stairs(spread(data), BARS, fill=True, color=DATA, alpha=0.4)
        if seen is not None:
            axes.stairs(spread(seen.steps[seen.success]), BARS, color=PREDICTION, lw=1.2)
        axes.set(xlim=(0, 1.03 * BARS[-1]), ylim=(0, 1), xlabel="steps", title="steps to the finish line, shares")
        return figure

    def facts(self) -> Mapping[str, Any]:
        """Returns how many modes there are, and how long an episode may last."""
        return {"modes": len(self.task.mode_frequencies), "max_episode_steps": self.task.max_episode_steps}

    def pictures(self) -> Mapping[str, tuple[str, Figure]]:
        """Returns no figures beyond the panels."""
        return {}


def chosen(tracks: list[Float[np.ndarray, "_ 2"]], which: Bool[np.ndarray, " B"]) -> list[Float[np.ndarray, "_ 2"]]:
    """Returns the tracks that a mask selects."""
    return [track for track, requested in zip(tracks, which, strict=True) if requested]


def spread(steps: np.ndarray) -> Float[np.ndarray, " C"]:
    """Returns the share of lengths in each bar."""
    return np.histogram(steps, BARS)[0] / max(len(steps), 1)
