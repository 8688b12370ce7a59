"""Demonstrations: episodes, windows cut from them, normalisation."""

from eitherway.data.episode import Episode
from eitherway.data.normalise import Identity, MinMax, Normaliser, QuantileRange, Standard
from eitherway.data.windows import Windows

__all__ = ["Episode", "Identity", "MinMax", "Normaliser", "QuantileRange", "Standard", "Windows"]
