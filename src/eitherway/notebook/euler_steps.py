"""The figure of Euler's method: a sum of steps against the integral of a velocity over time.

    x_0 - x_1 = -∫_0^1 v(t) dt ≈ -Σ_k v(t_k) / K,   t_k = 1 - k / K,   k = 0 ... K - 1         (1)

Each step holds the velocity that it found at its start: a left Riemann sum, and Euler's method where v depends on x.
"""

from collections.abc import Sequence

import matplotlib
import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from eitherway.notebook.display import WIDTH
from eitherway.report.style import INK, MUTED, STYLE, stroke

TOP = 2.6  # of the velocity axes


def speed(t: Float[np.ndarray, " K"]) -> Float[np.ndarray, " K"]:
    """Returns -v(t), a smooth velocity to follow: slow in the noise, fast in the middle, slow at the action."""
    return 0.25 + 1.9 * np.exp(-(((t - 0.42) / 0.2) ** 2)) + 0.25 * (1 - t)


def left_sum(steps: int) -> float:
    """Returns how far `steps` steps go, eq. (1)."""
    return float(speed(1 - np.arange(steps) / steps).mean())


def riemann(counts: Sequence[int] = (1, 4, 16)) -> Figure:
    """Draws the curve, the steps as bars, and how far these go, for each number of steps."""
    exact, t = left_sum(100_000), np.linspace(0, 1, 401)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 2.8), layout="constrained")
        panels = figure.subplots(1, len(counts), sharey=True, squeeze=False)[0]
        for axes, steps in zip(panels, counts, strict=True):
            starts = 1 - np.arange(steps) / steps
            axes.bar(
                starts,
                speed(starts),
                -1 / steps,
                align="edge",
                color=stroke("flow").colour,
                alpha=0.35,
                ec=stroke("flow").colour,
                lw=0.8,
            )
            axes.plot(starts, speed(starts), "o", ms=4, color=stroke("flow").colour, clip_on=False, zorder=4)
            axes.plot(t, speed(t), color=INK, lw=1.6)
            went = left_sum(steps)
            axes.set_title(f"{steps} step{'' if steps == 1 else 's'}: {went:.3f}, error {went - exact:+.3f}")
            axes.set(xlim=(1, 0), ylim=(0, TOP), xticks=(1, 0.5, 0), xlabel="t: noise at 1, landing at 0")
        panels[0].set_ylabel("velocity -v(t)")
        panels[0].text(
            0.03, 0.96, f"area under the curve: {exact:.3f}", transform=panels[0].transAxes, va="top", color=MUTED
        )
    return figure
