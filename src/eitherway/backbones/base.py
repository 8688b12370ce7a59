"""The base class of backbones, with the one signature that every head calls: y = f(c, x, t)."""

import abc
from typing import Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor, nn

from eitherway.registry import Classes
from eitherway.shape import Context, Each, Shape


class Backbone(nn.Module, abc.ABC):
    """A backbone network y = f(c, x, t) over chunks; without x it answers from the context alone.

    It promises: rows do not see each other; H = 1 works; forward-mode derivatives (`torch.func.jvp`) exist.
    """

    @abc.abstractmethod
    def forward(self, c: Context, x: Float[Tensor, "B H d_in"] | None = None, *t: Each) -> Float[Tensor, "B H d_out"]:
        """The output for contexts `c`, chunks `x` (where the head sees any) and as many times `t` as were asked for."""


BACKBONES = Classes("backbone", Backbone)


@runtime_checkable
class Net(Protocol):
    """A backbone factory, such as `Make(MLP, width=256)`; the head calls it, for only it knows the sizes it needs."""

    def __call__(self, shape: Shape, *, d_in: int, d_out: int, times: int) -> Backbone:
        """A backbone for chunks of `d_in` numbers a step, answering `d_out` a step, given `times` times."""
