"""Parameter groups: a learning rate or a weight decay of their own for some of a policy's parameters.

References:
    DETR (Carion et al., 2020), https://arxiv.org/abs/2005.12872, and ACT (Zhao et al., 2023),
        https://arxiv.org/abs/2304.13705 (a smaller learning rate for the image encoder)
    Language Models are Few-Shot Learners (Brown et al., 2020), https://arxiv.org/abs/2005.14165, and the code of
        Diffusion Policy (Chi et al., 2023), https://arxiv.org/abs/2303.04137 (no weight decay of biases and norms)
"""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any, Literal

from torch import nn

from eitherway.registry import Classes, register

__all__ = ["ParameterGroup"]


class ParameterGroup:
    """The parameters that a pattern and a shape select, with optimiser options of their own."""

    def __init__(
        self,
        *,
        names: str = "*",  # shell pattern of names in the policy, as `encoder.*` or `head.net.*.bias`
        dims: Literal["any", "matrices", "vectors"] = "any",  # vectors: biases and what norms scale by
        lr_scale: float = 1.0,  # multiple of the optimiser's learning rate
        weight_decay: float | None = None,  # None: the optimiser's own
    ) -> None:
        if not lr_scale >= 0:
            raise ValueError(f"lr_scale must be at least 0, a multiple of the learning rate, got {lr_scale}")
        if weight_decay is not None and not weight_decay >= 0:
            raise ValueError(f"weight_decay must be at least 0, or null for the optimiser's own, got {weight_decay}")
        self.names, self.dims, self.lr_scale, self.weight_decay = names, dims, lr_scale, weight_decay

    def selects(self, name: str, parameter: nn.Parameter) -> bool:
        """Whether this group is for the parameter of this name."""
        of_shape = self.dims == "any" or (parameter.ndim >= 2) == (self.dims == "matrices")
        return of_shape and fnmatchcase(name, self.names)


PARAMETER_GROUPS = Classes("parameter group", ParameterGroup)
register(ParameterGroup)


def grouped(module: nn.Module, groups: Sequence[ParameterGroup]) -> list[dict[str, Any]]:
    """The trainable parameters as an optimiser's groups, each with its `lr_scale`; those that none selects come first.

    A parameter belongs to the first group that selects it. Raises ValueError where a group has none at all.
    """
    named, rest = dict(module.named_parameters()), ParameterGroup()
    owners = {name: next((group for group in groups if group.selects(name, p)), rest) for name, p in named.items()}
    made: list[dict[str, Any]] = []
    for group in (rest, *groups):
        own = [p for name, p in named.items() if owners[name] is group]
        if group is not rest and not own:
            raise ValueError(
                f"a parameter group has no parameters: names {group.names!r}, dims {group.dims!r}; "
                f"names begin with {', '.join(list(named)[:3])}"
            )
        decay = {} if group.weight_decay is None else {"weight_decay": group.weight_decay}
        made.append({"params": [p for p in own if p.requires_grad], "lr_scale": group.lr_scale, **decay})
    return [group for group in made if group["params"]]
