"""One demonstration: what was seen and what was done, step by step."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True, repr=False)
class Episode:
    """One demonstration of T steps in raw units; observations by name.

    >>> Episode({"state": np.zeros((5, 2))}, np.zeros((5, 1)))
    Episode(state: 5 x 2, action: 5 x 1)
    """

    observation: dict[str, Float[np.ndarray, "T O"]]
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
        return f"Episode({', '.join(f'{k}: {v.shape[0]} x {v.shape[1]}' for k, v in parts.items())})"
