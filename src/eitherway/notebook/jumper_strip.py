"""The jumper environment in stills, for pages that run nothing: what may happen to a robot below an obstacle."""

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from eitherway.notebook.display import WIDTH
from eitherway.report.style import DATA, INK, LEFT, MUTED, OBSTACLE, STYLE
from eitherway.tasks.jumper.distribution import EDGE
from eitherway.tasks.jumper.env import picture

START = 0.4  # where the robot of every still stands
ANSWERS = (-1.2, 1.3)  # a landing to the left, and one to the right
LEVEL = 2.5  # height of the landing's lower side, in units of the robot's width


def still_strip() -> Figure:
    """Draws five stills: robot, obstacle, a jump to the right, one straight up, and the average of left and right."""
    left, right = ANSWERS
    stills = (
        ("the robot at s", None, False),
        ("the obstacle at 0", None, True),
        ("right of it", right, True),
        ("straight up", START, True),
        ("mean of left and right", (left + right) / 2, True),
    )
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 2.05), layout="constrained")
        for axes, (title, x, obstacle) in zip(figure.subplots(1, len(stills)), stills, strict=True):
            draw(axes, title, x, obstacle=obstacle)
        for x in ANSWERS:
            ghost = Rectangle((x - 0.5, LEVEL), 1, 1, fill=False, ec=DATA, lw=1.2, ls=(0, (2, 1.5)))
            figure.axes[-1].add_patch(ghost)
    return figure


def draw(axes: Axes, title: str, x: float | None, *, obstacle: bool) -> None:
    """Draws one scene, and below it the environment's verdict."""
    axes.imshow(picture(START, x, 360, obstacle=obstacle), extent=(-4, 4, 0, 5), interpolation="antialiased")
    axes.set_title(title, fontsize=9, loc="center")
    axes.set(xticks=(), yticks=(), xlim=(-2.6, 2.6), ylim=(0.2, 4.2))
    for spine in axes.spines.values():
        spine.set(visible=True, color=MUTED, lw=0.5)
    if x is None:
        said, colour = "|x| < 1 collides" if obstacle else f"s = {START:g}", INK
    elif abs(x) >= EDGE:
        said, colour = f"x = {x:g}: Success!", LEFT
    else:
        said, colour = f"x = {x:.2g}: Fail!", OBSTACLE
    axes.set_xlabel(said, color=colour, weight="bold" if x is not None else "normal", labelpad=4)
