"""The fork: chunks of any size with any number of modes, whose truth is known exactly."""

from eitherway.tasks.fork.distribution import ForkDistribution
from eitherway.tasks.fork.env import ForkVectorEnv
from eitherway.tasks.fork.lanes import Lanes
from eitherway.tasks.fork.task import Fork

__all__ = ["Fork", "ForkDistribution", "ForkVectorEnv", "Lanes"]
