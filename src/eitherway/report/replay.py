"""The data of the replay in the browser: the scene, and a few episodes of each method with their sample fans.

Numbers of a state become 16-bit integers in the scene's units, NaN the smallest of them. A chunk of a fan becomes
bytes in a square of its decision's own,

    a = low + side · byte / 255                                               (1)

low and side 32-bit floats; both travel in base64. When all fans together would outgrow a page, fewer draws are sent.
"""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from eitherway.evaluation.rollouts import Rollouts
from eitherway.report.row import Row
from eitherway.report.scene import Mark, Scene
from eitherway.report.style import THEME

BUDGET = 3_000_000  # bytes of fans on one page, before base64 adds a third
MISSING = -(2**15)
LEVELS = 255


def replay(scene: Scene, rows: Sequence[Row]) -> dict[str, Any]:
    """Plain data for the page; `draws` says how many chunks there are at each decision, `drawn` how many there were."""
    seen: list[Rollouts] = [row.seen for row in rows]
    drawn = max(r.sample_fan.shape[2] for r in seen)
    each = sum(decided(r, i) * r.sample_fan[0, 0, 0].size for r in seen for i in range(len(r.sample_fan)))
    draws = max(1, min(drawn, BUDGET // max(each, 1)))
    return {
        "scene": staged(scene),
        "draws": draws,
        "drawn": drawn,
        "methods": [
            {
                "name": row.name,
                "label": row.label,
                "episodes": [played(scene, row.seen, i, draws) for i in range(len(row.seen.sample_fan))],
            }
            for row in rows
        ],
    }


def staged(scene: Scene) -> dict[str, Any]:
    """Returns the scene as plain data."""
    return {
        "window": scene.window,
        "across": scene.across,
        "ground": [plain(mark) for mark in scene.ground],
        "body": None if scene.body is None else scene.body.round(4).tolist(),
        "radius": scene.radius,
        "units": scene.units,
        "gauge": scene.gauge,
    }


def plain(mark: Mark) -> dict[str, Any]:
    """Returns a mark as plain data, its colour by name."""
    points = mark.points.round(4).tolist()
    return {
        "points": points,
        "colour": THEME[mark.colour],
        "width": mark.width,
        "alpha": mark.alpha,
        "closed": mark.closed,
    }


def played(scene: Scene, r: Rollouts, episode: int, draws: int) -> dict[str, Any]:
    """Returns one episode as plain data."""
    steps, decision_steps, state = int(r.steps[episode]), decided(r, episode), scene.state(r)[episode]
    sample_fan, start = (
        r.sample_fan[episode, :decision_steps, :draws],
        state[r.decision_steps[:decision_steps], None, None, :2],
    )
    numbers = np.isfinite(sample_fan).all((-2, -1), keepdims=True)
    low, side, levels = squared(np.where(numbers, sample_fan, start))  # what is no number goes nowhere
    return {
        "success": bool(r.success[episode]),
        "steps": steps,
        "decision_steps": r.decision_steps[:decision_steps].tolist(),
        "state": quantised(state[: steps + 1], scene.units),
        "action": quantised(r.action[episode, :steps], scene.units[:2]),
        "horizon": sample_fan.shape[2],
        "sample_fan": packed(levels, "u1"),
        "square": packed(np.concatenate([low, side], axis=1), "<f4"),
    }


def decided(r: Rollouts, episode: int) -> int:
    """How many decisions an episode had before it ended."""
    return int((r.decision_steps < r.steps[episode]).sum())


def quantised(numbers: Float[np.ndarray, "T C"], units: tuple[float, ...]) -> str:
    """Encodes numbers as 16-bit integers in their units; what is beyond them is at their end."""
    levels = np.nan_to_num(np.round(numbers / units), nan=MISSING).clip(MISSING, -MISSING - 1)
    return packed(levels, "<i2")


def squared(
    sample_fan: Float[np.ndarray, "Q S H 2"],
) -> tuple[Float[np.ndarray, "Q 2"], Float[np.ndarray, "Q 1"], Float[np.ndarray, "Q S H 2"]]:
    """The low corner and the side of the square around each decision's chunks, and eq. (1) undone."""
    low, high = sample_fan.min((1, 2)), sample_fan.max((1, 2))
    side = np.maximum((high - low).max(-1, keepdims=True), np.finfo(np.float32).tiny)
    return low, side, np.round(LEVELS * (sample_fan - low[:, None, None]) / side[:, None, None])


def packed(numbers: np.ndarray, kind: str) -> str:
    """Encodes numbers of a kind in base64."""
    return base64.b64encode(numbers.astype(kind).tobytes()).decode("ascii")
