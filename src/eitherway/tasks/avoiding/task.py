"""The avoiding task: three rows of obstacles to pass in closed loop, with 24 modes (after D3IL)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import gymnasium as gym
import numpy as np
from jaxtyping import Float, Int

from eitherway.data.episode import Episode
from eitherway.data.spec import Spec
from eitherway.data.windows import Windows
from eitherway.policies.actor import Actor
from eitherway.randomness import stream
from eitherway.registry import register
from eitherway.tasks.actors import NearestNeighbour
from eitherway.tasks.avoiding.env import LONGEST, AvoidingVectorEnv
from eitherway.tasks.avoiding.expert import demonstrations, mode_probabilities, start_seed
from eitherway.tasks.avoiding.modes import MODE_NAMES, intended_gap, track_mode
from eitherway.tasks.base import EpisodicTask, Starts, check_starts


@register
@dataclass(frozen=True, kw_only=True)
class Avoiding(EpisodicTask):
    """Obstacle avoidance in closed loop with 24 modes: a point robot passes 3 rows; mode frequencies are known."""

    demonstrations: int = 500  # episodes to train on
    data_seed: int = 0
    starts: Starts = (40_000, 480)  # one seed draws all; as many as in D3IL

    spec = Spec(observation={"state": 4}, action=2, n_obs_steps=2, horizon=8, robot="state")
    max_episode_steps = LONGEST
    info_sizes = {"position": 2}  # noqa: RUF012
    mode_names = MODE_NAMES

    def __post_init__(self) -> None:
        if self.demonstrations < 1:
            raise ValueError(f"demonstrations must be at least 1, got {self.demonstrations}")
        if self.data_seed < 0:
            raise ValueError(f"data_seed must be at least 0, got {self.data_seed}")
        began = start_seed(self.demonstrations, stream(self.data_seed, "avoiding train"))
        check_starts(self.starts, range(self.starts[0], self.starts[0] + 1), range(began, began + 1))

    @cached_property
    def mode_frequencies(self) -> Float[np.ndarray, " W"]:
        """The expert's probability of each mode."""
        return mode_probabilities()

    @cached_property
    def recorded(self) -> list[Episode]:
        """The expert's demonstration episodes, generated once."""
        return demonstrations(self.demonstrations, stream(self.data_seed, "avoiding train"))

    def demos(self, split: Literal["train", "test"]) -> list[Episode]:
        """The expert's demonstrations; none are held out, for a policy is evaluated at new starts."""
        return self.recorded if split == "train" else []

    def env(self, n: int) -> gym.vector.VectorEnv:
        """A vector environment of n robots."""
        return AvoidingVectorEnv(n)

    def actors(self) -> dict[str, Actor]:
        """The nearest-neighbour baseline."""
        return {"nearest-neighbour": self.neighbours}

    @cached_property
    def neighbours(self) -> NearestNeighbour:
        """The nearest-neighbour baseline on the training demonstrations."""
        return NearestNeighbour(Windows.cut(self.recorded, self.spec.n_obs_steps, self.spec.horizon))

    def mode_of(self, info: Mapping[str, Float[np.ndarray, "B T _"]]) -> Int[np.ndarray, " B"]:
        """The index of the mode that each trajectory took; -1 for none."""
        return track_mode(info["position"])

    def committed_mode(
        self, info: Mapping[str, Float[np.ndarray, "B _"]], chunks: Float[np.ndarray, "B H D"]
    ) -> Int[np.ndarray, "B 2"]:
        """The next row that each chunk would cross from where the robot is, and the gap it would take."""
        return intended_gap(np.concatenate([info["position"][:, None], chunks], axis=1))
