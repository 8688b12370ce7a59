"""Avoiding: a point robot passes three rows of obstacles; there are 24 modes (after D3IL)."""

from eitherway.tasks.avoiding.env import AvoidingVectorEnv
from eitherway.tasks.avoiding.expert import demonstrations, drive, mode_probabilities
from eitherway.tasks.avoiding.field import FINISH, HALF_WIDTH, OBSTACLES, RADIUS, ROWS, collides
from eitherway.tasks.avoiding.modes import MODE_NAMES, gaps_of, intended_gap, mode_of, passage, track_mode
from eitherway.tasks.avoiding.task import Avoiding

__all__ = [
    "FINISH",
    "HALF_WIDTH",
    "MODE_NAMES",
    "OBSTACLES",
    "RADIUS",
    "ROWS",
    "Avoiding",
    "AvoidingVectorEnv",
    "collides",
    "demonstrations",
    "drive",
    "gaps_of",
    "intended_gap",
    "mode_of",
    "mode_probabilities",
    "passage",
    "track_mode",
]
