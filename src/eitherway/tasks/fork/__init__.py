"""The fork: a synthetic task with chunks of any size, any number of modes, and an exactly known p(a | s)."""

from eitherway.tasks.fork.distribution import ForkDistribution
from eitherway.tasks.fork.env import ForkVectorEnv
from eitherway.tasks.fork.lanes import Lanes
from eitherway.tasks.fork.task import Fork

__all__ = ["Fork", "ForkDistribution", "ForkVectorEnv", "Lanes"]
