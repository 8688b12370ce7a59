"""Mixed precision: bfloat16 autocast in the backbones. Whatever else a loss is made of stays in full precision."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from eitherway.backbones import Backbone


@contextmanager
def computing_in(precision: str, policy: nn.Module) -> Iterator[None]:
    """Context in which a policy's backbones compute in a precision; their outputs keep that of their inputs."""
    backbones = [m for m in policy.modules() if isinstance(m, Backbone)] if precision == "bfloat16" else []
    for backbone in backbones:
        vars(backbone)["forward"] = lowered(backbone.forward)  # stands before the class's own
    try:
        yield
    finally:
        for backbone in backbones:
            del backbone.forward


def lowered(forward: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """A forward function under bfloat16 autocast, its output in the precision of its input."""

    def half(c: Tensor, *rest: Tensor | None) -> Tensor:
        with torch.autocast(c.device.type, dtype=torch.bfloat16):
            return forward(c, *rest).to(c.dtype)

    return half
