"""What there is to learn from, to do, and how the right ways are told apart. (*Way* is our word for mode.)"""

import abc
from dataclasses import dataclass, replace
from typing import Literal, Protocol, runtime_checkable

import gymnasium as gym
import numpy as np
from jaxtyping import Bool, Float, Int
from torch import Generator, Tensor

from eitherway.data.episode import Episode
from eitherway.shape import Chunk, Draws, Each, Obs


@dataclass(frozen=True)
class Spec:
    """What is observed and what is done: sizes by name, and how much past and future one decision spans."""

    observation: dict[str, int]
    action: int
    history: int = 1
    horizon: int = 1

    def with_(self, history: int | None, horizon: int | None) -> "Spec":
        """The same with another history or horizon; None leaves the task's own."""
        spec = replace(self, history=history or self.history, horizon=horizon or self.horizon)
        if spec.history < 1 or spec.horizon < 1:
            raise ValueError(f"history and horizon must be at least 1, got {spec.history} and {spec.horizon}")
        return spec


@runtime_checkable
class Law(Protocol):
    """The exact p(a | o), where someone can write it down. One action number, no chunks: H = D = 1."""

    def log_prob(self, a: Float[Tensor, "B 1 1"], obs: Obs) -> Each:
        """Log-density of actions in raw units, nats."""

    def sample(self, obs: Obs, n: int, generator: Generator) -> Draws:
        """Independent draws."""

    def mean(self, obs: Obs) -> Float[Tensor, "B 1 1"]:
        """The conditional mean."""

    def median(self, obs: Obs) -> Float[Tensor, "B 1 1"]:
        """A conditional median."""

    def mixed_cdf(self, x: Float[Tensor, " X"], obs: Obs) -> Float[Tensor, " X"]:
        """The CDF at x of the law averaged over the observations."""

    def ways(self, obs: Obs) -> Float[Tensor, "B W"]:
        """The probability of each of the task's ways."""


class Actor(abc.ABC):
    """Anything that can be asked for actions: a policy, a law, a constant."""

    @abc.abstractmethod
    def sample(self, obs: Obs, n: int, generator: Generator) -> Draws:
        """n action chunks for each observation, raw units."""

    @abc.abstractmethod
    def log_prob(self, obs: Obs, action: Chunk) -> Each | None:
        """Log-density of chunks in raw units, nats; None where there is none."""


class Task(abc.ABC):
    """A thing to learn from demonstrations, and to be judged at."""

    spec: Spec
    ways: tuple[str, ...] = ()  # all the ways that count as right; () where nobody has named them
    groups: int = 1  # how many groups of like states metrics are averaged over
    law: Law | None = None  # exact p(a | o), where someone can write it down

    @abc.abstractmethod
    def demos(self, split: Literal["train", "test"]) -> list[Episode]:
        """The demonstrations; the same at every call."""

    @abc.abstractmethod
    def env(self, n: int) -> gym.vector.VectorEnv:
        """n copies of the environment side by side: one forward pass serves all."""

    @abc.abstractmethod
    def actors(self) -> dict[str, Actor]:
        """What needs no training and gives the results their scale: the truth, a constant, a nearest neighbour."""

    @abc.abstractmethod
    def way(self, obs: Obs, draws: Draws) -> Int[Tensor, "S B"]:
        """Which of the `ways` each draw goes; -1 where it goes none of them."""

    @abc.abstractmethod
    def group(self, obs: Obs) -> Int[Tensor, " B"]:
        """Which group of like states each observation belongs to."""

    @property
    @abc.abstractmethod
    def probes(self) -> tuple[int, int]:
        """How many states a policy is judged at, and the environment seed that fixes them."""


@dataclass(frozen=True)
class Rollout:
    """What one policy did, decision by decision: B decisions, the last of each episode judged."""

    obs: Obs
    draws: Draws
    success: Bool[np.ndarray, " B"]
