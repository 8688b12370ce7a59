"""Finite alphabets of action chunks."""

from eitherway.codebooks.base import Codebook
from eitherway.codebooks.bins import QuantileBins, Sides, UniformBins
from eitherway.codebooks.kmeans import KMeans

__all__ = ["Codebook", "KMeans", "QuantileBins", "Sides", "UniformBins"]
