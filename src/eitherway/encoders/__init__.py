"""Observation encoders, which turn observations into context tokens."""

from eitherway.encoders.base import Encoder
from eitherway.encoders.picture import PictureEncoder
from eitherway.encoders.state import StateEncoder
from eitherway.encoders.vision import Convolutions

__all__ = ["Convolutions", "Encoder", "PictureEncoder", "StateEncoder"]
