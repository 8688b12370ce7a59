"""Interfaces of tasks: demonstrations to imitate, an environment to evaluate in, and how modes are told apart."""

import abc
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal, Protocol, TypeAlias, runtime_checkable

import gymnasium as gym
import numpy as np
from jaxtyping import Float, Int
from torch import Generator, Tensor

from eitherway.data.episode import Episode
from eitherway.data.spec import Spec
from eitherway.policies.actor import Actor
from eitherway.registry import Classes
from eitherway.shape import Chunk, Draws, Each, Obs

Starts: TypeAlias = tuple[int, int]  # the environment seed that evaluation begins at, FIRST, and how many starts, COUNT


def check_starts(starts: Starts, seeds: range, demonstrated: range = range(0)) -> None:
    """Raises ValueError for evaluation starts that are invalid, or that overlap with those of the demonstrations.

    `seeds` are those that the environment would be given for these starts, `demonstrated` those of the demonstrations.
    """
    first, count = starts
    if first < 0 or count < 1:
        raise ValueError(f"starts must be a seed of at least 0 and at least one start, got {first}:{count}")
    if max(seeds.start, demonstrated.start) < min(seeds.stop, demonstrated.stop):
        own = " to ".join(map(str, dict.fromkeys((demonstrated.start, demonstrated.stop - 1))))
        raise ValueError(f"starts must not reach the demonstrations' own, of seed {own}: got {first}:{count}")


@runtime_checkable
class Distribution(Protocol):
    """Protocol of a known conditional action distribution p(a | o): exact density, samples, mean and mode weights."""

    def log_prob(self, a: Chunk, obs: Obs) -> Each:
        """Log-density of chunks in raw units, nats."""

    def sample(self, obs: Obs, n: int, generator: Generator) -> Draws:
        """n independent samples for each observation."""

    def mean(self, obs: Obs) -> Chunk:
        """The conditional mean E[a | o]."""

    def mode_probabilities(self, obs: Obs) -> Float[Tensor, "B W"]:
        """The probability of each of the task's modes, given the observation."""


@runtime_checkable
class ScalarDistribution(Distribution, Protocol):
    """Protocol of a known distribution over scalar actions, H = D = 1: it has a CDF and a median too."""

    def median(self, obs: Obs) -> Float[Tensor, "B 1 1"]:
        """A conditional median of the action."""

    def mixed_cdf(self, x: Float[Tensor, " X"], obs: Obs) -> Float[Tensor, " X"]:
        """The CDF at x of the distribution averaged over the observations."""


class Task(abc.ABC):
    """Base class of imitation-learning tasks: demonstrations to train on and an environment to evaluate in."""

    recordings: ClassVar[str | None] = None  # the public data set that its demonstrations are read from

    @property
    @abc.abstractmethod
    def spec(self) -> Spec:
        """The observation and action spaces, with the default n_obs_steps and horizon."""

    @property
    @abc.abstractmethod
    def starts(self) -> Starts:
        """The evaluation starts, as (first seed, count): `env(count)` is reset with that one seed.

        An option of a task that lets them be chosen.
        """

    @property
    @abc.abstractmethod
    def mode_names(self) -> tuple[str, ...]:
        """The names of all valid modes; () where nobody has named them."""

    @abc.abstractmethod
    def demos(self, split: Literal["train", "test"]) -> list[Episode]:
        """The demonstration episodes of a split; the same at every call."""

    @abc.abstractmethod
    def env(self, n: int) -> gym.vector.VectorEnv:
        """A vector environment of n copies side by side: one forward pass serves all.

        It promises:
        - `reset(seed=...)` gets one seed for all n copies, and the same seed gives the same n starts;
        - `info["success"]` holds n truths after every step, of an episode that ends there whether it succeeded;
        - of an episodic task, every name of `info_sizes` is in `info` after every step, and after `reset` too;
        - copies whose episode has ended are stepped on, with action 0, and what they answer is not read: nothing is
          reset on its own.
        """

    @abc.abstractmethod
    def actors(self) -> dict[str, Actor]:
        """Untrained baselines and oracles by name: the true distribution, a constant, a nearest neighbour."""

    @property
    def transforms(self) -> Mapping[str, Callable[[Any], Any]]:
        """The symmetries of the task's demonstrations, by name ("mirrored", "completed"): maps of an original."""
        return {}

    def originals(self) -> list[Any]:
        """The training demonstrations in the form that `transforms` take and `episode` reads: here, episodes."""
        return self.demos("train")

    def episode(self, original: Any) -> Episode:  # noqa: ANN401
        """The episode of one original, transformed or not."""
        assert isinstance(original, Episode)
        return original


TASK_CLASSES = Classes("class of tasks", Task)


class SingleStepTask(Task):
    """Base class of tasks with one decision (one action chunk) per episode, whose exact p(a | o) may be known."""

    @property
    @abc.abstractmethod
    def groups(self) -> int:
        """The number of groups of similar states that metrics are averaged over."""

    @property
    @abc.abstractmethod
    def distribution(self) -> Distribution | None:
        """The exact p(a | o); None where it has no closed form."""

    @property
    @abc.abstractmethod
    def scalar_distribution(self) -> ScalarDistribution | None:
        """The exact p(a | o) where an action is one number; else None."""

    @abc.abstractmethod
    def mode_of(self, obs: Obs, draws: Draws) -> Int[Tensor, "S B"]:
        """The index of the mode that each drawn chunk belongs to; -1 where it belongs to none."""

    @abc.abstractmethod
    def group(self, obs: Obs) -> Int[Tensor, " B"]:
        """The index of the group of similar states that each observation belongs to."""


class EpisodicTask(Task):
    """Base class of closed-loop tasks: many decisions one after another, until success, failure or a time limit."""

    @property
    @abc.abstractmethod
    def max_episode_steps(self) -> int:
        """The time limit of an episode, in control steps."""

    @property
    @abc.abstractmethod
    def info_sizes(self) -> Mapping[str, int]:
        """The entries of the environment's `info` that are recorded for metrics, by name, with their sizes."""

    @property
    @abc.abstractmethod
    def mode_frequencies(self) -> Float[np.ndarray, " W"] | None:
        """The frequency of each mode among the demonstrator's episodes; None where nobody can count them."""

    @abc.abstractmethod
    def mode_of(self, info: Mapping[str, Float[np.ndarray, "B T _"]]) -> Int[np.ndarray, " B"] | None:
        """The index of the mode that each episode took; -1 where it took none. None where modes have no names."""

    @abc.abstractmethod
    def committed_mode(
        self, info: Mapping[str, Float[np.ndarray, "B _"]], chunks: Float[np.ndarray, "B H D"]
    ) -> Int[np.ndarray, "B 2"] | None:
        """The choice that each chunk is about after `info`, and the mode that it takes there. None: unknown.

        Column 0 counts the choices that an episode meets (a row of obstacles, a junction), -1 where the chunk is about
        none; column 1 counts what can be taken there.
        """
