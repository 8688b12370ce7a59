"""Push-T's geometry: the block's corners and nine keypoints, their world coordinates, and the task's symmetry.

A state is (agent x, agent y, block x, block y, block angle): pixels in [0, 512], the y axis pointing down, radians.
A point p of the block, in the block's own frame, is seen at

    q = b + R(θ) p                                                            (1)

The goal, at (256, 256) with angle π/4, and the square field are their own mirror images in the line x + y = 512, and
so is the T in its stem. In that mirror a state becomes

    (x, y) → (512 - y, 512 - x),   θ → π/2 - θ                                (2)

and an action likewise: whatever pushes well, pushes well in the mirror.

The people who recorded the demonstrations stopped at a coverage of about 0.88 (none of the 206 reaches 0.95), a few
pixels and degrees off. Moved as a whole, so that its last pose (b, θ) becomes the goal (g, π/4),

    q → g + R(π/4 - θ) (q - b)                                                (3)

a demonstration is one of how to end exactly: the physics knows no place or direction, only the far walls do.
"""

import numpy as np
from jaxtyping import Float

SIDE = 512.0  # pixels
PICTURE = (96, 96, 3)  # of the whole table
GOAL = (256.0, 256.0, np.pi / 4)
UNIT = 30.0  # the T's bar is 4 units by 1, its stem 1 by 3; the frame's origin is the middle of the bar's outer edge
BAR = ((-2.0, 1.0), (2.0, 1.0), (2.0, 0.0), (-2.0, 0.0))
STEM = ((-0.5, 1.0), (-0.5, 4.0), (0.5, 4.0), (0.5, 1.0))
CORNERS = UNIT * np.array(BAR + STEM)  # in the order of gym-pusht

# The nine points of the published recordings, once drawn at random by their makers: medians over all frames.
KEYPOINTS = np.array(
    [
        (9.27, 90.04),
        (-60.98, -1.19),
        (60.91, -1.39),
        (-0.27, 25.54),
        (-14.06, 122.82),
        (39.00, 32.86),
        (-39.97, 32.73),
        (-16.82, 62.86),
        (23.54, -1.70),
    ]
)

Points = Float[np.ndarray, "*T P 2"]
Places = Float[np.ndarray, "T 2"]


def seen_at(points: Float[np.ndarray, "P 2"], state: Float[np.ndarray, "*T 5"]) -> Points:
    """World coordinates of points given in the block's frame, pixels, eq. (1)."""
    cos, sin = np.cos(state[..., 4, None]), np.sin(state[..., 4, None])
    x, y = points[:, 0], points[:, 1]
    turned = np.stack([cos * x - sin * y, sin * x + cos * y], axis=-1)
    return state[..., None, 2:4] + turned


def offsets(corners: Float[np.ndarray, "T 16"]) -> Float[np.ndarray, "T 32"]:
    """Features: each corner's offset from its goal, as tanh of it over 30 and over 8 pixels: far may be coarse."""
    away = corners - seen_at(CORNERS, np.array([0, 0, *GOAL])).reshape(-1)
    return np.tanh(np.concatenate([away / 30, away / 8], axis=-1))


def completed_push(state: Float[np.ndarray, "T 5"], action: Places) -> tuple[Float[np.ndarray, "T 5"], Places]:
    """A demonstration rigidly moved so that its last block pose is the goal, eq. (3)."""
    *last, angle = state[-1, 2:]
    turn = GOAL[2] - angle
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])

    def moved(place: Places) -> Places:
        return np.asarray(GOAL[:2]) + (place - last) @ rotation.T

    turned = (state[:, 4:] + turn) % (2 * np.pi)
    return np.concatenate([moved(state[:, :2]), moved(state[:, 2:4]), turned], axis=1), moved(action)


def mirrored_state(state: Float[np.ndarray, "T 5"]) -> Float[np.ndarray, "T 5"]:
    """States reflected in the task's symmetry axis, eq. (2)."""
    agent, block = mirrored_place(state[:, :2]), mirrored_place(state[:, 2:4])
    return np.concatenate([agent, block, (np.pi / 2 - state[:, 4:]) % (2 * np.pi)], axis=1)


def mirrored_place(place: Places) -> Places:
    """Positions, or actions, reflected in the task's symmetry axis, eq. (2)."""
    return SIDE - place[:, ::-1]
