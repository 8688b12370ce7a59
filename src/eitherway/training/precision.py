"""Half the precision where it pays: in the backbones. Whatever else a loss is made of stays exact."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from eitherway.backbones import Backbone


@contextmanager
def computing_in(precision: str, policy: nn.Module) -> Iterator[None]:
    """Inside, a policy's backbones compute in that precision, and answer in the one they were asked in."""
    backbones = [m for m in policy.modules() if isinstance(m, Backbone)] if precision == "bfloat16" else []
    for backbone in backbones:
        vars(backbone)["forward"] = lowered(backbone.forward)  # stands before the class's own
    try:
        yield
    finally:
        for backbone in backbones:
            del backbone.forward


def lowered(forward: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The same function in bfloat16."""

    def half(c: Tensor, *rest: Tensor | None) -> Tensor:
        with torch.autocast(c.device.type, dtype=torch.bfloat16):
            return forward(c, *rest).to(c.dtype)

    return half
