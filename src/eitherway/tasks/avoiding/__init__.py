"""Avoiding: a point robot crosses a field with three rows of obstacles; there are 24 ways round."""

from eitherway.tasks.avoiding.env import AvoidingVectorEnv
from eitherway.tasks.avoiding.expert import demonstrations, drive, way_probabilities
from eitherway.tasks.avoiding.field import FINISH, HALF_WIDTH, OBSTACLES, RADIUS, ROWS, collides
from eitherway.tasks.avoiding.modes import WAY_NAMES, gaps_of, intended_gap, passage, track_way, way_of
from eitherway.tasks.avoiding.task import Avoiding

__all__ = [
    "FINISH",
    "HALF_WIDTH",
    "OBSTACLES",
    "RADIUS",
    "ROWS",
    "WAY_NAMES",
    "Avoiding",
    "AvoidingVectorEnv",
    "collides",
    "demonstrations",
    "drive",
    "gaps_of",
    "intended_gap",
    "passage",
    "track_way",
    "way_of",
    "way_probabilities",
]
