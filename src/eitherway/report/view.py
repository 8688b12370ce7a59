"""The base class of the report's views: a task's words, what is read of a record, and the figures made of that."""

import abc
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from matplotlib.figure import Figure
from PIL import Image

from eitherway.registry import Classes
from eitherway.report.figure_files import FigureFiles
from eitherway.report.quality import Quality
from eitherway.report.row import Row
from eitherway.tasks import Task

Seen = TypeVar("Seen")


class View(abc.ABC, Generic[Seen]):
    """The report's view of one task; `Seen` is what it reads of one record."""

    shows: ClassVar[type[Task]]  # the class of tasks that it is of
    kind: ClassVar[str]  # the template with the words of all tasks of its kind
    words: ClassVar[str]  # the template with the task's own words
    references: ClassVar[Mapping[str, tuple[str, str]]]  # of each row without training: what it is, what to see
    quality: ClassVar[Quality]
    see: ClassVar[str | None] = None  # what to see in any method's pictures; None: what its recipe says, of the jumper

    @property
    @abc.abstractmethod
    def demonstrations(self) -> int:
        """The number of demonstrations to train on."""

    @abc.abstractmethod
    def read(self, place: Path, hyper_parameters: Mapping[str, Any] | None) -> Seen:
        """Reads what there is to show of the record in a folder; a ValueError where it is damaged."""

    @abc.abstractmethod
    def trials(self, seen: Seen) -> int:
        """The number of trials of one method."""

    @abc.abstractmethod
    def panels(self, seen: Seen | None) -> Mapping[str, Figure]:
        """Returns small figures by what they show, of the demonstrations and a method beside them; alike for all."""

    @abc.abstractmethod
    def facts(self) -> Mapping[str, Any]:
        """Returns the variables of the task's own template."""

    @abc.abstractmethod
    def pictures(self) -> Mapping[str, tuple[str, Figure]]:
        """Returns further figures of the task by name, each with what it shows."""

    @abc.abstractmethod
    def more(self, row: Row, files: FigureFiles) -> Mapping[str, Any]:
        """Returns the variables of its kind's template for one method, besides its panels."""

    @abc.abstractmethod
    def together(self, rows: Sequence[Row]) -> Mapping[str, Any]:
        """Returns the variables of its kind's template for all methods together."""

    @abc.abstractmethod
    def film(self, row: Row) -> Iterator[Image.Image] | None:
        """Returns the video frames of a method's first episode; None where nothing moves."""


VIEWS = Classes("view", View)
