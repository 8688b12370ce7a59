"""Recordings as a folder of files `episode_0.npz`, `episode_1.npz`, ..., each with one array for each key."""

from pathlib import Path

import numpy as np

from eitherway import register
from eitherway.data.readers import BadData, Key, Reader


@register
class NpzFolder(Reader):
    """A folder of .npz files, one an episode."""

    kind, mark = "a folder of episodes", "episode_0.npz"

    def __init__(self, path: Path, files: list[Path]) -> None:
        self.path, self.files = path, files

    @classmethod
    def recognises(cls, path: Path) -> bool:
        return (path / cls.mark).is_file()

    @classmethod
    def open(cls, path: Path, *, sparse: bool = False) -> "NpzFolder":
        files = [path / f"episode_{i}.npz" for i in range(len(list(path.glob("episode_*.npz"))))]
        for file in files:
            if not file.is_file():
                raise BadData(f"{path} has no {file.name}: episodes must be numbered from 0 without gaps")
        return cls(path, files)

    def arrays(self, episode: int) -> dict[str, np.ndarray]:
        """All arrays of an episode; nothing is ever unpickled."""
        with np.load(self.files[episode], allow_pickle=False) as held:
            return dict(held)

    @property
    def keys(self) -> dict[str, Key]:
        return {name: Key(x.shape[1:], x.dtype, x.nbytes, "npz") for name, x in self.arrays(0).items()}

    @property
    def lengths(self) -> tuple[int, ...]:
        return tuple(len(next(iter(self.arrays(i).values()))) for i in range(len(self.files)))

    @property
    def rate(self) -> float | None:
        return None

    def part(self, name: str, episode: int, start: int, stop: int) -> np.ndarray:
        return self.arrays(episode)[name][start:stop].copy()
