"""The obstacle field as a Gymnasium vector environment of point robots under position control.

    p' = p + min(SHARE |x - p|, REACH) (x - p) / |x - p|                      (1)

from position p towards the target x: a share of what is left, and never more than a greatest step.
"""

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.vector.utils import batch_space
from jaxtyping import Bool, Float

from eitherway.tasks.avoiding.field import FINISH, HALF_WIDTH, RADIUS, ROWS, collides
from eitherway.tasks.avoiding.modes import mode_of, passage

START = (0.0, 0.1)
SPREAD = 0.05  # starts are uniform in a square: this far from its middle in x and in y
SHARE = 0.5
REACH = 0.05  # the greatest step
LONGEST = 200  # steps; the expert needs fewer than half

Options = dict[str, Any] | None
Info = dict[str, Any]


class AvoidingVectorEnv(gym.vector.VectorEnv[np.ndarray, np.ndarray, np.ndarray]):
    """Vector environment of n robots: observe position and last target, act by the next target position.

    The reward is 1 for reaching the finish line. An episode ends there, at the first touch of anything, with a target
    that is no number, or after 200 steps.
    The step after its end starts a robot's next episode and ignores its action, whatever the others do.
    """

    metadata = {"autoreset_mode": gym.vector.AutoresetMode.NEXT_STEP}  # noqa: RUF012 (Gymnasium's own form)

    def __init__(self, num_envs: int) -> None:
        if num_envs < 1:
            raise ValueError(f"num_envs must be at least 1, got {num_envs}")
        self.num_envs = num_envs
        self.single_observation_space = gym.spaces.Box(-np.inf, np.inf, (4,), np.float32)
        self.single_action_space = gym.spaces.Box(-np.inf, np.inf, (2,), np.float32)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.position = self.target = np.zeros((num_envs, 2), np.float32)
        self.gaps = np.full((num_envs, 3), -1)
        self.steps = np.zeros(num_envs, int)
        self.ended = np.ones(num_envs, bool)

    @property
    def seen(self) -> Float[np.ndarray, "n 4"]:
        """The observation: x, y, and the target of the step before, at the start the position itself."""
        return np.concatenate([self.position, self.target], -1)

    def reset(self, *, seed: int | None = None, options: Options = None) -> tuple[np.ndarray, Info]:
        """Starts new episodes at options={"start": (x, y)} (one or n of them), else near (0, 0.1)."""
        super().reset(seed=seed)
        self.begin(np.ones(self.num_envs, bool), (options or {}).get("start"))
        return self.seen, {"position": self.position, "_position": np.ones(self.num_envs, bool)}

    def begin(self, which: Bool[np.ndarray, " n"], given: Any = None) -> None:  # noqa: ANN401 (as the user gave it)
        """Starts new episodes for some of the robots."""
        start = START + self.np_random.uniform(-SPREAD, SPREAD, (self.num_envs, 2))
        if given is not None:
            start = np.broadcast_to(given, start.shape)
        top = ROWS[0] - RADIUS
        if not np.all((np.abs(start[:, 0]) <= HALF_WIDTH) & (start[:, 1] >= 0) & (start[:, 1] <= top)):
            raise ValueError(f"start must have |x| <= {HALF_WIDTH} and y in [0, {top:g}], got {given}")
        self.position = np.where(which[:, None], start, self.position).astype(np.float32)
        self.target = np.where(which[:, None], self.position, self.target)
        self.gaps = np.where(which[:, None], -1, self.gaps)
        self.steps = np.where(which, 0, self.steps)
        self.ended = self.ended & ~which

    def step(self, actions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, Info]:
        """Advances all robots by one step; `info` has `success`, `position` and `mode` (-1 before the last row)."""
        live, before = ~self.ended, self.position
        asked = np.asarray(actions, np.float32).reshape(before.shape)
        number = np.isfinite(asked[:, 0]) & np.isfinite(asked[:, 1])
        self.target = np.where(number[:, None], asked, before)
        self.position = towards(before, self.target)
        self.steps = self.steps + 1
        crossed = passage(before, self.position)
        self.gaps = np.where(crossed >= 0, crossed, self.gaps)
        fails = live & (collides(before, self.position) | ~number)
        success = live & ~fails & (self.position[:, 1] >= FINISH)
        late = live & ~fails & ~success & (self.steps >= LONGEST)
        mode = np.where(live & ~fails, mode_of(self.gaps), -1)
        if not live.all():
            self.begin(~live)
        self.ended = fails | success | late
        info = {"success": success, "mode": mode, "position": self.position}
        info |= {f"_{name}": live for name in list(info)}
        return self.seen, success.astype(np.float64), fails | success, late, info


def towards(p: Float[np.ndarray, "n 2"], target: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, "n 2"]:
    """The positions one control step later, eq. (1)."""
    along = target.astype(np.float64) - p
    distance = np.linalg.norm(along, axis=-1, keepdims=True)
    share = np.minimum(SHARE, REACH / np.maximum(distance, REACH))  # within REACH it is the share that limits
    return (p + share * along).astype(np.float32)
