"""The fork task: in each of D dimensions a path of H steps must take one of K lanes, and keep to it."""

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Literal

import gymnasium as gym
import torch
from jaxtyping import Int
from torch import Tensor

from eitherway.data.episode import Episode
from eitherway.data.spec import Spec
from eitherway.data.windows import Windows
from eitherway.policies.actor import Actor
from eitherway.randomness import stream
from eitherway.registry import register
from eitherway.shape import Draws, Obs
from eitherway.tasks.actors import Exact, NearestNeighbour, Truth
from eitherway.tasks.base import SingleStepTask, Starts, check_starts
from eitherway.tasks.fork.distribution import ForkDistribution, state
from eitherway.tasks.fork.env import ForkVectorEnv
from eitherway.tasks.fork.lanes import TUBE, Lanes

MOST = 4_096  # modes whose frequencies can still be counted
CELLS = 16  # groups of like states, at most


@register
@dataclass(frozen=True, kw_only=True)
class Fork(SingleStepTask):
    """Synthetic single-step task with an exact p(a | s): chunks of any dimension, length and number of modes."""

    dimensions: int = 2  # D
    steps: int = 8  # H
    modes: int = 2  # K: lanes in each dimension, K^D modes in all
    separation: float = 20.0  # between neighbouring modes at the end, in standard deviations of a cluster
    rarity: float | None = None  # share of the highest lane of each dimension; null: shares vary with the state
    vanishing: float = 0.0  # below 1: how much of the range of states a mode is gone for
    merging: float = 0.0  # up to 1: how far the modes have come together at the ends of the range of states
    anisotropy: float = 1.0  # how many times narrower a cluster is at the last step than at the first
    bend: float = 0.0  # how far a cluster is curved, in its standard deviations
    coupling: float = 0.0  # how many times likelier, less one, a dimension takes the lane of the one before
    demonstrations: int = 10_000  # to train on
    held_out: int = 1_000  # further ones, whose likelihood is measured; 0: it is not
    data_seed: int = 0
    starts: Starts = (30_000, 10_000)  # one seed draws all; the demonstrations' come from another generator

    scalar_distribution = None

    def __post_init__(self) -> None:
        for name in ("dimensions", "steps", "modes", "demonstrations"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        if self.modes**self.dimensions > MOST:
            raise ValueError(f"modes ** dimensions must be at most {MOST}, got {self.modes} ** {self.dimensions}")
        if not 2 * TUBE < self.separation < math.inf:
            raise ValueError(f"separation must be above {2 * TUBE:g}, the width of a lane, got {self.separation}")
        if self.rarity is not None and not 0 < self.rarity < 1:
            raise ValueError(f"rarity must lie between 0 and 1, or be null for no rare lane; got {self.rarity}")
        if self.rarity is not None and self.modes < 2:
            raise ValueError(f"rarity needs at least 2 modes, got modes={self.modes}; null is for no rare lane")
        for name, low, high in (("vanishing", 0, 0.99), ("merging", 0, 1), ("anisotropy", 1, 1e3), ("bend", 0, 1)):
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} must lie between {low} and {high:g}, got {getattr(self, name)}")
        if not 0 <= self.coupling < math.inf:
            raise ValueError(f"coupling must be at least 0, got {self.coupling}")
        for name in ("held_out", "data_seed"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must be at least 0, got {getattr(self, name)}")
        check_starts(self.starts, range(self.starts[0], self.starts[0] + 1))

    @property
    def spec(self) -> Spec:
        """Observation and action spaces: a state of D numbers, one chunk of H steps."""
        d, h = self.dimensions, self.steps
        return Spec(observation={"state": d}, action=d, horizon=h, every=h)

    @cached_property
    def lanes(self) -> Lanes:
        """The lanes of one dimension; all dimensions share them."""
        return Lanes(
            modes=self.modes,
            steps=self.steps,
            separation=self.separation,
            rarity=self.rarity,
            vanishing=self.vanishing,
            merging=self.merging,
            anisotropy=self.anisotropy,
            bend=self.bend,
        )

    @property
    def distribution(self) -> ForkDistribution:
        """The exact distribution of chunks."""
        return ForkDistribution(lanes=self.lanes, coupling=self.coupling)

    @property
    def mode_names(self) -> tuple[str, ...]:
        """Each dimension's lane, counted from the lowest: 0-0, 0-1, 1-0, 1-1."""
        return tuple("-".join(map(str, k)) for k in product(range(self.modes), repeat=self.dimensions))

    def demos(self, split: Literal["train", "test"]) -> list[Episode]:
        """The training or the held-out demonstrations, as episodes; the state observed is constant within each."""
        s, a = self.pairs(split)
        seen, done = s[:, None].expand(-1, self.steps, -1).numpy(), a.numpy()
        return [Episode({"state": seen[i]}, done[i]) for i in range(len(s))]

    def pairs(self, split: Literal["train", "test"]) -> tuple[Tensor, Tensor]:
        """The demonstrations of a split as tensors: states [M, D] and chunks [M, H, D]."""
        size = {"train": self.demonstrations, "test": self.held_out}[split]
        generator = stream(self.data_seed, f"fork {split}")
        s = 2 * torch.rand((size, self.dimensions), generator=generator) - 1
        return s, self.distribution.sample({"state": s[:, None]}, 1, generator)[0]

    def env(self, n: int) -> gym.vector.VectorEnv:
        """A vector environment of n forks."""
        return ForkVectorEnv(n, self.lanes, self.dimensions)

    @cached_property
    def neighbours(self) -> NearestNeighbour:
        """The nearest-neighbour baseline on the training demonstrations."""
        return NearestNeighbour(Windows.cut(self.demos("train"), 1, self.steps, self.steps))

    def actors(self) -> dict[str, Actor]:
        """Baselines and oracles: exact samples, a nearest neighbour, the exact mean, the likeliest mode's centre."""
        return {
            "truth": Truth(self.distribution),
            "nearest-neighbour": self.neighbours,
            "exact-mean": Exact(self.distribution.mean),
            "likeliest-mode": Exact(self.distribution.middle),
        }

    def mode_of(self, obs: Obs, draws: Draws) -> Int[Tensor, "S B"]:
        """The mode index of each draw: its lanes as digits to base K, the first dimension's first; -1 outside lanes."""
        if draws.shape[2] < self.steps:
            return torch.full(draws.shape[:2], -1)
        lane = self.lanes.lane(draws[:, :, : self.steps].transpose(2, 3), state(obs))  # S B D
        number = (lane * self.modes ** torch.arange(self.dimensions - 1, -1, -1)).sum(-1)
        return torch.where((lane >= 0).all(-1), number, -1)

    @property
    def bins(self) -> tuple[int, int]:
        """The grid of state groups: bins per dimension, and how many of the leading dimensions are binned."""
        return max(2, int(CELLS ** (1 / self.dimensions) + 1e-9)), min(self.dimensions, int(math.log2(CELLS)))

    @property
    def groups(self) -> int:
        """The number of boxes that the state space is divided into, at most 16."""
        cuts, dimensions = self.bins
        return cuts**dimensions

    def group(self, obs: Obs) -> Int[Tensor, " B"]:
        """The index of the box that each state lies in: its bins as digits to base `cuts`."""
        cuts, dimensions = self.bins
        box = ((state(obs)[:, :dimensions] + 1) / 2 * cuts).long().clamp(0, cuts - 1)
        return (box * cuts ** torch.arange(dimensions - 1, -1, -1)).sum(-1)
