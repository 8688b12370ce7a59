"""Execution of action chunks in closed loop: receding horizon, or temporal ensembling of overlapping chunks.

    receding horizon   a_t = newest chunk, sampled every k steps                            (1)
    ensemble           a_t = Σ_i w_i a^(i)_t / Σ_i w_i,   w_i = decay^(age of chunk i)       (2)
    filled             w_0 = Σ_{k ≥ age of chunk 0} decay^k, k < H: of the first chunk       (3)

In (2) every chunk that covers step t has its say: with decay < 1 the newest weighs most (DOT: 0.75), with decay > 1 the
oldest (ACT: e^0.01). Between chunks of different modes (2) is a mean of modes, which may be in none: what mode
averaging was before heads could draw, through the back door. (1) may switch modes instead, every k steps.

References:
    Diffusion Policy (Chi et al., 2023), https://arxiv.org/abs/2303.04137 (receding horizon)
    Learning Fine-Grained Bimanual Manipulation (Zhao et al., 2023), https://arxiv.org/abs/2304.13705 (ACT's ensemble)
    The DOT Policy (Larchenko, 2025), https://github.com/IliaLarchenko/dot_policy (blending)
"""

import abc
import math
from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from eitherway.checks import check_kind, is_whole, said
from eitherway.registry import Classes, register
from eitherway.shape import Chunk, Planned

__all__ = ["Execution", "RecedingHorizon", "TemporalEnsemble"]


class Execution(abc.ABC):
    """Base class of chunk execution: turns action chunks into one action per step, for B episodes at once."""

    def __init__(self, *, every: int | None) -> None:
        if every is not None and not is_whole(every):
            raise TypeError(f"the steps that a chunk serves for must be a whole number, got {said(every)}")
        if every is not None and every < 1:
            raise ValueError(f"a chunk must serve for at least 1 step, got {every}")
        self.every = every  # steps from one decision to the next; None: when a chunk is done
        self.chunks: list[Chunk] = []  # those that reach into the future, the newest last; their first action is next
        self.wait = 0  # steps until the next decision
        self.n_decisions = 0  # decisions of these episodes

    @abc.abstractmethod
    def combine(self, due: Float[Tensor, "A B D"], age: Float[Tensor, "A 1 1"]) -> Float[Tensor, "B D"]:
        """The action of this step, combined from those that A chunks plan for it, the newest last; ages in steps."""

    def next(self, ask: Callable[[Planned | None], Chunk]) -> Float[Tensor, "B D"]:
        """The next action; `ask` is called only when a new chunk is needed, with what is left of the last one."""
        if self.wait == 0:
            if not callable(ask):
                raise TypeError(f"who is asked for chunks must be callable, got {said(ask)}")
            chunk = ask(self.chunks[-1] if self.chunks else None)
            self.check(chunk)
            self.horizon = chunk.shape[1]
            self.wait = self.horizon if self.every is None else min(self.every, self.horizon)
            self.chunks.append(chunk)
            self.n_decisions += 1
        self.wait -= 1
        age = torch.tensor([float(self.horizon - chunk.shape[1]) for chunk in self.chunks])
        action = self.combine(torch.stack([chunk[:, 0] for chunk in self.chunks]), age[:, None, None])
        self.chunks = [chunk[:, 1:] for chunk in self.chunks if chunk.shape[1] > 1]
        return action

    def check(self, chunk: Chunk) -> None:
        """Raises TypeError or ValueError where an answer is no chunk, or is one for other episodes than before."""
        check_kind("what is asked for", chunk, Tensor)
        if chunk.dim() != 3 or not chunk.numel() or not chunk.is_floating_point():
            raise ValueError(f"a chunk must be numbers [B, H, D], got {list(chunk.shape)} of {chunk.dtype}")
        if self.chunks and (before := self.chunks[-1]).shape[::2] != chunk.shape[::2]:
            raise ValueError(
                f"a chunk must be for the {before.shape[0]} episodes and {before.shape[2]} numbers of the one before, "
                f"got {list(chunk.shape)}: keep what goes on, or reset"
            )

    def reset(self) -> None:
        """Resets for new episodes: what was planned before is forgotten."""
        self.chunks, self.wait, self.n_decisions = [], 0, 0

    def keep(self, rows: Int[Tensor, " K"]) -> None:
        """Keeps only some of the episodes, by row."""
        check_kind("the rows to keep", rows, Tensor)
        count = max((len(chunk) for chunk in self.chunks), default=None)
        if rows.dim() != 1 or rows.dtype != torch.int64 or (count is not None and bool((rows.abs() >= count).any())):
            raise ValueError(f"the rows to keep must be whole numbers below {count}, got {said(rows.tolist())}")
        self.chunks = [chunk[rows] for chunk in self.chunks]


EXECUTIONS = Classes("execution", Execution)


@register
class RecedingHorizon(Execution):
    """Receding-horizon execution: n_action_steps of each chunk, then a new one, eq. (1)."""

    def __init__(
        self,
        *,
        n_action_steps: int | None = None,  # of each chunk that are carried out, k; None, or more than it has: all
    ) -> None:
        super().__init__(every=n_action_steps)

    def combine(self, due: Float[Tensor, "A B D"], age: Float[Tensor, "A 1 1"]) -> Float[Tensor, "B D"]:
        return due[-1]


@register
class TemporalEnsemble(Execution):
    """Temporal ensembling: an exponentially weighted mean of all chunks that cover the step, eq. (2).

    With `filled` an episode begins as if its first chunk had been the answer to every decision before, eq. (3): DOT's
    buffer of the last H answers starts full of it.
    """

    def __init__(
        self,
        *,
        decay: float = 0.75,  # weight of a chunk against that of one a step younger
        every: int = 1,  # steps from one decision to the next; beyond a chunk's end none overlap
        filled: bool = False,  # the first chunk counts for all that an older one could have said
    ) -> None:
        super().__init__(every=every)
        if isinstance(decay, bool) or not isinstance(decay, int | float) or not math.isfinite(decay):
            raise TypeError(f"decay must be a number, got {said(decay)}")
        if not decay > 0:
            raise ValueError(f"decay must be above 0, got {decay}")
        self.decay, self.filled = decay, filled

    def combine(self, due: Float[Tensor, "A B D"], age: Float[Tensor, "A 1 1"]) -> Float[Tensor, "B D"]:
        weight = self.decay ** (age - age.min())
        if self.filled and self.n_decisions == len(self.chunks):  # the first is among them, and the oldest
            older = torch.arange(float(age[0]), self.horizon, self.every or 1)
            weight[0] = (self.decay ** (older - age.min())).sum()
        return (weight * due).sum(0) / weight.sum()
