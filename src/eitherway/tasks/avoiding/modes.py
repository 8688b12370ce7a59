"""The 24 modes of the avoiding task: which gap of each row a trajectory goes through.

A row of r discs has the gaps 0 … r, counted from the left; a mode is one gap for each row, its number to the mixed base

    mode = (g_1 · 3 + g_2) · 4 + g_3,   g_1 < 2,  g_2 < 3,  g_3 < 4            (1)

Who goes back below a row and crosses it again has gone through the gap of the last time.
"""

from itertools import product

import numpy as np
from jaxtyping import Float, Int

from eitherway.tasks.avoiding.field import OBSTACLES, ROWS, collides

GAPS = (2, 3, 4)
MODE_NAMES = tuple("-".join(map(str, gaps)) for gaps in product(*map(range, GAPS)))


def passage(p: Float[np.ndarray, "*B 2"], q: Float[np.ndarray, "*B 2"]) -> Int[np.ndarray, "*B 3"]:
    """The gap through which the segment from p to q crosses each row upwards; -1 where it does not."""
    p, q = p.astype(np.float64)[..., None, :], q.astype(np.float64)[..., None, :]  # B 1 2
    below, above = p[..., 1] < ROWS, q[..., 1] >= ROWS  # B 3; NaN is neither
    rise = np.where(below & above, q[..., 1] - p[..., 1], 1.0)
    x = p[..., 0] + (ROWS - p[..., 1]) / rise * (q[..., 0] - p[..., 0])
    left = (OBSTACLES[:, 1, None] == ROWS) & (OBSTACLES[:, :1] < x[..., None, :])  # B 6 3: discs passed on their right
    return np.where(below & above, left.sum(-2), -1)


def mode_of(gaps: Int[np.ndarray, "*B 3"]) -> Int[np.ndarray, "*B"]:
    """The mode index of a triple of gaps, eq. (1); -1 where a gap is."""
    number = (gaps[..., 0] * GAPS[1] + gaps[..., 1]) * GAPS[2] + gaps[..., 2]
    return np.where((gaps >= 0).all(-1), number, -1)


def gaps_of(mode: Int[np.ndarray, "*B"]) -> Int[np.ndarray, "*B 3"]:
    """The triple of gaps of a mode index: the inverse of eq. (1)."""
    return np.stack(np.unravel_index(mode, GAPS), -1)


def track_mode(track: Float[np.ndarray, "*B T 2"]) -> Int[np.ndarray, "*B"]:
    """The mode of each whole trajectory, NaN-padded at its end; -1 where it touches anything or stops below a row.

    >>> int(track_mode(np.array([(0, 0), (-0.2, 0.6), (0, 1.2), (0.2, 1.8)])))
    6
    >>> MODE_NAMES[6]
    '0-1-2'
    """
    p, q = track[..., :-1, :], track[..., 1:, :]
    touched = (collides(p, q) & ~np.isnan(p + q).any(-1)).any(-1)
    gaps = crossings(track)
    last = np.where(gaps >= 0, np.arange(gaps.shape[-2])[:, None], 0).max(-2)[..., None, :]
    return np.where(touched, -1, mode_of(np.take_along_axis(gaps, last, -2).squeeze(-2)))


def intended_gap(path: Float[np.ndarray, "*B H 2"]) -> Int[np.ndarray, "*B 2"]:
    """The first row (0, 1, 2) that each planned path crosses upwards, and the gap it heads for; -1, -1 for none.

    A path that would hit an obstacle heads for the side of its centre that it is on.
    """
    gaps = crossings(path)
    gaps = gaps.reshape(*gaps.shape[:-2], -1)  # B H·3: in the order in which they are crossed
    first = (gaps >= 0).argmax(-1)
    gap = np.take_along_axis(gaps, first[..., None], -1).squeeze(-1)
    return np.stack([np.where(gap >= 0, first % len(ROWS), -1), gap], -1)


def crossings(track: Float[np.ndarray, "*B T 2"]) -> Int[np.ndarray, "*B T 3"]:
    """The row crossings (see `passage`) of each step of a trajectory; -1 for its first point."""
    gaps = passage(track[..., :-1, :], track[..., 1:, :])
    return np.concatenate([np.full_like(gaps, -1, shape=(*gaps.shape[:-2], 1, 3)), gaps], -2)
