"""All trainable parameters of a module as one flat vector.

For networks as small as these an optimiser spends its time on bookkeeping, tensor by tensor. The optimisers used work
number by number, so the mathematics is the same.
"""

import torch
from torch import Tensor, nn


class FlatParameters:
    """All trainable parameters of a module as views of one flat vector: one tensor to optimise, not dozens."""

    def __init__(self, module: nn.Module) -> None:
        self.parts = [p for p in module.parameters() if p.requires_grad]
        self.vector = nn.Parameter(torch.cat([p.detach().flatten() for p in self.parts]))
        values = self.vector.detach().split([p.numel() for p in self.parts])
        for part, value in zip(self.parts, values, strict=True):
            part.data = value.view_as(part)

    @torch.no_grad()
    def put(self, values: Tensor) -> None:
        """Copies values into the vector, and so into the parameters."""
        self.vector.copy_(values)
