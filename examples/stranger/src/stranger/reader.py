"""Recordings as a folder of files `episode_0.npz`, `episode_1.npz`, ..., each with one array for each key."""

from pathlib import Path

import numpy as np

from eitherway import register
from eitherway.data.readers import BadData, Key, Reader


@register
class NpzFolder(Reader):
    """A folder of .npz files, one an episode."""

    kind, mark = "a folder of episodes", "episode_0.npz"

    def __init__(self, path: Path, episodes: list[dict[str, Key]], lengths: list[int]) -> None:
        self.path, self.episode_keys, self.episode_lengths = path, episodes, lengths

    @classmethod
    def recognises(cls, path: Path) -> bool:
        return (path / cls.mark).is_file()

    @classmethod
    def open(cls, path: Path, *, sparse: bool = False) -> "NpzFolder":
        episodes, lengths = [], []
        for i in range(len(list(path.glob("episode_*.npz")))):
            keys, length = metadata(path / f"episode_{i}.npz")
            episodes.append(keys)
            lengths.append(length)
            if keys.keys() != episodes[0].keys():
                raise BadData(f"{path}: episode {i} must hold {', '.join(episodes[0])}, got {', '.join(keys)}")
        return cls(path, episodes, lengths)

    @property
    def keys(self) -> dict[str, Key]:
        """As in the first episode, with the bytes of all."""
        stored = {name: sum(keys[name].stored for keys in self.episode_keys) for name in self.episode_keys[0]}
        return {name: Key(key.shape, key.dtype, stored[name], "npz") for name, key in self.episode_keys[0].items()}

    @property
    def lengths(self) -> tuple[int, ...]:
        return tuple(self.episode_lengths)

    @property
    def rate(self) -> float | None:
        return None

    def part(self, name: str, episode: int, start: int, stop: int) -> np.ndarray:
        with np.load(self.path / f"episode_{episode}.npz", allow_pickle=False) as held:
            return held[name][start:stop].copy()  # of the file's arrays only this one is loaded


def metadata(file: Path) -> tuple[dict[str, Key], int]:
    """The metadata of a file's arrays, and how many frames each holds; nothing is ever unpickled."""
    if not file.is_file():
        raise BadData(f"there is no {file}: episodes must be numbered from 0 without gaps")
    with np.load(file, allow_pickle=False) as held:
        stored = {name: held.zip.getinfo(f"{name}.npy").compress_size for name in held}
        arrays = {name: held[name] for name in held}
    frames = {name: x.shape[:1] for name, x in arrays.items()}
    if len(set(frames.values())) != 1 or () in frames.values():
        raise BadData(f"{file}: all arrays must have the same number of frames, got {frames}")
    keys = {name: Key(x.shape[1:], x.dtype, stored[name], "npz") for name, x in arrays.items()}
    return keys, len(next(iter(arrays.values())))
