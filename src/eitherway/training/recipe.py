"""Training recipes: all hyperparameters that decide what a run computes, and nothing else, as plain data."""

import hashlib
import json
from dataclasses import dataclass, fields
from dataclasses import replace as changed
from typing import Any, Literal, get_type_hints

import torch
from torch.optim import AdamW, Optimizer

from eitherway.backbones import MLP, Backbone
from eitherway.checks import check_kind
from eitherway.data import MinMax, Normaliser
from eitherway.encoders import Encoder, StateEncoder
from eitherway.heads import Head
from eitherway.make import Make, check_name, check_value, dotted
from eitherway.policies.action_limits import ActionLimits
from eitherway.policies.action_representation import AbsoluteActions, ActionRepresentation
from eitherway.policies.action_selection import ActionSelection, FirstDraw
from eitherway.policies.execution import Execution, RecedingHorizon
from eitherway.policies.inputs import check_device
from eitherway.policies.policy import Policy
from eitherway.randomness import GlobalStream
from eitherway.registry import from_data, to_data
from eitherway.shape import Shape
from eitherway.tasks import Task
from eitherway.training.augmentations import Augmentation
from eitherway.training.early_stopping import EarlyStopping
from eitherway.training.lr_schedules import LearningRate, OneCycle
from eitherway.training.parameter_groups import ParameterGroup

DRAWING = "action_selection", "execution", "limits"  # fields on which no training depends, only sampling


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """All hyperparameters of a policy: architecture, training and sampling. The seed is not in it."""

    head: Make[Head]
    backbone: Make[Backbone] = Make(MLP)
    encoder: Make[Encoder] = Make(StateEncoder)
    normaliser: Make[Normaliser] = Make(MinMax)
    action_representation: Make[ActionRepresentation] = Make(
        AbsoluteActions
    )  # what the numbers of a chunk mean to the head
    action_selection: Make[ActionSelection] = Make(FirstDraw)  # among several draws of the head
    execution: Make[Execution] = Make(RecedingHorizon)  # of chunks, where one follows another
    limits: Make[ActionLimits] | None = None  # of what is carried out; None: it is carried out as it was drawn
    n_obs_steps: int | None = None  # None: the task's own
    horizon: int | None = None
    optimiser: Make[Optimizer] = Make(AdamW, lr=1e-2, weight_decay=0.0, fused=True)
    parameter_groups: tuple[Make[ParameterGroup], ...] = ()  # with options of their own; a parameter is in the first
    learning_rate: Make[LearningRate] = Make(OneCycle)
    clip: float | None = None  # largest norm of the gradient; None: no limit
    ema: float | None = 0.99  # decay of the running mean of the weights; None: the last weights
    early_stopping: Make[EarlyStopping] | None = None  # None: all steps are done, and all demonstrations are trained on
    precision: Literal["float32", "bfloat16"] = "float32"  # of the network's arithmetic in training
    augment: tuple[Make[Augmentation], ...] = ()  # of the training data, in this order
    steps: int = 1_000
    batch: int = 500

    def __post_init__(self) -> None:
        hints = get_type_hints(Recipe)
        for field in fields(self):
            check_value(field.name, getattr(self, field.name), hints[field.name])
        for name in ("steps", "batch", "n_obs_steps", "horizon"):
            if getattr(self, name) is not None and getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        if self.ema is not None and not 0 < self.ema < 1:
            raise ValueError(f"ema must lie between 0 and 1, or be null for none; got {self.ema}")
        if self.clip is not None and not self.clip > 0:
            raise ValueError(f"clip must be above 0, or null for none; got {self.clip}")

    def replace(self, path: str, value: Any) -> "Recipe":  # noqa: ANN401
        """A copy with one field changed; a dotted path leads into its options: "head.sampler.steps"."""
        name, _, rest = dotted(path)
        check_name("a recipe", name, (f.name for f in fields(self)), "field")
        if rest:
            inner = getattr(self, name)
            if not isinstance(inner, Make):
                raise TypeError(f"{name} is {inner!r}: it has no option {rest!r}")
            value = inner.replace(rest, value)
        return changed(self, **{name: value})

    def to_data(self) -> dict[str, Any]:
        """The recipe as plain data for JSON, defaults written out."""
        return {f.name: to_data(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Recipe":
        """The recipe that plain data describe: the inverse of `to_data`."""
        check_kind("the data of a recipe", data, dict)
        for name in data:
            check_name("a recipe", name, (f.name for f in fields(cls)), "field")
        if "head" not in data:
            raise TypeError("a recipe needs a head, and its data name none")
        return cls(**{name: from_data(value) for name, value in data.items()})

    def digest(self) -> str:
        """A hash of the recipe, ten hexadecimal digits that name it."""
        return digest(self.to_data())

    def training_digest(self) -> str:
        """A hash of the fields that training depends on: recipes that differ only in sampling share it."""
        data = self.to_data()
        drawing: frozenset[str] = getattr(self.head.cls, "drawing", frozenset())
        data["head"] = {k: v for k, v in data["head"].items() if k not in drawing}
        for field in DRAWING:
            del data[field]
        return digest(data)


def digest(data: Any) -> str:  # noqa: ANN401
    """Ten hexadecimal digits of the SHA-256 of plain data."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:10]


def build(recipe: Recipe, task: Task, *, seed: int, device: str | torch.device = "cpu") -> Policy:
    """An untrained policy; `seed` decides its first weights. Raises ValueError where its parts do not go together."""
    check_kind("the recipe", recipe, Recipe)
    check_kind("the task", task, Task)
    check_device(device)
    for augmentation in recipe.augment:
        augmentation().check(task)
    spec = task.spec.with_(recipe.n_obs_steps, recipe.horizon)
    with GlobalStream(seed, "weights").borrowed():
        encoder = recipe.encoder(spec)
        shape = Shape(spec.horizon, spec.action, encoder.tokens, encoder.embed)
        head = recipe.head(shape, recipe.backbone)
        head.validate()
        policy = Policy(
            spec, recipe.normaliser, encoder, head, recipe.action_selection, recipe.action_representation, recipe.limits
        )
    return policy.to(device)
