"""Summary of the training windows cut from recordings: their number, padding and cost in memory.

For an episode of L frames, decided at every frame, with T observed steps and horizon H:

    min(L, T - 1)           windows whose past is held at the first frame
    min(L, H - 1)           windows whose future is held at the last
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from eitherway.data.statistics import MANY, DatasetStatistics

NUMBER = 4  # bytes: numbers are kept in single precision
INDEX = 8  # bytes: a window is a row of indices, not a copy


@dataclass(frozen=True)
class Part:
    """The part of a window that comes from one array, and its memory."""

    name: str
    times: int  # how many frames of it
    frame: tuple[int, ...]
    frame_bytes: int
    frames: int

    @property
    def window_bytes(self) -> int:
        """The bytes of the array in one window, once that is copied out."""
        return self.times * self.frame_bytes

    @property
    def held_bytes(self) -> int:
        """The bytes of all its frames, kept once for all windows."""
        return self.frames * self.frame_bytes


@dataclass(frozen=True)
class WindowSummary:
    """The windows that a policy would train on: number, padding and memory."""

    n_obs_steps: int
    horizon: int
    windows: int
    held_first: float  # share of windows that repeat the first frame for a past that is not there
    held_last: float  # share that repeat the last action for a future that is not there
    observed: tuple[Part, ...]
    done: Part

    @property
    def held_bytes(self) -> int:
        """The bytes of all windows by index: every frame once, and the indices."""
        return sum(p.held_bytes for p in (*self.observed, self.done)) + self.windows * INDEX * (
            self.n_obs_steps + self.horizon
        )

    @property
    def copied_bytes(self) -> int:
        """The bytes that a copy of every window would take."""
        return self.windows * sum(p.window_bytes for p in (*self.observed, self.done))


def window_summary(
    survey: DatasetStatistics, observed: Sequence[str], action: str, *, n_obs_steps: int = 1, horizon: int = 1
) -> WindowSummary:
    """The windows of a policy that observes some arrays and acts by another."""
    for name in (*observed, action):
        if name not in survey.arrays:
            raise ValueError(f"no array is called {name!r}; there are: {', '.join(survey.arrays)}")
    if len(set(observed)) < len(observed):
        raise ValueError(f"an array is observed once, got: {', '.join(observed)}")
    if n_obs_steps < 1 or horizon < 1:
        raise ValueError(f"n_obs_steps and horizon must be at least 1, got {n_obs_steps} and {horizon}")
    return WindowSummary(
        n_obs_steps=n_obs_steps,
        horizon=horizon,
        windows=survey.frames,
        held_first=sum(min(n, n_obs_steps - 1) for n in survey.lengths) / survey.frames,
        held_last=sum(min(n, horizon - 1) for n in survey.lengths) / survey.frames,
        observed=tuple(_part(survey, name, n_obs_steps) for name in observed),
        done=_part(survey, action, horizon),
    )


def _part(survey: DatasetStatistics, name: str, times: int) -> Part:
    """One array's part of a window; images that can be bytes are taken for bytes."""
    found = survey.arrays[name]
    numbers = math.prod(found.key.shape)
    each = 1 if found.bytes_like and numbers > MANY else NUMBER
    return Part(name, times, found.key.shape, numbers * each, survey.frames)
