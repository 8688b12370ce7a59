"""One demonstration: what was seen and what was done, step by step."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Shaped


@dataclass(frozen=True, repr=False)
class Episode:
    """One demonstration of T steps in raw units; observations by name, numbers or pictures.

    >>> Episode({"state": np.zeros((5, 2))}, np.zeros((5, 1)))
    Episode(state: 5 x 2, action: 5 x 1)
    """

    observation: dict[str, Shaped[np.ndarray, "T ..."]]
    action: Float[np.ndarray, "T D"]

    def __post_init__(self) -> None:
        for name, value in self.observation.items():
            if len(value) != len(self.action):
                raise ValueError(
                    f"an episode needs one {name!r} for each action: got {len(value)} and {len(self.action)}"
                )

    def __len__(self) -> int:
        return len(self.action)

    def __repr__(self) -> str:
        parts = {**self.observation, "action": self.action}
        shapes = {name: " x ".join(map(str, value.shape)) for name, value in parts.items()}
        return f"Episode({', '.join(f'{name}: {shape}' for name, shape in shapes.items())})"
