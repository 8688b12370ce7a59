"""Filmstrips: an episode as a row of moments, what a page shows of a rollout where nothing can move."""

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from eitherway.evaluation.rollouts import Rollouts
from eitherway.report.scene import NORMAL, Mark, Scene
from eitherway.report.style import MUTED, STYLE

MOMENTS = 5
WIDTH = 1.9  # inches of one moment
ROOM, EDGE = 0.26, 0.02  # inches above and below it together, for the step, and below it
POINTS = 72 * WIDTH / NORMAL  # of a line that is 1 wide


def strip(scene: Scene, r: Rollouts, episode: int = 0) -> Figure:
    """Draws moments of an episode, evenly spread from its start to its end."""
    steps = np.unique(np.linspace(0, int(r.steps[episode]), MOMENTS).round().astype(int))
    height = WIDTH * scene.shape
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(MOMENTS * WIDTH, height + ROOM))
        for i, step in enumerate(steps):
            box = ((i + 0.01) / MOMENTS, EDGE / (height + ROOM), 0.98 / MOMENTS, height / (height + ROOM))
            axes = figure.add_axes(box)
            draw_marks(axes, scene, scene.moment(r, episode, int(step)))
            axes.set_title(said(scene, r, episode, int(step)), fontsize=9)
    return figure


def said(scene: Scene, r: Rollouts, episode: int, step: int) -> str:
    """Formats a moment's title: the step, and what the scene's gauge shows there."""
    value = scene.state(r)[episode, step, -1]
    return f"step {step}" + (f", {scene.gauge} {value:.2f}" if scene.gauge and np.isfinite(value) else "")


def draw_marks(axes: Axes, scene: Scene, marks: list[Mark]) -> None:
    """Draws marks on axes that hold the scene's window and nothing else; lines of one kind are one collection."""
    alike: dict[tuple[str, float, float], list[np.ndarray]] = {}
    for mark in marks:
        points = scene.on_page(mark.points)
        if not mark.width:
            axes.fill(points[:, 0], points[:, 1], color=mark.colour, alpha=mark.alpha, lw=0)
            continue
        points = np.concatenate([points, points[:1]]) if mark.closed else points
        alike.setdefault((mark.colour, mark.width, mark.alpha), []).append(points)
    for (colour, width, alpha), lines in alike.items():
        axes.add_collection(LineCollection(lines, colors=colour, linewidths=width * POINTS, alpha=alpha))
    axes.set(xlim=(0, 1), ylim=(scene.shape, 0), xticks=(), yticks=())
    for spine in axes.spines.values():
        spine.set(visible=True, color=MUTED)
