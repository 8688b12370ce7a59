"""The exact velocity field of flow matching: straight lines of single pairs, curved trajectories of the marginal.

    x_t = (1 - t) a + t ε,   ε ~ N(0, 1),   a ~ p(a | s)                                     (1)
    ẋ_t = ε - a                                  of one pair: constant, a straight line      (2)
    v(x, t) = E[ε - a | x_t = x] = (x - E[a | x_t = x]) / t                                  (3)
    E[a | x_t = x] = Σ_i w_i a_i,   w_i ∝ exp(-(x - (1 - t) a_i)² / 2t²)                     (4)

(3) follows from (1): ε = (x - (1 - t) a) / t. In (4) a_1 ... a_N are quantiles of the distribution, equally likely. At
t = 1 nothing of a is left in x, so v = ε - E[a]: one long step lands on the mean.

References:
    Flow Matching for Generative Modeling (Lipman et al., 2023), https://arxiv.org/abs/2210.02747
"""

import math

import matplotlib
import numpy as np
import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from torch import Tensor

from eitherway.notebook.display import WIDTH
from eitherway.randomness import stream
from eitherway.report.figures import EDGES, Numbers
from eitherway.report.sampling_path import STROKES
from eitherway.report.style import LEFT, MUTED, OBSTACLE, RIGHT, STYLE
from eitherway.tasks.jumper.distribution import EDGE, JumperDistribution

QUANTILES = 2_000  # N in eq. (4)
DRAWN = 1_000  # N for the picture
LINES = 40
STEPS = 200  # of the curved lines
SPAN = 3.2  # of the axes of x
LAST = 0.1  # arrows end here: below, v is as large as 1 / t
LEVELS = (0.1, 0.25, 0.45, 0.8)  # of the density of x_t
SHADES = ("#f3f4f6", "#e9ebee", "#dde0e5", "#cfd3da")

Actions = Float[Tensor, " N"]


def landings(s: float, n: int = QUANTILES) -> Actions:
    """Returns the distribution at start s as n equally likely landings: its quantiles at (i + ½) / n."""
    q = (torch.arange(n, dtype=torch.float64) + 0.5) / n
    return JumperDistribution().quantile(q, torch.full_like(q, s))


def mean_action(x: Float[Tensor, " X"], t: float, actions: Actions) -> Float[Tensor, " X"]:
    """Returns the mean action E[a | x_t = x], eq. (4)."""
    x, actions = x.double(), actions.double()
    weight = (-((x[:, None] - (1 - t) * actions).square()) / (2 * t**2)).softmax(1)  # X N
    return weight @ actions


def exact_velocity(x: Float[Tensor, " X"], t: float, actions: Actions) -> Float[Tensor, " X"]:
    """The velocity v(x, t) = (x - E[a | x_t = x]) / t, eq. (3), for 0 < t ≤ 1 and equally likely actions; float64."""
    if not 0 < t <= 1:
        raise ValueError(f"the time t must lie in (0, 1], got {t}")
    return (x.double() - mean_action(x, t, actions)) / t


def follow(eps: Float[Tensor, " X"], actions: Actions, *, steps: int = STEPS) -> Float[Tensor, "K1 X"]:
    """Follows the exact field by Euler's method from noise at t = 1 to t = 0, and returns every stop."""
    x = [eps.double()]
    for i in range(steps, 0, -1):
        x.append(x[-1] - exact_velocity(x[-1], i / steps, actions) / steps)
    return torch.stack(x)


def noisy_density(x: Float[Tensor, " X"], t: float, actions: Actions) -> Float[Tensor, " X"]:
    """Returns the density of x_t, eq. (1)."""
    z = (x.double()[:, None] - (1 - t) * actions.double()) / t
    return (torch.exp(-z.square() / 2) / (t * math.sqrt(2 * math.pi))).mean(1)


def conditional_and_marginal(s: float, *, actions: Numbers | None = None) -> Figure:
    """Draws lines of single pairs beside the marginal field and the curves that follow it, from the same noise."""
    distribution = landings(s, DRAWN) if actions is None else torch.as_tensor(np.asarray(actions), dtype=torch.float64)
    given = stream(0, "field")
    eps = torch.randn(LINES, generator=given, dtype=torch.float64)
    ends = distribution[torch.randint(len(distribution), (LINES,), generator=given)]
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 3.9), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        draw_ground((left, right), distribution)
        draw_lines(left, torch.stack([eps, ends]))
        draw_arrows(right, distribution)
        draw_lines(right, follow(eps, distribution))
        left.set(title="one noise, one landing: straight, and crossing", ylabel="x")
        right.set(title="the mean velocity of all: curved, never crossing")
        left.legend(loc="lower left", frameon=False, handlelength=2.2, borderaxespad=0.2)
        figure.suptitle(f"both from the same noise, at start s = {s:g}", fontsize=9, color=MUTED)
    return figure


def draw_ground(both: tuple[Axes, Axes], actions: Actions) -> None:
    """Draws the density of x_t in grey, and the obstacle's edges; time runs from noise on the left."""
    middles, times = torch.linspace(-SPAN, SPAN, 81, dtype=torch.float64), np.linspace(1, 0.02, 50)
    columns = np.stack([noisy_density(middles, t, actions).numpy() for t in times], axis=1)
    for axes in both:
        axes.contourf(times, middles, columns, levels=LEVELS, colors=SHADES, extend="max")
        for edge in (-EDGE, EDGE):
            axes.axhline(edge, color=OBSTACLE, lw=0.8, ls=EDGES)
        axes.set(xlim=(1, 0), ylim=(-SPAN, SPAN), xticks=(1, 0.75, 0.5, 0.25, 0), xlabel="t: noise at 1, landing at 0")


def draw_lines(axes: Axes, x: Float[Tensor, "K1 L"]) -> None:
    """Draws trajectories through time, told apart by where they end."""
    times, last = np.linspace(1, 0, len(x)), x[-1]
    for end, mask in (("left", last < 0), ("right", last >= 0)):
        colour, dashes, _ = STROKES[end]
        paths = [np.column_stack([times, one]) for one in x[:, mask].T.numpy()]
        lines = LineCollection(paths, colors=colour, linestyles=[dashes], linewidths=0.9, label=f"ends {end}")
        axes.add_collection(lines)
    for colour, mask in ((LEFT, last < 0), (RIGHT, last >= 0)):
        axes.plot(np.zeros(int(mask.sum())), last[mask], "o", ms=3.5, color=colour, mew=0, clip_on=False, zorder=4)


def draw_arrows(axes: Axes, actions: Actions) -> None:
    """Draws which way the field leads, from noise towards actions."""
    places = torch.linspace(-2.8, 2.8, 15, dtype=torch.float64)
    times = np.linspace(0.95, LAST, 11)
    slope = np.stack([-exact_velocity(places, t, actions).numpy() for t in times])  # per unit of 1 - t
    across, up = np.meshgrid(times, places.numpy(), indexing="ij")
    steep = np.hypot(1.0, slope / 6)  # arrows of one length on axes of 1 by 6
    axes.quiver(
        across,
        up,
        -0.05 / steep,
        0.05 * slope / steep,
        angles="xy",
        scale_units="xy",
        scale=1,
        color=MUTED,
        width=0.0025,
        headwidth=3.5,
        headlength=4,
        headaxislength=4,
        zorder=1.5,
    )
