"""Goal coverage of Push-T states, estimated at points spread evenly over the goal: within 0.03 of the exact share.

A point q of the goal is covered where it lies in the T, that is where R(θ)ᵀ (q - b) lies in its bar or its stem.
"""

import numpy as np
from jaxtyping import Bool, Float

from eitherway.tasks.pusht.geometry import BAR, GOAL, STEM, UNIT, seen_at

FINE = 12  # points on each side of a square of one unit
POINTS = 7 * FINE**2


def covered(state: Float[np.ndarray, "T 5"]) -> Float[np.ndarray, " T"]:
    """The share of the goal that the T covers in each state; NaN where the state is."""
    goal = seen_at(inside(), np.array([[0.0, 0.0, *GOAL]]))[0]  # P 2
    away = goal - state[:, None, 2:4]
    cos, sin = np.cos(state[:, 4, None]), np.sin(state[:, 4, None])
    own = np.stack([cos * away[..., 0] + sin * away[..., 1], cos * away[..., 1] - sin * away[..., 0]], axis=-1)
    share = (within(own, BAR) | within(own, STEM)).mean(1)
    return np.where(np.isnan(state).any(1), np.nan, share)


def inside() -> Float[np.ndarray, "P 2"]:
    """A regular grid of points inside the T, in its own frame: 7 squares of one unit."""
    steps = (np.arange(FINE) + 0.5) / FINE
    square = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    corners = [(-2.0, 0.0), (-1.0, 0.0), (0.0, 0.0), (1.0, 0.0), (-0.5, 1.0), (-0.5, 2.0), (-0.5, 3.0)]
    return UNIT * np.concatenate([square + corner for corner in corners])


def within(p: Float[np.ndarray, "T P 2"], box: tuple[tuple[float, float], ...]) -> Bool[np.ndarray, "T P"]:
    """Whether each point lies in an axis-aligned box of the T, whose corners are given in units."""
    corners = UNIT * np.array(box)
    return ((p >= corners.min(0)) & (p <= corners.max(0))).all(-1)
