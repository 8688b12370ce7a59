"""From observations to context tokens."""

from eitherway.encoders.base import Encoder
from eitherway.encoders.state import StateEncoder

__all__ = ["Encoder", "StateEncoder"]
