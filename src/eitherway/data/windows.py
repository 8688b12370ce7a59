"""History x horizon windows of episodes, cut by indexing; at the ends the first and last steps are held, not masked."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from eitherway.data.episode import Episode
from eitherway.shape import Chunk, Obs


@dataclass(frozen=True)
class Windows:
    """B pairs of what was observed up to a step and the chunk that was done from it on, in raw units."""

    obs: Obs
    action: Chunk

    @classmethod
    def cut(cls, episodes: Sequence[Episode], history: int, horizon: int, every: int = 1) -> "Windows":
        """One window for every so many steps of each episode: `history` observations up to it, `horizon` actions on."""
        lengths = np.array([len(e) for e in episodes])
        starts = np.cumsum(lengths) - lengths
        first, last = np.repeat(starts, lengths)[:, None], np.repeat(starts + lengths - 1, lengths)[:, None]
        now = np.arange(lengths.sum())[:, None]
        decided = (now - first)[:, 0] % every == 0
        now, first, last = now[decided], first[decided], last[decided]
        past = np.maximum(now + np.arange(1 - history, 1), first)  # B T
        future = np.minimum(now + np.arange(horizon), last)  # B H
        join = {k: np.concatenate([e.observation[k] for e in episodes]) for k in episodes[0].observation}
        action = np.concatenate([e.action for e in episodes])
        obs = {k: torch.as_tensor(v[past], dtype=torch.float32) for k, v in join.items()}
        return cls(obs, torch.as_tensor(action[future], dtype=torch.float32))

    def __len__(self) -> int:
        return len(self.action)

    def __getitem__(self, rows: slice | Tensor) -> "Windows":
        """Some of the pairs."""
        return Windows({k: v[rows] for k, v in self.obs.items()}, self.action[rows])

    def to(self, device: str | torch.device) -> "Windows":
        """The same pairs on a device."""
        return Windows({k: v.to(device) for k, v in self.obs.items()}, self.action.to(device))
