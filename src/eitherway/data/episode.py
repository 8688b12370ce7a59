"""One demonstration episode: observations and actions, step by step."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Shaped

from eitherway.checks import check_kind


@dataclass(frozen=True, repr=False)
class Episode:
    """One demonstration of T steps in raw units: observations by name, numbers or images, and actions.

    Numbers are [T, N], of any kind and precision; pictures are bytes, [T, height, width, channels].

    >>> Episode({"state": np.zeros((5, 2))}, np.zeros((5, 1)))
    Episode(state: 5 x 2, action: 5 x 1)
    """

    observation: dict[str, Shaped[np.ndarray, "T ..."]]
    action: Shaped[np.ndarray, "T D"]

    def __post_init__(self) -> None:
        check_array("the action", self.action)
        if self.action.ndim != 2:
            raise ValueError(f"the action must be [T, D], numbers of T steps, got {list(self.action.shape)}")
        check_kind("the observation of an episode", self.observation, dict)
        if not self.observation:
            raise ValueError("an episode needs at least one observation, got none")
        for name, value in self.observation.items():
            if not isinstance(name, str):
                raise TypeError(f"observations are called by strings, got {name!r}")
            check_array(f"the observation {name!r}", value)
            if len(value) != len(self.action):
                raise ValueError(
                    f"an episode needs one {name!r} for each action: got {len(value)} and {len(self.action)}"
                )

    def __len__(self) -> int:
        return len(self.action)

    def __repr__(self) -> str:
        parts = [*self.observation.items(), ("action", self.action)]
        shapes = [(name, " x ".join(map(str, value.shape))) for name, value in parts]
        return f"Episode({', '.join(f'{name}: {shape}' for name, shape in shapes)})"


def check_array(what: str, x: np.ndarray) -> None:
    """Raises TypeError or ValueError where something recorded is no array of numbers, at least one in each step."""
    if not isinstance(x, np.ndarray):
        raise TypeError(f"{what} must be a NumPy array, got {type(x).__name__}")
    if x.dtype.kind not in "biuf":
        raise TypeError(f"{what} must hold numbers, got {x.dtype}")
    if x.ndim < 2:
        raise ValueError(
            f"{what} needs an axis for its numbers, [T, N], got {list(x.shape)}: one number a step is x[:, None]"
        )
    if not x.size:
        raise ValueError(f"{what} needs at least one step and one number in each, got {list(x.shape)}")
