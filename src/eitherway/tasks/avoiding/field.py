"""Obstacle geometry and collision checks: three rows of discs between two walls, each above the gaps of the last.

    row r = 1, 2, 3 stands at y = ROWS[r-1] and has r discs, their centres at x = (2i - r + 1) PITCH, i = 0 … r-1    (1)
    its gaps' middles are at x = (2g - r) PITCH, g = 0 … r                                                          (2)

The robot is a point: a disc's radius holds both the obstacle's and the robot's. To touch an edge is allowed, as is to
go on above the finish line.
"""

import numpy as np
from jaxtyping import Bool, Float

HALF_WIDTH = 0.8  # walls at x = ±0.8, and one at y = 0 behind the start
ROWS = (0.6, 1.2, 1.8)
FINISH = 2.2
PITCH = 0.2  # half the distance between neighbours of a row
RADIUS = 0.12  # leaves 0.16 between neighbours
OBSTACLES = np.array([((2 * i - r) * PITCH, y) for r, y in enumerate(ROWS) for i in range(r + 1)])  # eq. (1)
MIDDLES = tuple(np.array([(2 * g - r) * PITCH for g in range(r + 1)]) for r in (1, 2, 3))  # eq. (2)


def collides(p: Float[np.ndarray, "*B 2"], q: Float[np.ndarray, "*B 2"]) -> Bool[np.ndarray, "*B"]:
    """Whether the segment from p to q hits an obstacle or ends outside the walls; NaN does."""
    p, q = p.astype(np.float64), q.astype(np.float64)
    inside = (np.abs(p[..., 0]) <= HALF_WIDTH) & (np.abs(q[..., 0]) <= HALF_WIDTH) & (p[..., 1] >= 0) & (q[..., 1] >= 0)
    return np.asarray(~(inside & (clearance(p, q) >= 0)))


def clearance(p: Float[np.ndarray, "*B 2"], q: Float[np.ndarray, "*B 2"]) -> Float[np.ndarray, "*B"]:
    """The distance from the segment between p and q to the nearest obstacle's edge; negative inside."""
    way = (q - p)[..., None, :]
    to = OBSTACLES - p[..., None, :]  # B 6 2
    long = np.maximum((way**2).sum(-1), np.finfo(np.float64).tiny)  # a step may have no length
    share = np.clip((way * to).sum(-1) / long, 0, 1)  # how far along the segment its nearest point is
    return np.asarray(np.linalg.norm(to - share[..., None] * way, axis=-1).min(-1) - RADIUS)
