"""Recordings on disk: one format a file, each a `Reader`."""

from eitherway.data.readers.base import BadData, Key, Reader
from eitherway.data.readers.opening import READERS, open_data
from eitherway.data.readers.zarr_replay import ZarrReplay

__all__ = ["READERS", "BadData", "Key", "Reader", "ZarrReplay", "open_data"]
