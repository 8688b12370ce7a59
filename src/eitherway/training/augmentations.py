"""Augmentations: further demonstrations from the task's own geometry, and noise on what is observed in training.

References:
    The DOT Policy (Larchenko, 2025), https://github.com/IliaLarchenko/dot_policy (noise on the state)
"""

import abc
from collections.abc import Sequence
from typing import Any

from torch import Generator

from eitherway.data.spec import Spec
from eitherway.randomness import normal_like
from eitherway.registry import Classes, register
from eitherway.shape import Obs
from eitherway.tasks.base import Task

__all__ = [
    "Augmentation",
    "BatchAugmentation",
    "DemonstrationAugmentation",
    "GoalCompletion",
    "Mirror",
    "ObservationNoise",
]


class Augmentation(abc.ABC):
    """A change of the training data that a recipe names; several are applied in their order."""

    @abc.abstractmethod
    def check(self, task: Task) -> None:
        """Raises ValueError where the task has nothing that this augmentation could use."""


AUGMENTATIONS = Classes("augmentation", Augmentation)


class DemonstrationAugmentation(Augmentation):
    """An augmentation of whole demonstrations, by one of the task's transforms."""

    transform: str  # its name among the task's transforms

    def __init__(
        self,
        *,
        required: bool = True,  # refuse a task without this transform; false: leave its demonstrations as they are
    ) -> None:
        self.required = required

    def check(self, task: Task) -> None:
        if self.required and self.transform not in task.transforms:
            known = ", ".join(task.transforms) or "none"
            raise ValueError(
                f"{type(self).__name__} needs a task with the transform {self.transform!r}, and "
                f"{type(task).__name__} has {known}: leave it out (--set RECIPE.augment='[]')"
            )

    def __call__(self, shown: list[list[Any]], task: Task) -> list[list[Any]]:
        """The demonstrations in the task's own form, as lists that each show all of them in one order."""
        transform = task.transforms.get(self.transform)
        return shown if transform is None else self.applied(shown, [[transform(x) for x in some] for some in shown])

    @abc.abstractmethod
    def applied(self, shown: list[list[Any]], transformed: list[list[Any]]) -> list[list[Any]]:
        """What the demonstrations become."""


@register
class GoalCompletion(DemonstrationAugmentation):
    """Moves each demonstration rigidly so that it ends exactly on the goal."""

    transform = "completed"

    def applied(self, shown: list[list[Any]], transformed: list[list[Any]]) -> list[list[Any]]:
        return transformed


@register
class Mirror(DemonstrationAugmentation):
    """Adds each demonstration's mirror image."""

    transform = "mirrored"

    def applied(self, shown: list[list[Any]], transformed: list[list[Any]]) -> list[list[Any]]:
        return shown + transformed


class BatchAugmentation(Augmentation):
    """An augmentation of every batch of training, drawn anew each time."""

    def check(self, task: Task) -> None:
        """Every task has batches."""

    @abc.abstractmethod
    def __call__(self, obs: Obs, spec: Spec, noise: Generator) -> Obs:
        """A batch's observations, normalised, as the policy is to see them in training."""


@register
class ObservationNoise(BatchAugmentation):
    """Adds Gaussian noise to all observed numbers of every batch."""

    def __init__(
        self,
        *,
        sd: float = 0.01,  # standard deviation, in normalised units
    ) -> None:
        if not sd >= 0:
            raise ValueError(f"sd must be at least 0, got {sd}")
        self.sd = sd

    def __call__(self, obs: Obs, spec: Spec, noise: Generator) -> Obs:
        """With noise on numbers; images stay as they are."""
        if self.sd == 0:
            return obs
        return {**obs, **{name: obs[name] + self.sd * normal_like(obs[name], noise) for name in spec.numbers}}


def demonstrated(task: Task, augmentations: Sequence[Augmentation]) -> list[list[Any]]:
    """The task's training demonstrations in its own form, augmented: lists that each show all, in one order."""
    shown = [task.originals()]
    for augmentation in augmentations:
        augmentation.check(task)
        if isinstance(augmentation, DemonstrationAugmentation):
            shown = augmentation(shown, task)
    return shown
