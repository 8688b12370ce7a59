"""The report's view of Push-T: where the T ended, how much it covered on the way, and at best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import matplotlib
import numpy as np
from jaxtyping import Bool, Float
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from eitherway.evaluation.rollouts import Rollouts
from eitherway.metrics.coverage import ENOUGH
from eitherway.registry import register
from eitherway.report.episodes import FAINT, EpisodesView, faint
from eitherway.report.figures import SIZE
from eitherway.report.filmstrip import draw_marks
from eitherway.report.quality import Quality
from eitherway.report.scene import Mark, Scene, moved
from eitherway.report.style import DATA, INK, LEFT, MUTED, PREDICTION, STYLE, single
from eitherway.tasks import PushT
from eitherway.tasks.pusht.cover import POINTS, covered
from eitherway.tasks.pusht.geometry import CORNERS, GOAL, SIDE

OUTLINE = CORNERS[[3, 2, 1, 7, 6, 5, 4, 0]]  # the eight corners in the order in which they lie around the T
AGENT = 15.0  # its radius, pixels
BARS = np.linspace(0, 1, 21)
MAX_REWARD = Quality("max_reward", "mean maximum reward: higher is better, further left is faster", log=False)


def ground() -> tuple[Mark, ...]:
    """Returns the marks of the goal."""
    goal = moved(OUTLINE, np.array(GOAL))
    return Mark(points=goal, colour=LEFT, alpha=0.3), Mark(points=goal, colour=LEFT, width=1.0, closed=True)


def info(r: Rollouts) -> Float[np.ndarray, "B T1 6"]:
    """Returns agent, body and coverage at each step."""
    return np.concatenate([r.info["state"], r.info["coverage"]], axis=-1)


@dataclass(frozen=True)
class Pushes:
    """Episodes as the panels show them."""

    state: Sequence[Float[np.ndarray, "_ 5"]]
    coverage: Sequence[Float[np.ndarray, " _"]]  # NaN at a start
    success: Bool[np.ndarray, " B"]

    @property
    def best(self) -> Float[np.ndarray, " B"]:
        """The largest coverage of each."""
        return np.array([np.nanmax(course) for course in self.coverage])

    def median(self, steps: int) -> Float[np.ndarray, " T"]:
        """The median at each step; an episode that has ended keeps its last value."""
        courses = [np.pad(course[:steps], (0, max(0, steps - len(course))), mode="edge") for course in self.coverage]
        return np.nanmedian(np.stack(courses)[:, 1:], axis=0)


@register
class PushTView(EpisodesView):
    """The view of the Push-T task: final poses, coverage on the way, and the largest coverage."""

    shows = PushT
    words, quality = "pusht.html", MAX_REWARD
    see = "Does the T come to lie on its outline, and if not, where do the episodes stop getting better?"
    references = {  # noqa: RUF012
        "nearest-neighbour": (
            "does what was done in the most similar demonstrated moment",
            "Nothing is learnt: where no demonstration has been, it does not know how to go on.",
        ),
    }
    scene = Scene(
        window=(0.0, 0.0, SIDE, SIDE),
        ground=ground(),
        body=OUTLINE,
        radius=AGENT,
        state=info,
        units=(0.1, 0.1, 0.1, 0.1, 0.001, 0.001),
        gauge="coverage",
    )

    task: PushT

    def __init__(self, task: PushT) -> None:
        self.task = task

    @property
    def demonstrations(self) -> int:
        """The number of demonstrations to train on."""
        return self.task.demonstrations

    @cached_property
    def human(self) -> Pushes | None:
        """The demonstrations, all as good as they are; None where they are not at hand: a page can do without them."""
        try:
            state = [state.astype(np.float64) for state, *_ in self.task.recorded]
        except ValueError:
            return None
        coverage = [covered(s) for s in state]
        return Pushes(state, coverage, np.ones(len(state), bool))

    def panels(self, seen: Rollouts | None) -> Mapping[str, Figure]:
        """Draws where the T ended, coverage over time, and the largest coverage."""
        pushes = self.human if seen is None else pushed(seen)
        if pushes is None:
            return {}
        colour = DATA if seen is None else PREDICTION
        with matplotlib.rc_context(STYLE):
            return {
                "where the T ended": self.ends(pushes, colour, seen is not None),
                "coverage over time": self.courses(pushes, colour),
                "largest coverage": self.best(pushes, colour, seen is not None),
            }

    def ends(self, pushes: Pushes, colour: str, over: bool) -> Figure:
        """Draws outlines of the final poses over the goal; those of failures are grey and dashed."""
        figure, axes = single(*SIZE)
        width = 0.86 * SIZE[1] / SIZE[0]
        axes.set_position(((1 - width) / 2, 0.02, width, 0.86))
        draw_marks(axes, self.scene, list(self.scene.ground))
        outlines = np.stack([moved(OUTLINE, state[-1, 2:]) for state in pushes.state])
        closed = self.scene.on_page(np.concatenate([outlines, outlines[:, :1]], axis=1))
        axes.add_collection(LineCollection(list(closed[~pushes.success]), linewidths=0.8, alpha=0.8, **FAINT))
        axes.add_collection(LineCollection(list(closed[pushes.success]), colors=colour, linewidths=0.7, alpha=0.6))
        count = f"{int(pushes.success.sum())} of {len(closed)} succeed" if over else f"{len(closed)} demonstrations"
        axes.set_title(f"where the T ended: {count}", fontsize=9)
        return figure

    def courses(self, pushes: Pushes, colour: str) -> Figure:
        """Draws coverage at each step: thin lines, and their median."""
        figure, axes = single(*SIZE)
        max_episode_steps = self.task.max_episode_steps
        lines = [np.stack([np.arange(len(c)), c], axis=-1)[1:] for c in pushes.coverage]
        alpha = faint(len(lines))
        axes.add_collection(LineCollection(lines, colors=colour, linewidths=0.6, alpha=alpha, rasterized=True))
        median = pushes.median(max_episode_steps + 1)
        axes.plot(np.arange(1, 1 + len(median)), median, color=INK, lw=1.8)
        axes.axhline(ENOUGH, color=MUTED, lw=0.8, ls=(0, (4, 2)))
        axes.set(
            xlim=(0, 1.03 * max_episode_steps), ylim=(0, 1), xlabel="step", title="coverage over time, median bold"
        )
        return figure

    def best(self, pushes: Pushes, colour: str, over: bool) -> Figure:
        """Draws the largest coverage, in shares of the episodes; over the demonstrations' where these are known."""
        figure, axes = single(*SIZE)
        if self.human is not None:
            axes.stairs(shares(self.human.best), BARS, fill=True, color=DATA, alpha=0.4)
        if over:
            axes.stairs(shares(pushes.best), BARS, color=colour, lw=1.4)
        axes.axvline(ENOUGH, color=MUTED, lw=0.8, ls=(0, (4, 2)))
        axes.text(ENOUGH - 0.01, 0.98, f"{ENOUGH:g}", ha="right", va="top", fontsize=8)
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="largest coverage", title="largest coverage, shares")
        return figure

    def facts(self) -> Mapping[str, Any]:
        """Returns the task, for its numbers; how many demonstrations cover the goal, where they are at hand."""
        whole = None if self.human is None else int((self.human.best > ENOUGH).sum())
        return {"task": self.task, "max_episode_steps": self.task.max_episode_steps, "whole": whole, "points": POINTS}

    def pictures(self) -> Mapping[str, tuple[str, Figure]]:
        """Returns no figures beyond the panels."""
        return {}


def pushed(r: Rollouts) -> Pushes:
    """Returns recorded episodes, cut where they ended."""
    ends = [n + 1 for n in r.steps]
    state = [info[:n] for info, n in zip(r.info["state"], ends, strict=True)]
    return Pushes(state, [info[:n, 0] for info, n in zip(r.info["coverage"], ends, strict=True)], r.success)


def shares(best: Float[np.ndarray, " B"]) -> Float[np.ndarray, " C"]:
    """Returns the share of the episodes in each bar."""
    return np.histogram(best, BARS)[0] / len(best)
