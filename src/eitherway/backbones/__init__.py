"""Networks over chunks, all of one signature."""

from eitherway.backbones.base import Backbone
from eitherway.backbones.mlp import MLP

__all__ = ["MLP", "Backbone"]
