"""The jumper task: a robot below an obstacle picks where to land; both sides are correct, the middle is wrong."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import gymnasium as gym
import torch
from jaxtyping import Int
from torch import Tensor

from eitherway.data.episode import Episode
from eitherway.data.spec import Spec
from eitherway.data.windows import Windows
from eitherway.policies.actor import Actor
from eitherway.randomness import normal_like, stream
from eitherway.registry import register
from eitherway.shape import Draws, Obs
from eitherway.tasks.actors import Constant, Exact, NearestNeighbour, Truth
from eitherway.tasks.base import SingleStepTask, Starts, check_starts
from eitherway.tasks.jumper.distribution import EDGE, JumperDistribution, safe, state
from eitherway.tasks.jumper.env import START, JumperVectorEnv


@register
@dataclass(frozen=True, kw_only=True)
class Jumper(SingleStepTask):
    """Bimodal 1-D toy task with an exact p(a | s): land on either side of an obstacle, never on it.

    Noise is on the demonstrations alone; everything is scored against the clean distribution.
    """

    demonstrations: int = 10_000  # to train on
    held_out: int = 1_000  # further ones, whose likelihood is measured; 0: it is not
    data_seed: int = 0
    state_noise: float = 0.0  # standard deviation of the error in the recorded s
    action_noise: float = 0.0  # standard deviation of the error in the recorded x
    wrong: float = 0.0  # share of landings that are uniform inside the obstacle instead
    starts: Starts = (20_000, 10_000)  # one seed draws all; the demonstrations' come from another generator

    spec = Spec(observation={"state": 1}, action=1)
    mode_names = ("left", "right")
    groups = 12
    distribution = scalar_distribution = JumperDistribution()

    def __post_init__(self) -> None:
        for name in ("state_noise", "action_noise"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise ValueError(f"{name} must be at least 0, got {getattr(self, name)}")
        if not 0 <= self.wrong <= 1:
            raise ValueError(f"wrong must be a share in [0, 1], got {self.wrong}")
        if self.demonstrations < 1:
            raise ValueError(f"demonstrations must be at least 1, got {self.demonstrations}")
        for name in ("held_out", "data_seed"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must be at least 0, got {getattr(self, name)}")
        check_starts(self.starts, range(self.starts[0], self.starts[0] + 1))

    def demos(self, split: Literal["train", "test"]) -> list[Episode]:
        """The training or the held-out demonstrations, as episodes of one step."""
        s, x = (v.numpy()[:, None] for v in self.pairs(split))
        return [Episode({"state": s[i : i + 1]}, x[i : i + 1]) for i in range(len(s))]

    def pairs(self, split: Literal["train", "test"]) -> tuple[Tensor, Tensor]:
        """The demonstrations of a split as two vectors, starts and landings; held-out ones have no noise."""
        generator = stream(self.data_seed, f"jumper {split}")
        s = (
            2 * torch.rand({"train": self.demonstrations, "test": self.held_out}[split], generator=generator) - 1
        ) * START
        x = self.distribution.sample({"state": s[:, None, None]}, 1, generator)[0, :, 0, 0]
        if split == "test":
            return s, x
        noise = stream(self.data_seed, "jumper noise")
        slipped = torch.rand(s.shape, generator=noise) < self.wrong
        x = torch.where(slipped, (2 * torch.rand(x.shape, generator=noise) - 1) * EDGE, x)
        x = x + self.action_noise * normal_like(x, noise)
        return s + self.state_noise * normal_like(s, noise), x

    def env(self, n: int) -> gym.vector.VectorEnv:
        """A vector environment of n jumpers."""
        return JumperVectorEnv(n)

    @cached_property
    def neighbours(self) -> NearestNeighbour:
        """The nearest-neighbour baseline on the training demonstrations."""
        return NearestNeighbour(Windows.cut(self.demos("train"), 1, 1))

    def actors(self) -> dict[str, Actor]:
        """Baselines and oracles: exact samples, a nearest neighbour, two constants, the exact mean and median."""
        return {
            "truth": Truth(self.distribution),
            "nearest-neighbour": self.neighbours,
            "constant-0": Constant(0.0),
            "constant-1.2": Constant(1.2),
            "exact-mean": Exact(self.distribution.mean),
            "exact-median": Exact(self.distribution.median),
        }

    def mode_of(self, obs: Obs, draws: Draws) -> Int[Tensor, "S B"]:
        """The mode of each landing: 0 left of the obstacle, 1 right of it, -1 in it."""
        x = draws[:, :, 0, 0]
        return torch.where(safe(x), (x > 0).long(), -1)

    def group(self, obs: Obs) -> Int[Tensor, " B"]:
        """The index of the state's group: one of twelve equal bins of s."""
        return ((state(obs) + START) / (2 * START) * self.groups).long().clamp(0, self.groups - 1)
