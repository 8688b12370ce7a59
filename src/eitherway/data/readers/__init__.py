"""Recordings on disk: one format a file, each a `Reader`."""

from eitherway.data.readers.base import BadData, Key, Place, Reader
from eitherway.data.readers.detect import READERS, open_data
from eitherway.data.readers.zarr_replay import ZarrReplay

__all__ = ["READERS", "BadData", "Key", "Place", "Reader", "ZarrReplay", "open_data"]
