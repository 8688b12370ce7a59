"""The fork as a Gymnasium vector environment: episodes of H steps that follow one decision."""

from typing import Any

import gymnasium as gym
import numpy as np
import torch
from gymnasium.vector.utils import batch_space

from eitherway.tasks.fork.lanes import Lanes

Options = dict[str, Any] | None
Info = dict[str, Any]


class ForkVectorEnv(gym.vector.VectorEnv[np.ndarray, np.ndarray, np.ndarray]):
    """Vector environment of n forks: observe a position, act for H steps; reward 1 for staying in open lanes."""

    metadata = {"autoreset_mode": gym.vector.AutoresetMode.NEXT_STEP}  # noqa: RUF012 (Gymnasium's own form)

    def __init__(self, num_envs: int, lanes: Lanes, dimensions: int) -> None:
        self.num_envs, self.lanes, self.dimensions = num_envs, lanes, dimensions
        self.single_observation_space = gym.spaces.Box(-1.0, 1.0, (dimensions,), np.float32)
        self.single_action_space = gym.spaces.Box(-np.inf, np.inf, (dimensions,), np.float32)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.s = np.zeros((num_envs, dimensions), np.float32)
        self.done: list[np.ndarray] = []  # n D for each step so far

    def reset(self, *, seed: int | None = None, options: Options = None) -> tuple[np.ndarray, Info]:
        """Starts new episodes at options={"s": ...}, else at states uniform on [-1, 1] in each dimension."""
        super().reset(seed=seed)
        given, shape = (options or {}).get("s"), (self.num_envs, self.dimensions)
        s = self.np_random.uniform(-1, 1, shape) if given is None else np.broadcast_to(given, shape)
        if not np.all(np.abs(s) <= 1):
            raise ValueError(f"the state s must lie in [-1, 1], got {given}")
        self.s, self.done = s.astype(np.float32), []
        return self.s.copy(), {}

    def step(self, actions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, Info]:
        """Advances all episodes by one step; the call after the last starts new ones (Gymnasium's NEXT_STEP mode)."""
        none, nothing = np.zeros(self.num_envs, bool), np.zeros(self.num_envs)
        if len(self.done) == self.lanes.steps:
            return self.reset()[0], nothing, none, none, {}
        self.done.append(np.asarray(actions, np.float32).reshape(self.s.shape).copy())
        if len(self.done) < self.lanes.steps:
            return self.s.copy(), nothing, none, none, {"success": none, "_success": none}
        path = torch.from_numpy(np.stack(self.done, -1))  # n D H
        success = (self.lanes.lane(path, torch.from_numpy(self.s)) >= 0).all(-1).numpy()
        return self.s.copy(), success.astype(np.float64), ~none, none, {"success": success, "_success": ~none}
