"""Reference rows: actors that are never trained and give every result its scale."""

from collections.abc import Callable

import torch
from scipy.spatial import cKDTree
from torch import Generator, Tensor

from eitherway.data.windows import Windows
from eitherway.policies.actor import Actor
from eitherway.shape import Chunk, Draws, Each, Obs, Planned
from eitherway.tasks.base import Distribution


class Truth(Actor):
    """Draws from the exact distribution: what nobody can beat but by luck."""

    def __init__(self, distribution: Distribution) -> None:
        self.distribution = distribution

    def sample(self, obs: Obs, n: int, generator: Generator, planned: Planned | None = None) -> Draws:
        """Independent draws of the distribution."""
        return self.distribution.sample(obs, n, generator)

    def log_prob(self, obs: Obs, action: Chunk) -> Each:
        """The distribution's own log-density."""
        return self.distribution.log_prob(action, obs).float()


class Exact(Actor):
    """One exact statistic of the distribution for each state (its mean, its median), whatever the noise."""

    def __init__(self, statistic: Callable[[Obs], Chunk]) -> None:
        self.statistic = statistic

    def sample(self, obs: Obs, n: int, generator: Generator, planned: Planned | None = None) -> Draws:
        """The same point n times."""
        return self.statistic(obs).expand(n, -1, -1, -1)

    def log_prob(self, obs: Obs, action: Chunk) -> None:
        """None: a point has no density."""


class Constant(Actor):
    """One number, whatever is seen."""

    def __init__(self, value: float) -> None:
        self.value = value

    def sample(self, obs: Obs, n: int, generator: Generator, planned: Planned | None = None) -> Draws:
        """The constant, H = D = 1."""
        batch = next(iter(obs.values())).shape[0]
        return torch.full((n, batch, 1, 1), self.value)

    def log_prob(self, obs: Obs, action: Chunk) -> None:
        """None: a point has no density."""


class NearestNeighbour(Actor):
    """Does what was done in the most similar demonstrated state; several draws repeat it."""

    def __init__(self, demonstrations: Windows) -> None:
        self.keys = sorted(demonstrations.frames)
        self.action = demonstrations.action
        self.tree = cKDTree(self._flat(demonstrations.obs))

    def _flat(self, obs: Obs) -> Tensor:
        return torch.cat([obs[k].flatten(1) for k in self.keys], dim=1).cpu()

    def sample(self, obs: Obs, n: int, generator: Generator, planned: Planned | None = None) -> Draws:
        """The nearest demonstration's chunk."""
        _, index = self.tree.query(self._flat(obs).numpy())
        return self.action[torch.as_tensor(index)].expand(n, -1, -1, -1)

    def log_prob(self, obs: Obs, action: Chunk) -> None:
        """None: a point has no density."""
