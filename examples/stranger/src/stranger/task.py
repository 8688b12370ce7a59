"""A cart in a corridor that is open at both ends: left is right, right is right, standing still is not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import gymnasium as gym
import numpy as np

from eitherway import register
from eitherway.data import Episode, Spec
from eitherway.make import Make
from eitherway.policies import Actor
from eitherway.tasks import EpisodicTask, Starts

LENGTH, STEP, SEEN = 1.0, 0.1, "observation.position"  # of half a corridor; the farthest move; what is observed


class Carts(gym.vector.VectorEnv):
    """n carts side by side; an action is how far to move."""

    def __init__(self, n: int) -> None:
        self.num_envs = n

    def reset(self, *, seed=None, options=None):
        self.x = np.random.default_rng(seed).uniform(-0.1, 0.1, (self.num_envs, 1)).astype(np.float32)
        return {SEEN: self.x.copy()}, {"position": self.x.copy()}

    def step(self, actions):
        self.x = self.x + np.clip(actions, -STEP, STEP)
        out = np.abs(self.x[:, 0]) >= LENGTH
        info = {"position": self.x.copy(), "success": out}
        return {SEEN: self.x.copy()}, out.astype(float), out, np.zeros(self.num_envs, bool), info


@register
@dataclass(frozen=True, kw_only=True)
class Corridor(EpisodicTask):
    """A cart leaves a corridor by either of its ends."""

    demonstrations: int = 40  # annotated, so an option: `--set task.demonstrations=10`
    starts: Starts = (1_000, 20)  # the first environment seed of evaluation, and how many starts

    spec = Spec(observation={SEEN: 1}, action=1, n_obs_steps=1, horizon=4)
    max_episode_steps = 30
    info_sizes = {"position": 1}
    mode_names = ("left", "right")
    mode_frequencies = np.array([0.5, 0.5])

    def demos(self, split: Literal["train", "test"]) -> list[Episode]:
        """From the middle to an end, left and right in turn, a little unsteadily."""
        rng = np.random.default_rng(0 if split == "train" else 1)
        found = []
        for i in range(self.demonstrations):
            moves = (-1) ** i * rng.uniform(0.06, 0.1, (20, 1))
            position = rng.uniform(-0.1, 0.1) + np.cumsum(moves, 0) - moves
            found.append(Episode({SEEN: position}, moves))
        return found

    @property
    def transforms(self) -> Mapping[str, Callable[[Episode], Episode]]:
        """The corridor's mirror."""
        return {"mirrored": lambda e: Episode({SEEN: -e.observation[SEEN]}, -e.action)}

    def env(self, n: int) -> gym.vector.VectorEnv:
        return Carts(n)

    def actors(self) -> dict[str, Actor]:
        return {}

    def mode_of(self, info: Mapping[str, np.ndarray]) -> np.ndarray:
        """By the end that a cart left by; -1 where it never left."""
        last = np.array([track[np.isfinite(track)][-1] for track in info["position"][:, :, 0]])
        return np.where(np.abs(last) >= LENGTH, (last > 0).astype(int), -1)

    def committed_mode(self, info: Mapping[str, np.ndarray], chunks: np.ndarray) -> np.ndarray:
        """The side that a chunk moves to."""
        choice = np.zeros(len(chunks), int)  # there is but one: by which end to leave
        return np.stack([choice, (chunks.sum((1, 2)) > 0).astype(int)], -1)


register(Make(Corridor), name="corridor")
