"""Action representations: what the numbers of an action chunk mean to the head, absolute, relative or as changes.

    absolute   â_h = a_h                                      (1)
    relative   â_h = a_h - p                                  (2)
    delta      â_0 = a_0 - p,   â_h = a_h - a_{h-1}           (3)

p is where the robot is at the decision, the last observation of it. (2) and (3) need actions that are places in the
same space as p; then what is done hardly depends on where. (2) also shifts observations that are lists of points in
that space. All three are shifts or sums, of determinant 1: densities are the same.

References:
    Universal Manipulation Interface (Chi et al., 2024), https://arxiv.org/abs/2402.10329 (absolute, relative and delta)
"""

import abc
from collections.abc import Iterator

import torch
from jaxtyping import Float, Shaped
from torch import Tensor

from eitherway.data.spec import Spec
from eitherway.data.windows import Windows, covered, unheld
from eitherway.registry import Classes, register
from eitherway.shape import Chunk, Obs

__all__ = ["AbsoluteActions", "ActionRepresentation", "DeltaActions", "RelativeActions"]


class ActionRepresentation(abc.ABC):
    """Translates actions and observations between raw units and what normalisers, encoder and head see."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    @abc.abstractmethod
    def encode(self, action: Chunk, obs: Obs) -> Chunk:
        """Raw chunks, or beginnings of chunks, in this representation."""

    @abc.abstractmethod
    def decode(self, chunk: Float[Tensor, "*S B H D"], obs: Obs) -> Float[Tensor, "*S B H D"]:
        """The inverse of `encode`, for one draw at each observation or several."""

    @abc.abstractmethod
    def observe(self, obs: Obs) -> Obs:
        """Observations as the encoder is to see them, before normalisation."""

    @abc.abstractmethod
    def recorded_actions(self, demos: Windows) -> Iterator[Shaped[Tensor, "M D"]]:
        """All recorded actions in this representation, once each, without padding: what normalisers are fitted to."""

    @abc.abstractmethod
    def recorded_observations(self, demos: Windows, name: str) -> Iterator[Shaped[Tensor, "M O"]]:
        """All recorded numbers of one observation as the encoder is to see them, once each, without padding."""


ACTION_REPRESENTATIONS = Classes("action representation", ActionRepresentation)


@register
class AbsoluteActions(ActionRepresentation):
    """Actions as they were recorded, eq. (1)."""

    def encode(self, action: Chunk, obs: Obs) -> Chunk:
        return action

    def decode(self, chunk: Float[Tensor, "*S B H D"], obs: Obs) -> Float[Tensor, "*S B H D"]:
        return chunk

    def observe(self, obs: Obs) -> Obs:
        return obs

    def recorded_actions(self, demos: Windows) -> Iterator[Shaped[Tensor, "M D"]]:
        yield demos.actions[covered(demos.future, len(demos.actions))]

    def recorded_observations(self, demos: Windows, name: str) -> Iterator[Shaped[Tensor, "M O"]]:
        yield demos.frames[name][covered(demos.past, len(demos.frames[name]))]


class FromRobot(ActionRepresentation):
    """What representations that start from the robot's position have in common; points are seen from there."""

    def __init__(self, spec: Spec, required: bool) -> None:
        super().__init__(spec)
        name = type(self).__name__
        if required and spec.robot is None:
            raise ValueError(
                f"{name} needs an observation that says where the robot is, and the task names none: "
                "use AbsoluteActions (--set RECIPE.action_representation=AbsoluteActions)"
            )
        if required and spec.after == "zero":
            raise ValueError(
                f"{name} needs actions that are places, and the task's are changes: "
                "use AbsoluteActions (--set RECIPE.action_representation=AbsoluteActions)"
            )
        self.robot = None if spec.after == "zero" else spec.robot

    def position(self, obs: Obs) -> Float[Tensor, "B 1 D"]:
        """Where each robot is at the decision; the origin where nothing says it."""
        if self.robot is None:
            some = next(iter(obs.values()))
            return torch.zeros(len(some), 1, self.spec.action, device=some.device)
        return obs[self.robot][:, -1:, : self.spec.action]

    def positions(self, demos: Windows) -> Float[Tensor, "B D"]:
        """Where the robot was at each demonstrated decision; the origin where nothing says it."""
        if self.robot is None:
            return torch.zeros(len(demos), self.spec.action, device=demos.actions.device)
        return demos.frames[self.robot][demos.past[:, -1], : self.spec.action]

    def observe(self, obs: Obs) -> Obs:
        here = self.position(obs)
        shifted = {
            name: obs[name] - here.repeat(1, 1, obs[name].shape[-1] // here.shape[-1]) for name in self.spec.points
        }
        return {**obs, **shifted}

    def recorded_observations(self, demos: Windows, name: str) -> Iterator[Shaped[Tensor, "M O"]]:
        frames = demos.frames[name]
        if name not in self.spec.points:
            yield frames[covered(demos.past, len(frames))]
            return
        here = self.positions(demos)
        for rows, found in unheld(demos.past.flip(1)):
            yield frames[found] - here[rows].repeat(1, frames.shape[1] // here.shape[1])


@register
class RelativeActions(FromRobot):
    """Actions relative to where the robot is at the decision, eq. (2)."""

    def __init__(
        self,
        spec: Spec,
        *,
        required: bool = True,  # refuse a task that names no robot position; false: leave its actions as they are
    ) -> None:
        super().__init__(spec, required)

    def encode(self, action: Chunk, obs: Obs) -> Chunk:
        return action - self.position(obs)

    def decode(self, chunk: Float[Tensor, "*S B H D"], obs: Obs) -> Float[Tensor, "*S B H D"]:
        return chunk + self.position(obs)

    def recorded_actions(self, demos: Windows) -> Iterator[Shaped[Tensor, "M D"]]:
        here = self.positions(demos)
        for rows, found in unheld(demos.future):
            yield demos.actions[found] - here[rows]


@register
class DeltaActions(FromRobot):
    """Actions as changes, from the robot's position to the first and from each to the next, eq. (3)."""

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec, required=True)

    def encode(self, action: Chunk, obs: Obs) -> Chunk:
        return torch.cat([self.position(obs), action], dim=1).diff(dim=1)

    def decode(self, chunk: Float[Tensor, "*S B H D"], obs: Obs) -> Float[Tensor, "*S B H D"]:
        return chunk.cumsum(-2) + self.position(obs)

    def recorded_actions(self, demos: Windows) -> Iterator[Shaped[Tensor, "M D"]]:
        here = self.positions(demos)
        columns = iter(unheld(demos.future))
        rows, found = next(columns)
        yield demos.actions[found] - here[rows]
        for _, found in columns:  # what is not held follows the action before it
            yield demos.actions[found] - demos.actions[found - 1]
