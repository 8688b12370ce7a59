"""Codebooks: tokenisers that map action chunks to discrete tokens and back."""

from eitherway.codebooks.base import Codebook
from eitherway.codebooks.bins import QuantileBins, Sides, UniformBins
from eitherway.codebooks.gap_bins import GapBins
from eitherway.codebooks.kmeans import KMeans
from eitherway.codebooks.residual_vq import ResidualVQ

__all__ = ["Codebook", "GapBins", "KMeans", "QuantileBins", "ResidualVQ", "Sides", "UniformBins"]
