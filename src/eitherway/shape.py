"""Tensor shapes: the axis letters, and the four sizes that every head and backbone agree on.

B batch   H horizon   D action numbers   N context tokens   E embedding
S draws   K components or codes   G tokens of a code   M demonstrations
"""

from dataclasses import dataclass
from typing import TypeAlias

import torch
from jaxtyping import Float, Shaped
from torch import Tensor

Chunk: TypeAlias = Float[Tensor, "B H D"]  # action chunks, normalised
Context: TypeAlias = Float[Tensor, "B N E"]  # what was observed, as tokens
Draws: TypeAlias = Float[Tensor, "S B H D"]  # S draws for each context
Planned: TypeAlias = Float[Tensor, "B O D"]  # the actions that the chunk before has left to do, the next one first
Each: TypeAlias = Float[Tensor, " B"]  # one number for each example
Obs: TypeAlias = dict[str, Shaped[Tensor, "B T ..."]]  # T observations in a row, by name: numbers, raw units; pictures


@dataclass(frozen=True)
class Shape:
    """The four sizes that every head and backbone agree on."""

    horizon: int  # H
    action: int  # D
    tokens: int  # N
    embed: int  # E


def joined(parts: list[Tensor], dim: int) -> Tensor:
    """Concatenates the parts along a dimension; a single part is returned as it is, without a copy."""
    return torch.cat(parts, dim=dim) if len(parts) > 1 else parts[0]


def tile(c: Context, n: int) -> Float[Tensor, "nB N E"]:
    """Repeats the contexts n times, draw axis outermost: undo with `.unflatten(0, (n, -1))`."""
    return c.repeat(n, 1, 1)
