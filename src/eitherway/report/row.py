"""One row of a run: the name of a method or a reference, its scores, and what was read of its record."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eitherway.compare.stats import Interval


@dataclass(frozen=True, kw_only=True)
class Row:
    """One method or reference, as the league table and its own section show it."""

    name: str
    label: str
    idea: str
    see: str
    reference: bool
    n: int  # trainings, or 1 where chance had no say
    numbers: Mapping[str, Interval]
    ranks: Mapping[str, int]
    seeds: tuple[int, ...]  # with a record
    hyper_parameters: Mapping[str, Any] | None
    place: Path  # of the first seed's record
    seen: Any  # what the task's view has read there
