"""Backbones: neural networks over action chunks, all with the signature y = f(c, x, t)."""

from eitherway.backbones.base import Backbone, Net
from eitherway.backbones.mlp import MLP
from eitherway.backbones.residual import Residual
from eitherway.backbones.transformer import Transformer
from eitherway.backbones.unet import UNet

__all__ = ["MLP", "Backbone", "Net", "Residual", "Transformer", "UNet"]
