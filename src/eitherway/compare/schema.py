"""The form of results.json, schema 1, as types; docs/results.md says what each field means."""

from typing import Any, Literal, TypedDict

SCHEMA = 1


class Versioned(TypedDict):
    """What any version of results.json has."""

    schema: Any


class TaskData(TypedDict):
    """A task by name, with all its options."""

    name: str
    options: dict[str, Any]


class FloorData(TypedDict):
    """A metric's sampling floor."""

    mean: float
    sd: float
    n: int


class IntervalData(TypedDict):
    """A mean with its 95 % interval."""

    mean: float
    low: float | None
    high: float | None
    n: int


class MetricData(TypedDict):
    """A metric in words."""

    name: str
    better: str
    unit: str
    meaning: str


class About(TypedDict):
    """A recipe in words."""

    label: str
    idea: str
    see: str


class Record(TypedDict):
    """One row with one seed."""

    recipe: str
    kind: Literal["recipe", "reference"]
    seed: int
    hyper_parameters: dict[str, Any] | None
    versions: dict[str, str]
    metrics: dict[str, float]


class FailureData(TypedDict):
    """A row that is missing, and why."""

    recipe: str
    seed: int
    step: int | None
    reason: str


class Standing(TypedDict):
    """A row's rank by one metric, and its paired difference to the best row."""

    rank: int
    behind: dict[str, Any]  # an `Interval`


class Results(TypedDict):
    """The contents of results.json."""

    schema: int
    eitherway: str
    command: str
    task: TaskData
    seeds: list[int]
    floors: dict[str, FloorData]
    metrics: list[MetricData]
    about: dict[str, About]
    records: list[Record]
    failures: list[FailureData]
    summary: dict[str, dict[str, IntervalData]]
    standings: dict[str, dict[str, Standing]]
    hidden: list[str]
