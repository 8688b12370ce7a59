"""The figure of noise schedules: α_t, σ_t and the level log(σ_t / α_t) over time."""

from collections.abc import Mapping

import matplotlib
import torch
from matplotlib.figure import Figure

from eitherway.notebook.display import WIDTH
from eitherway.paths.schedules import Cosine, LinearBetas, LinearPath, Schedule
from eitherway.recipes.stroke import DASHDOT, DASHED, DOTTED, Dashes
from eitherway.report.style import INK, MUTED, STYLE, stroke

TIMES = torch.linspace(0, 1, 401, dtype=torch.float64)
STROKES: Mapping[type[Schedule], tuple[str, Dashes]] = {  # a path wears the colour of the method that takes it here
    Cosine: (stroke("diffusion").colour, "-"),
    LinearPath: (stroke("flow").colour, DASHDOT),
    LinearBetas: (INK, DASHED),
}
OTHER = (MUTED, DOTTED)


def noise_levels(schedules: Mapping[str, Schedule]) -> Figure:
    """Draws three panels: what is left of the action, what there is of noise, and the level of noise."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 2.9), layout="constrained")
        panels = figure.subplots(1, 3)
        for name, schedule in schedules.items():
            colour, dashes = STROKES.get(type(schedule), OTHER)
            alpha, sigma = schedule(TIMES)
            for axes, y in zip(panels, (alpha, sigma, (sigma / alpha).log()), strict=True):
                axes.plot(TIMES, y, color=colour, ls=dashes, lw=1.7, label=name)
        for axes, title in zip(
            panels, ("α: share of the landing", "σ: share of noise", "level log(σ / α)"), strict=True
        ):
            axes.set(title=title, xlim=(0, 1), ylim=(0, 1.02), xlabel="t: landing at 0, noise at 1", xticks=(0, 0.5, 1))
        panels[2].axhline(0, color=MUTED, lw=0.5)
        panels[2].set(ylim=(-6, 6))
        panels[2].text(0.98, -0.2, "as much noise as landing", fontsize=8, color=MUTED, ha="right", va="top")
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper right", ncols=len(labels), frameon=False, handlelength=2.6)
    return figure
