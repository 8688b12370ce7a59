"""The jumper: a 1-D bimodal toy task with an exactly known p(a | s)."""

import gymnasium as gym

from eitherway.tasks.jumper.distribution import JumperDistribution
from eitherway.tasks.jumper.env import JumperEnv, JumperVectorEnv
from eitherway.tasks.jumper.task import Jumper

__all__ = ["Jumper", "JumperDistribution", "JumperEnv", "JumperVectorEnv"]

gym.register(
    "eitherway/Jumper-v0",
    entry_point="eitherway.tasks.jumper.env:JumperEnv",
    vector_entry_point="eitherway.tasks.jumper.env:JumperVectorEnv",
)
