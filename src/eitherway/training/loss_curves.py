"""The learning curves of a training: the mean loss of every two-hundredth of a stage's steps."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from eitherway.training.train import Progress

POINTS = 200  # of one stage, at most


@dataclass(frozen=True)
class LossCurve:
    """The losses of one stage: each the mean of the steps up to this one, from the point before."""

    steps: tuple[int, ...]  # counted from 1
    losses: tuple[float, ...]


@dataclass(frozen=True)
class LossCurves:
    """The learning curves of a training, one for each stage."""

    stages: tuple[LossCurve, ...]


class Losses:
    """All losses of a training, collected while it runs."""

    def __init__(self) -> None:
        self.stages: dict[int, list[Float[Tensor, " K"]]] = {}
        self.width = 1

    def add(self, progress: Progress) -> None:
        """Takes the losses of a report; points are as far apart as for the whole stage, whenever that is stopped."""
        self.stages.setdefault(progress.stage, []).append(progress.losses)
        self.width = -(-progress.steps // POINTS)

    def curves(self) -> LossCurves:
        """Returns the learning curve of each stage."""
        return LossCurves(tuple(curve(torch.cat(parts), self.width) for _, parts in sorted(self.stages.items())))


def curve(losses: Float[Tensor, " N"], width: int) -> LossCurve:
    """Returns the means of so many steps each, the last of what is left.

    >>> curve(torch.tensor([3.0, 1.0, 1.0, 0.0, 5.0]), 2)
    LossCurve(steps=(2, 4, 5), losses=(2.0, 0.5, 5.0))
    """
    parts = losses.cpu().double().split(width)
    steps = tuple(min((i + 1) * width, len(losses)) for i in range(len(parts)))
    return LossCurve(steps, tuple(float(part.mean()) for part in parts))
