"""History x horizon windows of episodes, cut by index; at the ends the first and last steps are held, not masked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from eitherway.data.episode import Episode
from eitherway.shape import Chunk, Obs


@dataclass(frozen=True)
class Windows:
    """B pairs of what was observed up to a step and the chunk that was done from it on.

    What was recorded is held once, frame by frame; a pair is only the indices of its frames until it is asked for.
    """

    frames: dict[str, Tensor]  # F O by name, or F and the shape of a picture
    actions: Float[Tensor, "F D"]
    past: Int[Tensor, "B T"]
    future: Int[Tensor, "B H"]

    @classmethod
    def cut(cls, episodes: Sequence[Episode], history: int, horizon: int, every: int = 1) -> "Windows":
        """One window for every so many steps of each episode: `history` observations up to it, `horizon` actions on."""
        lengths = torch.tensor([len(e) for e in episodes])
        starts = lengths.cumsum(0) - lengths
        first, last = (each.repeat_interleave(lengths)[:, None] for each in (starts, starts + lengths - 1))
        now = torch.arange(int(lengths.sum()))[:, None]
        decided = (now - first)[:, 0] % every == 0
        now, first, last = now[decided], first[decided], last[decided]
        frames = {k: tensor(np.concatenate([e.observation[k] for e in episodes])) for k in episodes[0].observation}
        actions = tensor(np.concatenate([e.action for e in episodes]))
        past = torch.maximum(now + torch.arange(1 - history, 1), first)
        return cls(frames, actions, past, torch.minimum(now + torch.arange(horizon), last))

    @classmethod
    def of(cls, obs: Obs, action: Chunk) -> "Windows":
        """Pairs that are there already."""
        count, history = next(iter(obs.values())).shape[:2]
        past, future = (torch.arange(count * k).view(count, k) for k in (history, action.shape[1]))
        return cls({k: v.flatten(0, 1) for k, v in obs.items()}, action.flatten(0, 1), past, future)

    @property
    def obs(self) -> Obs:
        """What was observed, copied out for all pairs."""
        return {k: v[self.past] for k, v in self.frames.items()}

    @property
    def action(self) -> Chunk:
        """What was done, copied out for all pairs."""
        return self.actions[self.future]

    @property
    def bytes(self) -> int:
        """The memory that one pair takes once copied out."""
        seen = sum(v[0].nbytes * self.past.shape[1] for v in self.frames.values())
        return seen + self.actions[0].nbytes * self.future.shape[1]

    def __len__(self) -> int:
        return len(self.past)

    def __getitem__(self, rows: slice | Tensor) -> "Windows":
        """Some of the pairs; frames are shared."""
        return replace(self, past=self.past[rows], future=self.future[rows])

    def only(self, names: Collection[str]) -> "Windows":
        """The same pairs with some of the observations."""
        return replace(self, frames={name: self.frames[name] for name in names})

    def to(self, device: str | torch.device) -> "Windows":
        """The same pairs on a device."""
        frames = {k: v.to(device) for k, v in self.frames.items()}
        return Windows(frames, self.actions.to(device), self.past.to(device), self.future.to(device))


def tensor(recorded: np.ndarray) -> Tensor:
    """Numbers in single precision; pictures of bytes as they are."""
    return torch.from_numpy(recorded) if recorded.dtype == np.uint8 else torch.as_tensor(recorded, dtype=torch.float32)
