"""The interface between task and policy: observation and action shapes, n_obs_steps and horizon."""

from dataclasses import dataclass, replace
from typing import get_args

from eitherway.checks import check_count, check_kind, is_whole, said
from eitherway.data.windows import After

CHANNELS = 4  # of a picture, at most, where its first number could be meant so


@dataclass(frozen=True)
class Spec:
    """Observation and action spaces: shapes by name, and how many steps of past and future one decision spans."""

    observation: dict[str, int | tuple[int, ...]]  # so many numbers, or a picture's height, width and channels
    action: int
    n_obs_steps: int = 1
    horizon: int = 1
    every: int = 1  # steps of a demonstration from one decision to the next
    robot: str | None = None  # the observation whose first numbers are where the robot is, in the space of its actions
    points: tuple[str, ...] = ()  # observations that are lists of points in that space
    after: After = "held"  # what is done past a demonstration's end: held where actions are places, zero where changes

    def __post_init__(self) -> None:
        check_kind("what a spec observes", self.observation, dict)
        if not self.observation:
            raise ValueError("a spec must observe something, got no observation")
        for name, size in self.observation.items():
            check_kind("the name of an observation", name, str)
            check_size(name, size)
        for name in ("action", "n_obs_steps", "horizon", "every"):
            check_count(name, getattr(self, name))
        check_kind("points", self.points, tuple)
        placed = self.points if self.robot is None else (self.robot, *self.points)
        for name in placed:
            if not isinstance(name, str) or name not in self.numbers:
                known = ", ".join(map(repr, self.numbers)) or "none"
                raise ValueError(f"robot and points must name numbers that are observed ({known}), got {said(name)}")
        if self.after not in get_args(After):
            raise ValueError(f"after must be one of {', '.join(map(repr, get_args(After)))}, got {said(self.after)}")

    @property
    def numbers(self) -> dict[str, int]:
        """The observations that are vectors of numbers, with their sizes."""
        return {name: size for name, size in sorted(self.observation.items()) if isinstance(size, int)}

    @property
    def pictures(self) -> dict[str, tuple[int, ...]]:
        """The observations that are images of bytes, as (height, width, channels)."""
        return {name: size for name, size in sorted(self.observation.items()) if not isinstance(size, int)}

    def with_(self, n_obs_steps: int | None, horizon: int | None) -> "Spec":
        """A copy with other n_obs_steps or another horizon; None leaves the task's own."""
        return replace(
            self,
            n_obs_steps=self.n_obs_steps if n_obs_steps is None else n_obs_steps,
            horizon=self.horizon if horizon is None else horizon,
        )


def check_size(name: str, size: int | tuple[int, ...]) -> None:
    """Raises ValueError where an observation's size is neither a count of numbers nor the shape of an image."""
    text = f"the observation {name!r} must be a count of numbers, or a picture's (height, width, channels); "
    text += f"got {said(size)}"
    if isinstance(size, int) and is_whole(size) and size >= 1:
        return
    if not isinstance(size, tuple) or len(size) not in (2, 3) or not all(is_whole(n) and n >= 1 for n in size):
        raise ValueError(text)
    if len(size) == 2:
        raise ValueError(f"{text}: a grey picture has 1 channel")
    if size[0] <= CHANNELS < size[2]:
        raise ValueError(f"{text}: channels come last")
