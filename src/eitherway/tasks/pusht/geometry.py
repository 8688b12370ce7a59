"""Push-T's geometry: the block's outline and nine points on it, where it is seen, and the task's own mirror.

A state is (agent x, agent y, block x, block y, block angle): pixels in [0, 512], the y axis pointing down, radians.
A point p of the block, in the block's own frame, is seen at

    q = b + R(θ) p                                                            (1)

The goal, at (256, 256) with angle π/4, and the square field are their own mirror images in the line x + y = 512, and
so is the T in its stem. In that mirror a state becomes

    (x, y) → (512 - y, 512 - x),   θ → π/2 - θ                                (2)

and an action likewise: whatever pushes well, pushes well in the mirror.
"""

import numpy as np
from jaxtyping import Float

SIDE = 512.0  # pixels
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


def seen_at(points: Float[np.ndarray, "P 2"], state: Float[np.ndarray, "*T 5"]) -> Points:
    """Where points of the block are, pixels, eq. (1)."""
    cos, sin = np.cos(state[..., 4, None]), np.sin(state[..., 4, None])
    x, y = points[:, 0], points[:, 1]
    turned = np.stack([cos * x - sin * y, sin * x + cos * y], axis=-1)
    return state[..., None, 2:4] + turned


def mirrored_state(state: Float[np.ndarray, "T 5"]) -> Float[np.ndarray, "T 5"]:
    """The states in the task's mirror, eq. (2)."""
    agent, block = mirrored_place(state[:, :2]), mirrored_place(state[:, 2:4])
    return np.concatenate([agent, block, (np.pi / 2 - state[:, 4:]) % (2 * np.pi)], axis=1)


def mirrored_place(place: Float[np.ndarray, "T 2"]) -> Float[np.ndarray, "T 2"]:
    """Places, or actions, in the mirror, eq. (2)."""
    return SIDE - place[:, ::-1]
