"""Figures of noising and denoising: the same for a picture of many numbers as for an action of one.

    x_t = (1 - t) a + t ε,   ε ~ N(0, 1),   from a at t = 0 to ε at t = 1                     (1)

Colours, which lie in [0, 1], stand for numbers in [-1, 1]; where (1) leaves that range the picture is clipped.
"""

import matplotlib
import numpy as np
import torch
from jaxtyping import Float, UInt8
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from eitherway.notebook.display import WIDTH
from eitherway.notebook.field import landings, noisy_density
from eitherway.notebook.robot import portrait
from eitherway.report.density import density
from eitherway.report.figures import GRID, Numbers, draw_obstacle
from eitherway.report.style import DATA, INK, MUTED, STYLE, stroke

FRACTIONS = (0.0, 0.1, 0.3, 0.55, 0.8)  # of noise
SIZE = 64  # pixels of the robot on each side: noise is what costs bytes
LEAST = 0.03  # at t = 0 itself the density of finitely many landings is a comb
HOLD = 8  # frames that stay at each end
SHOWN = (480, 240)  # pixels of a frame

Picture = Float[np.ndarray, "h w 3"]


def noise(size: int) -> Picture:
    """Draws standard normal noise, always the same."""
    return np.random.default_rng(0).standard_normal((size, size, 3))


def mixed(t: float, robot: Picture) -> Picture:
    """Returns the robot at time t, eq. (1), as colours in [0, 1]."""
    x = (1 - t) * (2 * robot - 1) + t * noise(len(robot))
    return np.clip((x + 1) / 2, 0, 1)


def dissolving() -> Figure:
    """Draws the robot with more and more noise, read as training; below it the way back, read as inference."""
    robot = portrait(SIZE)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 4.75))
        rows = (
            (FRACTIONS, 0.535, "training: noise is added, the network learns to tell it from the picture", INK),
            (FRACTIONS[::-1], 0.02, "inference: the network takes it away again, step by step", INK),
        )
        for fractions, bottom, said, colour in rows:
            for i, t in enumerate(fractions):
                axes = figure.add_axes((0.005 + 0.2 * i, bottom, 0.19, 0.37))
                draw_picture(axes, mixed(t, robot))
                axes.set_title(f"t = {t:g}", fontsize=9, loc="center", pad=3)
            draw_arrow(figure, bottom + 0.425, said, colour)
    return figure


def draw_picture(axes: Axes, picture: Picture) -> None:
    """Draws pixels as they are."""
    axes.imshow(picture, interpolation="nearest")
    axes.set(xticks=(), yticks=())
    for spine in axes.spines.values():
        spine.set(visible=True, color=MUTED, lw=0.5)


def draw_arrow(figure: Figure, height: float, said: str, colour: str) -> None:
    """Draws what a row is read as, and in which direction."""
    label = figure.text(0.005, height + 0.015, said, va="center", fontsize=10, color=colour, weight="bold")
    end = label.get_window_extent(FigureCanvasAgg(figure).get_renderer()).x1 / figure.bbox.width
    figure.add_artist(
        FancyArrowPatch(
            (end + 0.015, height + 0.015),
            (0.995, height + 0.015),
            arrowstyle="-|>",
            mutation_scale=14,
            color=colour,
            lw=1.4,
            transform=figure.transFigure,
            shrinkA=0,
            shrinkB=0,
        )
    )


def beside(x: Numbers) -> Figure:
    """Draws noise beside robot, below them what they stand for: the density of noise beside that of the landings x."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 4.3), layout="constrained")
        grid = figure.subplots(2, 2, height_ratios=(1.5, 1))
        draw_picture(grid[0, 0], mixed(1.0, portrait(SIZE)))
        draw_picture(grid[0, 1], portrait(SIZE))
        grid[0, 0].set_title("noise: easy to draw", loc="center")
        grid[0, 1].set_title("what is wanted: hard to draw", loc="center")
        height = np.exp(-(GRID.middles**2) / 2) / np.sqrt(2 * np.pi)
        for axes, p, said, colour in (
            (grid[1, 0], height, "ε: standard normal", MUTED),
            (grid[1, 1], density(np.asarray(x), GRID), "x: the expert's landings", DATA),
        ):
            axes.fill_between(GRID.middles, p, color=colour, alpha=0.4, lw=0)
            axes.set(xlim=(GRID.low, GRID.high), ylim=(0, 1.15 * p.max()), xlabel=said, ylabel="density")
        draw_obstacle(grid[1, 1])
    return figure


def forming(s: float = 0.2, frames: int = 40) -> list[UInt8[np.ndarray, "h w 3"]]:
    """Frames of the picture forming, time from 1 to 0; beside it the density of x_t for landings from start s."""
    if frames < 2:
        raise ValueError(f"forming needs at least 2 frames, got {frames}")
    actions, x, robot = landings(s), torch.linspace(-3.2, 3.2, 321, dtype=torch.float64), portrait(SIZE)
    times = [float(t) for t in 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, frames))]  # slow at both ends
    seen = [frame(t, mixed(t, robot), x.numpy(), noisy_density(x, max(t, LEAST), actions).numpy()) for t in times]
    return [seen[0]] * HOLD + seen + [seen[-1]] * 2 * HOLD


def frame(
    t: float, picture: Picture, x: Float[np.ndarray, " X"], p: Float[np.ndarray, " X"]
) -> UInt8[np.ndarray, "rows columns 3"]:
    """Draws one frame: picture, density, and a bar of time."""
    width, height = SHOWN
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(width / 100, height / 100), dpi=100)
        draw_picture(figure.add_axes((0.015, 0.17, 0.40, 0.80)), picture)
        right = figure.add_axes((0.47, 0.30, 0.50, 0.58))
        right.fill_between(x, p, color=stroke("flow").colour, alpha=0.75, lw=0)
        draw_obstacle(right)
        right.set(xlim=(x[0], x[-1]), ylim=(0, 2.6), xticks=(-3, -1, 1, 3), yticks=())
        right.set_title("density of $x_t$" if 0 < t < 1 else ("noise ε" if t else "landings x"), fontsize=9)
        bar = figure.add_axes((0.015, 0.06, 0.955, 0.035))
        bar.barh(0, 1 - t, color=INK, height=1)
        bar.set(xlim=(0, 1), ylim=(-0.5, 0.5), xticks=(), yticks=())
        figure.text(0.97, 0.115, f"t = {t:.2f}", ha="right", fontsize=9)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        return np.array(canvas.buffer_rgba())[..., :3]
