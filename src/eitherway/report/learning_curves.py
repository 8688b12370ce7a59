"""The report's learning curves: the training loss by step, for each method and stage of its training."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from math import isfinite
from pathlib import Path

import matplotlib
import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure

from eitherway.compare.storage import CARD, Card
from eitherway.compare.work import training_of
from eitherway.files import read_as
from eitherway.report.figure_files import FigureFiles
from eitherway.report.figures import SIZE
from eitherway.report.row import Row
from eitherway.report.style import PREDICTION, STYLE, plain_numbers
from eitherway.training.checkpoint import LOSSES
from eitherway.training.loss_curves import LossCurve, LossCurves

DECADE = 10.0  # a logarithmic axis spans at least this much: a shorter one has hardly a number on it


@dataclass(frozen=True)
class LearningCurves:
    """The figures of all methods' learning curves, and the trainings that have none, in words."""

    figures: Sequence[Markup]
    missing: Sequence[str]


def learning_curves(rows: Sequence[Row], files: FigureFiles) -> LearningCurves | None:
    """Draws a figure for each method and stage; None where no training of the run has kept its losses."""
    figures: list[Markup] = []
    missing: list[str] = []
    for row in rows:
        kept = {seed: read_losses(row.place.with_name(f"seed-{seed}")) for seed in row.seeds}
        missing += [f"{row.label}, seed {seed}" for seed, stages in kept.items() if not stages]
        stages = list(zip_longest(*filter(None, kept.values())))  # of each seed its curve; None without that stage
        titles = [
            row.label + (f", stage {i + 1} of {len(stages)}" if len(stages) > 1 else "") for i in range(len(stages))
        ]
        drawn = {title: draw([c for c in of if c], title) for title, of in zip(titles, stages, strict=True)}
        figures += files.panels(f"{row.name}-losses", drawn)
    return LearningCurves(figures, missing) if figures else None


def read_losses(record: Path) -> tuple[LossCurve, ...]:
    """Reads the learning curves of the training that a record draws from; none where they are missing or damaged."""
    try:
        stages = read_as(training_of(record, read_as(record / CARD, Card)) / LOSSES, LossCurves).stages
    except (OSError, ValueError):
        return ()
    return stages if all(whole(stage) for stage in stages) else ()


def whole(stage: LossCurve) -> bool:
    """Whether a curve has a finite loss at each of its steps, which grow."""
    paired = len(stage.steps) == len(stage.losses) > 0
    return paired and all(map(isfinite, stage.losses)) and list(stage.steps) == sorted(set(stage.steps))


def draw(curves: Sequence[LossCurve], title: str) -> Figure:
    """Draws one stage: thin each seed's losses, thick their mean at the steps that all of them reached."""
    held = [dict(zip(curve.steps, curve.losses, strict=True)) for curve in curves]
    common = sorted(set.intersection(*(set(one) for one in held)))
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=SIZE, layout="constrained")  # losses have numbers of any length
        axes = figure.subplots()
        for curve in curves:
            axes.plot(curve.steps, curve.losses, color=PREDICTION, lw=0.5, alpha=0.45)
        axes.plot(common, [np.mean([one[step] for one in held]) for step in common], color=PREDICTION, lw=1.4)
        low, high = (of(loss for curve in curves for loss in curve.losses) for of in (min, max))
        if low > 0 and high > DECADE * low:
            axes.set_yscale("log")
            plain_numbers(axes.yaxis)
        axes.set_title(title, parse_math=False)
        axes.set_xlabel("training step")
    return figure
