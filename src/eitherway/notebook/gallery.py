"""A gallery of what multimodal means, in eighteen densities on [-5, 5]: nine with one mode, nine with several.

a mode is a local maximum of the density p: higher than all around it                   (1)
mixture: p(x) = Σ_k w_k p_k(x), Σ_k w_k = 1; far enough apart, each part makes a mode    (2)
"""

from collections.abc import Callable, Mapping

import matplotlib
import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats

from eitherway.notebook.display import WIDTH
from eitherway.report.style import DATA, INK, MUTED, STYLE

REACH = 5.0
TOP = 1.25  # room for the mark above a mode
X = np.linspace(-REACH, REACH, 2_001)
STRETCHED = {"loc": -3, "scale": 6}  # from [0, 1] to [-3, 3]

Numbers = Float[np.ndarray, " N"]
Density = Callable[[Numbers], Numbers]


def mixture(*parts: tuple[float, Density]) -> Density:
    """Returns the mixture of weighted densities, eq. (2)."""
    return lambda x: np.sum([weight * part(x) for weight, part in parts], axis=0)


def normals(*parts: tuple[float, float, float]) -> Density:
    """Returns a mixture of Gaussians, each given as weight, mean and standard deviation."""
    return mixture(*((weight, stats.norm(mean, sd).pdf) for weight, mean, sd in parts))


UNIMODAL: Mapping[str, Density] = {
    "normal": stats.norm().pdf,
    "Student's t, 3 df": stats.t(3).pdf,
    "log-normal": stats.lognorm(0.5).pdf,
    "Laplace": stats.laplace().pdf,
    "triangular": stats.triang(0.5, **STRETCHED).pdf,
    "Beta(2, 5)": stats.beta(2, 5, **STRETCHED).pdf,
    "gamma(2)": stats.gamma(2, loc=-5).pdf,
    "Weibull(2)": stats.weibull_min(2, loc=-5).pdf,
    "logistic": stats.logistic().pdf,
}

MULTIMODAL: Mapping[str, Density] = {
    "two equal": normals((0.5, -2, 0.5), (0.5, 2, 0.5)),
    "two unequal": normals((0.3, -2, 0.5), (0.7, 2, 1.0)),
    "three": normals((0.2, -3, 0.7), (0.5, 1, 0.5), (0.3, 2, 0.3)),
    "four": normals(*((0.25, mean, 0.3) for mean in (-3, -1, 1, 3))),
    "Beta(2, 5) mirrored": mixture((0.5, stats.beta(2, 5, **STRETCHED).pdf), (0.5, stats.beta(5, 2, **STRETCHED).pdf)),
    "two far apart": normals((0.5, -4, 0.5), (0.5, 4, 0.5)),
    "three shapes": mixture(
        (0.4, stats.norm(-3, 0.6).pdf), (0.4, stats.laplace(0, 0.5).pdf), (0.2, stats.norm(3, 1).pdf)
    ),
    "Beta(½, ½)": stats.beta(0.5, 0.5, **STRETCHED).pdf,
    "five": normals(*((0.2, mean, 0.25) for mean in (-4, -2, 0, 2, 4))),
}


def modes(density: Density) -> Numbers:
    """Returns where the density has its modes on [-5, 5], eq. (1); the ends of a support where it is infinite count."""
    p = density(X)
    inner = (p[1:-1] > p[:-2]) & (p[1:-1] >= p[2:])
    return X[1:-1][inner]


def gallery() -> Figure:
    """Draws two blocks of nine densities, every mode marked."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 4.3), layout="constrained")
        blocks = np.asarray(figure.subfigures(1, 2, wspace=0.04))
        said = ("one mode: one best answer", "several modes: several good answers")
        for block, title, densities in zip(blocks, said, (UNIMODAL, MULTIMODAL), strict=True):
            block.suptitle(title, fontsize=11, color=INK)
            grid = block.subplots(3, 3, sharex=True)
            for axes, (name, density) in zip(grid.flat, densities.items(), strict=True):
                draw(axes, name, density)
    return figure


def draw(axes: Axes, name: str, density: Density) -> None:
    """Draws one density, filled, with a triangle above each mode; an infinite one leaves the axes."""
    p, at = density(X), modes(density)
    top = TOP * float(np.percentile(p, 99.5) if np.isinf(p).any() else p.max())
    p = np.minimum(p, 2 * top)
    axes.fill_between(X, p, color=DATA, alpha=0.4, lw=0)
    axes.plot(X, p, color=DATA, lw=1.0)
    axes.plot(at, np.minimum(np.interp(at, X, p) + 0.09 * top, 0.93 * top), "v", ms=4, color=INK, mew=0)
    axes.set(xlim=(-REACH, REACH), ylim=(0, top), xticks=(-4, 0, 4), yticks=())
    axes.tick_params(labelsize=8, color=MUTED)
    axes.set_title(name, fontsize=8.5)
    axes.spines["left"].set_visible(False)
