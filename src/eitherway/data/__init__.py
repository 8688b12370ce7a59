"""Demonstrations: episodes, windows cut from them, normalisation."""

from eitherway.data.episode import Episode
from eitherway.data.normalisation import Identity, MinMax, Normaliser, QuantileRange, Standard
from eitherway.data.spec import Spec
from eitherway.data.windows import Windows

__all__ = ["Episode", "Identity", "MinMax", "Normaliser", "QuantileRange", "Spec", "Standard", "Windows"]
