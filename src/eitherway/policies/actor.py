"""Interface of whatever samples action chunks from observations: a policy, a distribution, a constant."""

import abc

from torch import Generator

from eitherway.policies.action_limits import ActionLimits
from eitherway.shape import Chunk, Draws, Each, Obs, Planned


class Actor(abc.ABC):
    """Base class of whatever samples action chunks from observations: a policy, a distribution, a constant."""

    limits: ActionLimits | None = None  # of what is carried out

    @abc.abstractmethod
    def sample(self, obs: Obs, n: int, generator: Generator, planned: Planned | None = None) -> Draws:
        """n sampled action chunks for each observation, raw units; `planned` is what is left of the chunk before."""

    @abc.abstractmethod
    def log_prob(self, obs: Obs, action: Chunk) -> Each | None:
        """Log-density of chunks in raw units, nats; None where there is none."""
