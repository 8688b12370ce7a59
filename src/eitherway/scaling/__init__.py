"""How every head's quality changes with dimension, modes, their distance, rarity, demonstrations and parameters."""

from eitherway.scaling.axes import AXES, Axis
from eitherway.scaling.curves import Curve, breaks, curve
from eitherway.scaling.sweep import REPRESENTATIVES, SCALING, gathered, points

__all__ = ["AXES", "REPRESENTATIVES", "SCALING", "Axis", "Curve", "breaks", "curve", "gathered", "points"]
