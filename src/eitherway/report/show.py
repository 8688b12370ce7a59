"""What a report can show of a kind of task: its words, the demonstrations, and one method's draws beside them."""

import abc
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from eitherway.report.refining import Way


@dataclass(frozen=True)
class Drawn:
    """What a record holds: the state's numbers at B decisions, and a chunk's numbers drawn at each."""

    s: Float[np.ndarray, "B O"]
    x: Float[np.ndarray, "B A"]

    @property
    def missing(self) -> int:
        """At how many decisions the draw is not a number."""
        return int((~np.isfinite(self.x).all(1)).sum())


class Show(abc.ABC):
    """The report's view of one task."""

    words: ClassVar[str]  # the template with the task's own words
    references: ClassVar[Mapping[str, tuple[str, str]]]  # of each row without training: what it is, what to see
    quality: ClassVar[str]  # the metric that stands for the distance to the law
    see: ClassVar[str | None] = None  # what to see in any method's pictures; None: what its recipe says, of the jumper

    @property
    @abc.abstractmethod
    def demonstrations(self) -> int:
        """How many there are to train on."""

    @abc.abstractmethod
    def panels(self, drawn: Drawn | None) -> Mapping[str, Figure]:
        """Small pictures by what they show, of the demonstrations and of draws over them; the same ones every time."""

    @abc.abstractmethod
    def facts(self) -> Mapping[str, Any]:
        """What the task's own words need to know."""

    @abc.abstractmethod
    def pictures(self) -> Mapping[str, tuple[str, Figure]]:
        """Further pictures of the task by name, each with what it shows."""

    @abc.abstractmethod
    def stops(self, way: Way) -> Mapping[str, Figure]:
        """Pictures of draws on their way from noise to actions, by what they show; none where they would be mute."""

    @abc.abstractmethod
    def lines(self, way: Way) -> tuple[Figure, Mapping[str, int]] | None:
        """The draws' ways as lines, and how many of them end where."""
