"""Untrained baselines and oracles: the actors that give every result its scale."""

from collections.abc import Callable

import torch
from scipy.spatial import cKDTree
from torch import Generator, Tensor

from eitherway.data.windows import Windows
from eitherway.policies.actor import Actor
from eitherway.shape import Chunk, Draws, Each, Obs, Planned
from eitherway.tasks.base import Distribution


class Truth(Actor):
    """Oracle that samples from the exact p(a | o): nobody can beat it but by luck."""

    def __init__(self, distribution: Distribution) -> None:
        self.distribution = distribution

    def sample(self, obs: Obs, n: int, generator: Generator, planned: Planned | None = None) -> Draws:
        """n independent samples of the distribution for each observation."""
        return self.distribution.sample(obs, n, generator)

    def log_prob(self, obs: Obs, action: Chunk) -> Each:
        """The exact log-density of chunks under the distribution, nats."""
        return self.distribution.log_prob(action, obs).float()


class Exact(Actor):
    """Deterministic oracle: answers with one exact statistic of the distribution, such as its mean or median."""

    def __init__(self, statistic: Callable[[Obs], Chunk]) -> None:
        self.statistic = statistic

    def sample(self, obs: Obs, n: int, generator: Generator, planned: Planned | None = None) -> Draws:
        """The statistic for each observation, repeated n times."""
        return self.statistic(obs).expand(n, -1, -1, -1)

    def log_prob(self, obs: Obs, action: Chunk) -> None:
        """None: a point has no density."""


class Constant(Actor):
    """Baseline that answers every observation with the same constant action."""

    def __init__(self, value: float) -> None:
        self.value = value

    def sample(self, obs: Obs, n: int, generator: Generator, planned: Planned | None = None) -> Draws:
        """The constant n times for each observation, H = D = 1."""
        batch = next(iter(obs.values())).shape[0]
        return torch.full((n, batch, 1, 1), self.value)

    def log_prob(self, obs: Obs, action: Chunk) -> None:
        """None: a point has no density."""


class NearestNeighbour(Actor):
    """Nearest-neighbour baseline: replays the chunk demonstrated in the most similar state; several draws repeat it."""

    def __init__(self, demonstrations: Windows) -> None:
        self.keys = sorted(demonstrations.frames)
        self.action = demonstrations.action
        self.tree = cKDTree(self._flat(demonstrations.obs))

    def _flat(self, obs: Obs) -> Tensor:
        return torch.cat([obs[k].flatten(1) for k in self.keys], dim=1).cpu()

    def sample(self, obs: Obs, n: int, generator: Generator, planned: Planned | None = None) -> Draws:
        """The chunk of the nearest demonstrated observation, repeated n times."""
        _, index = self.tree.query(self._flat(obs).numpy())
        return self.action[torch.as_tensor(index)].expand(n, -1, -1, -1)

    def log_prob(self, obs: Obs, action: Chunk) -> None:
        """None: a point has no density."""
