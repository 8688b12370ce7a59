"""What there is to learn from, to do, and how the right ways are told apart. (*Way* is our word for mode.)"""

import abc
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, Protocol, TypeAlias, get_args, runtime_checkable

import gymnasium as gym
import numpy as np
from jaxtyping import Bool, Float, Int
from torch import Generator, Tensor

from eitherway.data.episode import Episode
from eitherway.data.windows import After
from eitherway.given import check_count, check_kind, is_whole, said
from eitherway.limits import Limits
from eitherway.shape import Chunk, Draws, Each, Obs, Planned

CHANNELS = 4  # of a picture, at most, where its first number could be meant so


@dataclass(frozen=True)
class Spec:
    """What is observed and what is done: sizes by name, and how much past and future one decision spans."""

    observation: dict[str, int | tuple[int, ...]]  # so many numbers, or a picture's height, width and channels
    action: int
    history: int = 1
    horizon: int = 1
    every: int = 1  # steps of a demonstration from one decision to the next
    robot: str | None = None  # the observation whose first numbers are where the robot is, in the space of its actions
    points: tuple[str, ...] = ()  # observations that are lists of points in that space
    after: After = "held"  # what is done past a demonstration's end: held where actions are places, zero where changes

    def __post_init__(self) -> None:
        check_kind("what a spec observes", self.observation, dict)
        if not self.observation:
            raise ValueError("a spec must observe something, got no observation")
        for name, size in self.observation.items():
            check_kind("the name of an observation", name, str)
            check_size(name, size)
        for name in ("action", "history", "horizon", "every"):
            check_count(name, getattr(self, name))
        check_kind("points", self.points, tuple)
        placed = self.points if self.robot is None else (self.robot, *self.points)
        for name in placed:
            if not isinstance(name, str) or name not in self.numbers:
                known = ", ".join(map(repr, self.numbers)) or "none"
                raise ValueError(f"robot and points must name numbers that are observed ({known}), got {said(name)}")
        if self.after not in get_args(After):
            raise ValueError(f"after must be one of {', '.join(map(repr, get_args(After)))}, got {said(self.after)}")

    @property
    def numbers(self) -> dict[str, int]:
        """What is observed as plain numbers, and how many of them."""
        return {name: size for name, size in sorted(self.observation.items()) if isinstance(size, int)}

    @property
    def pictures(self) -> dict[str, tuple[int, ...]]:
        """What is observed as pictures of bytes: height, width, channels."""
        return {name: size for name, size in sorted(self.observation.items()) if not isinstance(size, int)}

    def with_(self, history: int | None, horizon: int | None) -> "Spec":
        """The same with another history or horizon; None leaves the task's own."""
        return replace(
            self,
            history=self.history if history is None else history,
            horizon=self.horizon if horizon is None else horizon,
        )


def check_size(name: str, size: int | tuple[int, ...]) -> None:
    """Raises ValueError where an observation's size is neither a count of numbers nor that of a picture."""
    text = f"the observation {name!r} must be a count of numbers, or a picture's (height, width, channels); "
    text += f"got {said(size)}"
    if isinstance(size, int) and is_whole(size) and size >= 1:
        return
    if not isinstance(size, tuple) or len(size) not in (2, 3) or not all(is_whole(n) and n >= 1 for n in size):
        raise ValueError(text)
    if len(size) == 2:
        raise ValueError(f"{text}: a grey picture has 1 channel")
    if size[0] <= CHANNELS < size[2]:
        raise ValueError(f"{text}: channels come last")


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
class Law(Protocol):
    """The exact p(a | o), where someone can write it down."""

    def log_prob(self, a: Chunk, obs: Obs) -> Each:
        """Log-density of chunks in raw units, nats."""

    def sample(self, obs: Obs, n: int, generator: Generator) -> Draws:
        """Independent draws."""

    def mean(self, obs: Obs) -> Chunk:
        """The conditional mean."""

    def ways(self, obs: Obs) -> Float[Tensor, "B W"]:
        """The probability of each of the task's ways."""


@runtime_checkable
class NumberLaw(Law, Protocol):
    """A law of one number, H = D = 1: it has a distribution function too."""

    def median(self, obs: Obs) -> Float[Tensor, "B 1 1"]:
        """A conditional median."""

    def mixed_cdf(self, x: Float[Tensor, " X"], obs: Obs) -> Float[Tensor, " X"]:
        """The CDF at x of the law averaged over the observations."""


class Actor(abc.ABC):
    """Anything that can be asked for actions: a policy, a law, a constant."""

    limits: Limits | None = None  # of what is carried out

    @abc.abstractmethod
    def sample(self, obs: Obs, n: int, generator: Generator, planned: Planned | None = None) -> Draws:
        """n action chunks for each observation, raw units; `planned` is what the chunk before has left to do."""

    @abc.abstractmethod
    def log_prob(self, obs: Obs, action: Chunk) -> Each | None:
        """Log-density of chunks in raw units, nats; None where there is none."""


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
    def way_names(self) -> tuple[str, ...]:
        """All the ways that count as right; () where nobody has named them."""

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


class OneDecision(Task):
    """A task that is decided once, and whose law of right chunks may be known."""

    @property
    @abc.abstractmethod
    def groups(self) -> int:
        """How many groups of like states metrics are averaged over."""

    @property
    @abc.abstractmethod
    def law(self) -> Law | None:
        """The exact p(a | o); None where nobody can write it down."""

    @property
    @abc.abstractmethod
    def number_law(self) -> NumberLaw | None:
        """The same law where an action is one number; else None."""

    @abc.abstractmethod
    def way(self, obs: Obs, draws: Draws) -> Int[Tensor, "S B"]:
        """Which of the ways each draw goes; -1 where it goes none of them."""

    @abc.abstractmethod
    def group(self, obs: Obs) -> Int[Tensor, " B"]:
        """Which group of like states each observation belongs to."""


class Journey(Task):
    """A task of many decisions one after the other, until it is done or time is up."""

    @property
    @abc.abstractmethod
    def limit(self) -> int:
        """Control steps after which an episode ends undone."""

    @property
    @abc.abstractmethod
    def told(self) -> Mapping[str, int]:
        """What the environment says at each step, by its names in `info`, and how many numbers: kept for metrics."""

    @property
    @abc.abstractmethod
    def shares(self) -> Float[np.ndarray, " W"] | None:
        """How often the demonstrator goes each way; None where nobody can count them."""

    @abc.abstractmethod
    def way(self, told: Mapping[str, Float[np.ndarray, "B T _"]]) -> Int[np.ndarray, " B"] | None:
        """Which way each episode went; -1 where it went none. None where ways have no names."""

    @abc.abstractmethod
    def intention(
        self, told: Mapping[str, Float[np.ndarray, "B _"]], chunks: Float[np.ndarray, "B H D"]
    ) -> Int[np.ndarray, "B 2"] | None:
        """What each chunk is about to decide after what was told, and how: numbers, -1 nothing. None: nobody knows."""


@dataclass(frozen=True)
class Rollout:
    """What one policy did, decision by decision: B decisions, the last of each episode judged."""

    obs: Obs
    wanted: Draws
    draws: Draws  # what was carried out of it, within the actor's limits
    success: Bool[np.ndarray, " B"]
