"""Readers of recordings on disk: one module per format, each with a `Reader`."""

from eitherway.data.readers.base import READERS, BadData, Key, Place, Reader
from eitherway.data.readers.detect import open_data
from eitherway.data.readers.zarr_replay import ZarrReplay

__all__ = ["READERS", "BadData", "Key", "Place", "Reader", "ZarrReplay", "open_data"]
