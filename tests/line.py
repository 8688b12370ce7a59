"""A task whose every number is known: a line along which one walks, and who walks it."""

from dataclasses import dataclass

import gymnasium as gym
import numpy as np
import torch

from eitherway.data.spec import Spec
from eitherway.policies.actor import Actor
from eitherway.tasks.base import EpisodicTask

ENVS, GOAL = 6, 5.0


class Line(gym.vector.VectorEnv):
    """Robot i starts at -i and is done at 5; the action is how far to go."""

    def __init__(self, n):
        self.num_envs = n

    def reset(self, *, seed=None, options=None):
        self.x = -np.arange(self.num_envs, dtype=np.float32)[:, None]
        return self.x.copy(), {"x": self.x.copy()}

    def step(self, actions):
        self.x = self.x + actions
        done = self.x[:, 0] >= GOAL
        info = {"x": self.x.copy(), "success": done}
        return self.x.copy(), done.astype(float), done, np.zeros(self.num_envs, bool), info


@dataclass(frozen=True)
class Walk(EpisodicTask):
    max_episode_steps: int = 8
    spec = Spec(observation={"x": 1}, action=1, n_obs_steps=2, horizon=2)
    starts = (0, ENVS)
    info_sizes = {"x": 1}  # noqa: RUF012
    mode_names = ("short", "long")
    mode_frequencies = np.array([0.25, 0.75])

    def demos(self, split):
        return []

    def env(self, n):
        return Line(n)

    def actors(self):
        return {}

    def mode_of(self, info):
        return np.where(info["x"][:, 0, 0] > -2, 0, 1)

    def committed_mode(self, info, chunks):
        return np.stack([np.zeros(len(chunks), int), (chunks[:, 0, 0] > 1).astype(int)], -1)


class Pace(Actor):
    """Goes so far at every step, and remembers what it was asked."""

    def __init__(self, pace=1.0):
        self.pace, self.seen, self.planned = pace, [], []

    def sample(self, obs, n, generator, planned=None):
        if n == 1:
            self.seen.append(obs["x"])
            self.planned.append(planned)
        return torch.full((n, len(obs["x"]), 2, 1), self.pace)

    def log_prob(self, obs, action):
        return None
