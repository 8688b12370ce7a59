"""Training windows of n_obs_steps and horizon, cut from episodes by index; padded past their ends, not masked."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import torch
from jaxtyping import Bool, Int, Shaped
from torch import Tensor

from eitherway.checks import check_count, check_kind, is_whole, said
from eitherway.data.episode import Episode
from eitherway.data.single import single
from eitherway.shape import Obs

After = Literal["held", "zero"]
REST = -1  # the index of what is done after an episode whose last action is not held: the last row of all, zeros


@dataclass(frozen=True)
class Windows:
    """B training pairs of an observation history and the action chunk that follows it.

    What was recorded is held once, frame by frame; a pair is only the indices of its frames until it is asked for.
    """

    frames: dict[str, Tensor]  # F O by name, or F and the shape of a picture
    actions: Shaped[Tensor, "F D"]  # with a last row of zeros where `future` may be REST
    past: Int[Tensor, "B T"]
    future: Int[Tensor, "B H"]
    origin: Int[Tensor, " B"]  # the demonstration that each pair comes from; its images have its number

    @classmethod
    def cut(
        cls,
        episodes: Iterable[Episode],
        n_obs_steps: int,
        horizon: int,
        every: int = 1,
        *,
        after: After = "held",
        origin: Sequence[int] | None = None,
    ) -> "Windows":
        """Cuts a window every `every` steps of each episode: `n_obs_steps` observations to it, `horizon` actions on.

        Before its start an episode's first observation is held. `after` says what is done past its end: the last action
        again, as is right for places, or zeros, as is right for changes and velocities. `origin` gives each episode the
        number of the demonstration that it shows, where several show one.
        """
        recorded = checked(episodes)
        for name, value in (("n_obs_steps", n_obs_steps), ("horizon", horizon), ("every", every)):
            check_count(name, value)
        if after not in get_args(After):
            raise ValueError(f"after must be one of {', '.join(map(repr, get_args(After)))}, got {said(after)}")
        numbers = range(len(recorded)) if origin is None else origin
        check_origin(numbers, len(recorded))
        frames = {k: single(k, [e.observation[k] for e in recorded]) for k in recorded[0].observation}
        actions = single("action", [e.action for e in recorded])
        lengths = torch.tensor([len(e) for e in recorded])
        starts = lengths.cumsum(0) - lengths
        whole = torch.arange(len(actions)) - starts.repeat_interleave(lengths)
        decided = whole % every == 0
        first, last, number = (
            each.repeat_interleave(lengths)[decided, None]
            for each in (starts, starts + lengths - 1, torch.tensor(list(numbers)))
        )
        now = torch.arange(len(actions))[decided, None]
        past, future = torch.maximum(now + torch.arange(1 - n_obs_steps, 1), first), now + torch.arange(horizon)
        if after == "held":
            return cls(frames, actions, past, torch.minimum(future, last), number[:, 0])
        rest = torch.zeros_like(actions[:1])
        return cls(frames, torch.cat([actions, rest]), past, torch.where(future > last, REST, future), number[:, 0])

    @classmethod
    def of(cls, obs: Obs, action: Shaped[Tensor, "B H D"]) -> "Windows":
        """Windows from given pairs, each a demonstration of its own."""
        check_kind("the observations of pairs", obs, dict)
        for name, value in obs.items():
            check_kind(f"the observation {name!r}", value, Tensor)
        check_kind("the action", action, Tensor)
        if action.dim() != 3 or not action.numel() or not obs:
            raise ValueError(f"pairs need observations and chunks [B, H, D], got {list(obs)} and {list(action.shape)}")
        count, n_obs_steps = len(action), max(next(iter(obs.values())).shape[1:2], default=0)
        for name, value in obs.items():
            if value.dim() < 3 or value.shape[:2] != (count, n_obs_steps) or not value.numel():
                raise ValueError(
                    f"for {count} chunks the observation {name!r} must be [{count}, {n_obs_steps}, ...], "
                    f"got {list(value.shape)}"
                )
        past, future = (torch.arange(count * k).view(count, k) for k in (n_obs_steps, action.shape[1]))
        frames = {k: v.flatten(0, 1) for k, v in obs.items()}
        return cls(frames, action.flatten(0, 1), past, future, torch.arange(count))

    @property
    def obs(self) -> Obs:
        """The observations of all pairs, copied out."""
        return {k: v[self.past] for k, v in self.frames.items()}

    @property
    def action(self) -> Shaped[Tensor, "B H D"]:
        """The action chunks of all pairs, copied out."""
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
        return replace(self, past=self.past[rows], future=self.future[rows], origin=self.origin[rows])

    def split(self, size: int) -> Iterator["Windows"]:
        """All pairs in order, at most so many at a time."""
        return (self[start : start + size] for start in range(0, len(self), size))

    def to(self, device: str | torch.device) -> "Windows":
        """A copy of all pairs on a device."""
        frames = {k: v.to(device) for k, v in self.frames.items()}
        index = (self.past.to(device), self.future.to(device), self.origin.to(device))
        return Windows(frames, self.actions.to(device), *index)


def covered(index: Int[Tensor, "B T"], frames: int) -> Bool[Tensor, " F"]:
    """A mask of the frames that appear in some window."""
    found = torch.zeros(frames, dtype=torch.bool, device=index.device)
    found[index] = True
    if bool((index == REST).any()):
        found[REST] = False
    return found


def unheld(index: Int[Tensor, "B T"]) -> Iterator[tuple[Int[Tensor, " M"], Int[Tensor, " M"]]]:
    """For each column, the windows whose frame is not padding (that of the column before), and these frames."""
    yield torch.arange(len(index), device=index.device), index[:, 0]
    for before, now in zip(index.T, index.T[1:], strict=False):
        rows = (now != before).nonzero()[:, 0]
        if len(rows):
            yield rows, now[rows]


def following(demos: Windows) -> Iterator[tuple[Int[Tensor, " M"], Int[Tensor, " M"]]]:
    """Index pairs of consecutive actions: within chunks or, where these have one step, between them."""
    if demos.future.shape[1] > 1:
        yield from zip(demos.future.T, demos.future.T[1:], strict=False)
        return
    (now,) = demos.future.T
    on = (now[1:] == now[:-1] + 1) & (demos.origin[1:] == demos.origin[:-1])
    if bool(on.any()):
        yield now[:-1][on], now[1:][on]


def checked(episodes: Iterable[Episode]) -> list[Episode]:
    """The episodes as a list; a ValueError where there are none, or where they were not recorded alike."""
    if not isinstance(episodes, Iterable) or isinstance(episodes, Tensor | np.ndarray):
        raise TypeError(f"windows are cut from episodes, a list or the like, got {said(episodes)}")
    recorded = list(episodes)
    if not recorded:
        raise ValueError("windows need at least one episode, got none")
    for number, episode in enumerate(recorded):
        check_kind(f"episode {number}", episode, Episode)
    first = kinds(recorded[0])
    for number, episode in enumerate(recorded):
        other = kinds(episode)
        if other == first:
            continue
        if other.keys() != first.keys():
            raise ValueError(
                f"all episodes must record the same: {list(other)} in episode {number}, {list(first)} in 0"
            )
        name = next(name for name in first if other[name] != first[name])
        raise ValueError(
            f"all episodes must record the same: {name} {other[name]} in episode {number}, {first[name]} in 0"
        )
    return recorded


def check_origin(numbers: Sequence[int], count: int) -> None:
    """Raises TypeError or ValueError where there is not a whole number for each of so many episodes."""
    check_kind("origin", numbers, Sequence)
    if len(numbers) != count:
        raise ValueError(f"origin needs a number for each of {count} episodes, got {len(numbers)}")
    wrong = [number for number in numbers if not is_whole(number)]
    if wrong:
        raise TypeError(f"origin must be whole numbers, got {said(wrong[0])}")


def kinds(episode: Episode) -> dict[str, str]:
    """The frame shape of each array in words, with the dtype of images: numbers may have any."""
    arrays = {
        **{f"the observation {name!r}": x for name, x in episode.observation.items()},
        "the action": episode.action,
    }
    return {name: f"{list(x.shape[1:])}{f' of {x.dtype}' if x.ndim > 2 else ''}" for name, x in arrays.items()}
