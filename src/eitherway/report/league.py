"""The league table as plain data, which terminal, page, notebook and docs write down, each in its own way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eitherway.compare.schema import Results
from eitherway.compare.stats import Interval, caveat, student
from eitherway.evaluation.data import Floor
from eitherway.metrics import METRICS, Metric, titled
from eitherway.metrics.base import SHARE
from eitherway.report.numbers import written

DISTANCES = {"w1": "W₁", "energy": "Energy distance", "sliced_w1": "Sliced W₁"}  # whose floors are told below a table
RANKS = "#: the rank on the same starts, compared in pairs; rows that cannot be told apart share one."


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A method or reference with its numbers and ranks by metric; a metric that does not apply is in neither."""

    name: str
    reference: bool  # nothing was trained
    n: int  # trainings, or 1 where chance had no say
    numbers: Mapping[str, Interval]
    ranks: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class League:
    """The table of methods by metrics, with what stands around it."""

    task: str
    columns: tuple[Metric, ...]
    entries: Mapping[str, Entry]  # by name, methods first
    floors: Mapping[str, Floor]  # by metric
    seeds: int
    command: str  # makes these numbers again

    @classmethod
    def of(cls, results: Results, shown: Sequence[str] | None = None) -> "League":
        """Builds the table of results.json: of the metrics shown, or of all with a title, those measured."""
        summary = results["summary"]
        measured = {metric for values in summary.values() for metric in values}
        columns = titled(measured) if shown is None else [METRICS[m] for m in shown if m in measured]
        references = {record["recipe"] for record in results["records"] if record["kind"] == "reference"}
        names = sorted(summary, key=lambda name: name in references)
        return cls(
            task=results["task"]["name"],
            columns=tuple(columns),
            entries={name: entry(name, name in references, results) for name in names},
            floors={metric: Floor(**floor) for metric, floor in results["floors"].items()},
            seeds=len(results["seeds"]),
            command=results["command"],
        )

    @property
    def over(self) -> str:
        """What the means are over, in words."""
        return f"{self.seeds} training seed{'' if self.seeds == 1 else 's'}"

    @property
    def caveat(self) -> str:
        """What so few trainings cannot say; '' where there are enough."""
        return caveat(self.seeds)

    @property
    def floors_told(self) -> list[str]:
        """A sentence for each distance on what the distribution itself scores."""
        known = [(metric, words, self.floors[metric]) for metric, words in DISTANCES.items() if metric in self.floors]
        return [
            f"{words} of the distribution's own draws: "
            f"{written(metric, floor.mean)}, sd {written(metric, floor.sd)} over {floor.n} sets."
            for metric, words, floor in known
        ]

    @property
    def agreement_told(self) -> str:
        """How the interval of a share is to be read on which all trainings agree; '' where there is none."""
        agreed = any(
            METRICS[metric].bounds == SHARE and value == student([value.mean] * value.n, SHARE)
            for entry in self.entries.values()
            for metric, value in entry.numbers.items()
            if value.n > 1 and metric in {column.name for column in self.columns}
        )
        return f"A share on which all trainings agree is known as well as {self.seeds} trials tell." if agreed else ""

    @property
    def ranks_told(self) -> str:
        """How ranks are to be read; '' where no row has one."""
        return RANKS if any(entry.ranks for entry in self.entries.values()) else ""


def entry(name: str, reference: bool, results: Results) -> Entry:
    """Builds one row."""
    numbers = {metric: Interval(**value) for metric, value in results["summary"][name].items()}
    standings = results["standings"]
    return Entry(
        name=name,
        reference=reference,
        n=max((value.n for value in numbers.values()), default=0),
        numbers=numbers,
        ranks={metric: rows[name]["rank"] for metric, rows in standings.items() if name in rows},
    )
