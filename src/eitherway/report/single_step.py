"""The report's view of single-step tasks: draws over states, and their trajectories from noise to actions."""

import abc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from eitherway.compare.storage import DRAWS, PATH
from eitherway.heads import IterativeSampler
from eitherway.registry import classes
from eitherway.report.figure_files import FigureFiles
from eitherway.report.row import Row
from eitherway.report.sampling_path import SamplingPath
from eitherway.report.validation import damaged, read_arrays
from eitherway.report.view import View


@dataclass(frozen=True)
class Drawn:
    """Recorded draws: the state's numbers at B decisions, a chunk's numbers drawn at each, and their trajectories."""

    s: Float[np.ndarray, "B O"]
    x: Float[np.ndarray, "B A"]
    trajectory: SamplingPath | None = None  # None where the head is no iterative sampler

    @property
    def missing(self) -> int:
        """The number of decisions at which the draw is not a number."""
        return int((~np.isfinite(self.x).all(1)).sum())


class SingleStepView(View[Drawn]):
    """The view of a single-step task, which is decided once."""

    kind = "single_step.html"

    def read(self, place: Path, hyper_parameters: Mapping[str, Any] | None) -> Drawn:
        """Reads a record's states, draws and trajectories from noise."""
        return read_draws(place, read_trajectory(place, refines(hyper_parameters)))

    def trials(self, seen: Drawn) -> int:
        """The number of draws, one at each state."""
        return len(seen.x)

    def more(self, row: Row, files: FigureFiles) -> Mapping[str, Any]:
        """Returns the figures of the trajectories from noise to actions, and where these end."""
        trajectory = row.seen.trajectory
        found = None if trajectory is None else self.lines(trajectory)
        label = f"{row.label}: lines from noise to actions"
        return {
            "stops": [] if trajectory is None else files.panels(f"{row.name}-stops", self.stops(trajectory)),
            "lines": None if found is None else files.keep(f"{row.name}-lines", found[0], label),
            "tally": {} if found is None else found[1],
        }

    def together(self, rows: Sequence[Row]) -> Mapping[str, Any]:
        """Returns nothing: each decision stands alone."""
        return {}

    def film(self, row: Row) -> None:
        """Returns None: nothing moves."""

    @abc.abstractmethod
    def stops(self, trajectory: SamplingPath) -> Mapping[str, Figure]:
        """Returns figures of draws at stops of their trajectories, by what they show; none where they would be mute."""

    @abc.abstractmethod
    def lines(self, trajectory: SamplingPath) -> tuple[Figure, Mapping[str, int]] | None:
        """Returns the draws' trajectories as lines, and how many of them end where."""


def read_draws(place: Path, trajectory: SamplingPath | None = None) -> Drawn:
    """Reads a record's states and draws, a row of numbers for each."""
    s, x = read_arrays(place / DRAWS, "s", "x")
    if not (s.ndim in (1, 2) and x.ndim in (1, 2) and len(s) == len(x) and s.size and x.size):
        raise damaged(place, f"{DRAWS} has starts of shape {s.shape} and landings of shape {x.shape}")
    return Drawn(s.reshape(len(s), -1), x.reshape(len(x), -1), trajectory)


def read_trajectory(place: Path, expected: bool) -> SamplingPath | None:
    """Reads a record's trajectories from noise to actions; None where it has none, and none is expected."""
    if not expected and not (place / PATH).is_file():
        return None
    t, x = read_arrays(place / PATH, "t", "x")
    if t.ndim != 1 or x.ndim != 2 or len(t) != len(x):
        raise damaged(place, f"{PATH} has times of shape {t.shape} and stops of shape {x.shape}")
    return SamplingPath(t, x)


def refines(hyper_parameters: Mapping[str, Any] | None) -> bool:
    """Whether a recipe's head is an iterative sampler, which draws from noise step by step."""
    head = (hyper_parameters or {}).get("head")
    cls = classes().get(head.get("class", "")) if isinstance(head, dict) else None
    return isinstance(cls, type) and issubclass(cls, IterativeSampler)
