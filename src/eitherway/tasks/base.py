"""What there is to learn from, to do, and how the right modes are told apart."""

import abc
from collections.abc import Mapping
from typing import ClassVar, Literal, Protocol, TypeAlias, runtime_checkable

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
    """Raises ValueError where nothing could be judged, or where it would be judged where demonstrations began.

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
    """The exact p(a | o), where someone can write it down."""

    def log_prob(self, a: Chunk, obs: Obs) -> Each:
        """Log-density of chunks in raw units, nats."""

    def sample(self, obs: Obs, n: int, generator: Generator) -> Draws:
        """Independent draws."""

    def mean(self, obs: Obs) -> Chunk:
        """The conditional mean."""

    def mode_probabilities(self, obs: Obs) -> Float[Tensor, "B W"]:
        """The probability of each of the task's modes."""


@runtime_checkable
class ScalarDistribution(Distribution, Protocol):
    """A distribution of one number, H = D = 1: it has a distribution function too."""

    def median(self, obs: Obs) -> Float[Tensor, "B 1 1"]:
        """A conditional median."""

    def mixed_cdf(self, x: Float[Tensor, " X"], obs: Obs) -> Float[Tensor, " X"]:
        """The CDF at x of the distribution averaged over the observations."""


class Task(abc.ABC):
    """A thing to learn from demonstrations, and to be judged at."""

    recordings: ClassVar[str | None] = None  # the public data set that its demonstrations are read from

    @property
    @abc.abstractmethod
    def spec(self) -> Spec:
        """What is observed and what is done."""

    @property
    @abc.abstractmethod
    def starts(self) -> Starts:
        """Where a policy is judged; an option of a task that lets it be chosen."""

    @property
    @abc.abstractmethod
    def mode_names(self) -> tuple[str, ...]:
        """All the modes that count as right; () where nobody has named them."""

    @abc.abstractmethod
    def demos(self, split: Literal["train", "test"]) -> list[Episode]:
        """The demonstrations; the same at every call."""

    @abc.abstractmethod
    def env(self, n: int) -> gym.vector.VectorEnv:
        """n copies of the environment side by side: one forward pass serves all."""

    @abc.abstractmethod
    def actors(self) -> dict[str, Actor]:
        """What needs no training and gives the results their scale: the truth, a constant, a nearest neighbour."""

    def shown(self, *, completed: bool, mirrored: bool) -> list[list[Episode]]:
        """The training demonstrations as the task's own geometry may show them: lists that each show all, in one order.

        `completed`: each moved so that it ends exactly where it should; `mirrored`: and all once more in the task's
        mirror, as a second list. A task that has no such geometry shows them as they are.
        """
        return [self.demos("train")]


TASK_CLASSES = Classes("class of tasks", Task)


class SingleStepTask(Task):
    """A task that is decided once, and whose distribution of right chunks may be known."""

    @property
    @abc.abstractmethod
    def groups(self) -> int:
        """How many groups of like states metrics are averaged over."""

    @property
    @abc.abstractmethod
    def distribution(self) -> Distribution | None:
        """The exact p(a | o); None where nobody can write it down."""

    @property
    @abc.abstractmethod
    def scalar_distribution(self) -> ScalarDistribution | None:
        """The same distribution where an action is one number; else None."""

    @abc.abstractmethod
    def mode_of(self, obs: Obs, draws: Draws) -> Int[Tensor, "S B"]:
        """Which of the modes each draw goes; -1 where it goes none of them."""

    @abc.abstractmethod
    def group(self, obs: Obs) -> Int[Tensor, " B"]:
        """Which group of like states each observation belongs to."""


class EpisodicTask(Task):
    """A task of many decisions one after the other, until it is done or time is up."""

    @property
    @abc.abstractmethod
    def max_episode_steps(self) -> int:
        """Control steps after which an episode ends undone."""

    @property
    @abc.abstractmethod
    def info_sizes(self) -> Mapping[str, int]:
        """What the environment says at each step, by its names in `info`, and how many numbers: kept for metrics."""

    @property
    @abc.abstractmethod
    def mode_frequencies(self) -> Float[np.ndarray, " W"] | None:
        """How often the demonstrator goes each mode; None where nobody can count them."""

    @abc.abstractmethod
    def mode_of(self, info: Mapping[str, Float[np.ndarray, "B T _"]]) -> Int[np.ndarray, " B"] | None:
        """Which mode each episode went; -1 where it went none. None where modes have no names."""

    @abc.abstractmethod
    def committed_mode(
        self, info: Mapping[str, Float[np.ndarray, "B _"]], chunks: Float[np.ndarray, "B H D"]
    ) -> Int[np.ndarray, "B 2"] | None:
        """What each chunk is about to decide after what was told, and how: numbers, -1 nothing. None: nobody knows."""
