"""Recorded closed-loop episodes: actions and info at every step, and the committed mode at every decision."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

OWN = "steps", "success", "decision_steps", "boundary_gap", "action", "sample_fan"
MAYBE = "committed_mode", "requested"  # None where they do not apply, and then in no file
INFO = "info_"  # before the names of the environment's `info`, in a file of arrays


@dataclass(frozen=True, kw_only=True)
class Rollouts:
    """Record of B episodes of at most T steps, with Q decisions at the same steps of each; NaN after an end."""

    success: Bool[np.ndarray, " B"]
    steps: Int[np.ndarray, " B"]  # how long each lasted
    action: Float[np.ndarray, "B T D"]
    info: Mapping[str, Float[np.ndarray, "B T1 _"]]  # of the environment, the first at the start
    decision_steps: Int[np.ndarray, " Q"]  # the steps of the decisions
    boundary_gap: Float[
        np.ndarray, "B Q"
    ]  # |new chunk's action - what the chunk before had planned for that step|, raw units
    committed_mode: Int[np.ndarray, "B Q 2"] | None  # the choice each chunk is about, its mode; see the task
    sample_fan: Float[
        np.ndarray, "F Q S H D"
    ]  # of the first F episodes, S more draws at each decision, never carried out
    requested: Float[np.ndarray, "B T D"] | None = (
        None  # the action before limits changed it; None where there are none
    )

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The record as plain arrays by name, for a file."""
        own = {name: getattr(self, name) for name in (*OWN, *MAYBE) if getattr(self, name) is not None}
        return {**own, **{INFO + name: value for name, value in self.info.items()}}

    @classmethod
    def from_arrays(cls, held: Mapping[str, np.ndarray]) -> "Rollouts | None":
        """The inverse of `to_arrays`; None where the arrays are of something else."""
        if "decision_steps" not in held:
            return None
        info = {name.removeprefix(INFO): held[name] for name in held if name.startswith(INFO)}
        return cls(**{name: held.get(name) for name in (*OWN, *MAYBE)}, info=info)  # type: ignore[arg-type]
