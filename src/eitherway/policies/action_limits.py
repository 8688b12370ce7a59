"""Action limits: clips actions, and their step-to-step changes, to the recorded range or to named bounds.

    b_t = clip(a_t, low - m, high + m),   m = margin (high - low)             (1)
    c_t = c_{t-1} + clip(b_t - c_{t-1}, ± (1 + margin) step)                  (2)

Whatever adds or bends noise (iterative samplers, mixtures, splines) draws outside its training data now and
then, and from a state far from it any head may answer anything. (1) and (2) change that silently; so they are counted.
"""

import math
from typing import TypeAlias

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from eitherway.data import Windows
from eitherway.data.windows import REST, covered, following
from eitherway.registry import Classes, register

__all__ = ["ActionLimits"]

Named: TypeAlias = float | tuple[float, ...] | None  # one number for all, one for each, or as recorded
ROUNDING = 1e-5  # of the range: a normaliser's way there and back


class ActionRange(nn.Module):
    """The recorded range of actions and their largest step-to-step change, raw units; a checkpoint holds them."""

    low: Tensor
    high: Tensor
    step: Tensor  # infinite where no two actions are known that follow each other

    def __init__(self, size: int) -> None:
        super().__init__()
        self.register_buffer("low", torch.full((size,), math.inf))
        self.register_buffer("high", torch.full((size,), -math.inf))
        self.register_buffer("step", torch.full((size,), math.inf))

    def forget(self) -> None:
        """Resets the range to empty, as before any demonstration."""
        self.low.fill_(math.inf)
        self.high.fill_(-math.inf)
        self.step.fill_(math.inf)

    @torch.no_grad()
    def widen(self, demos: Windows) -> None:
        """Widens the range to cover demonstrations; rest after their end counts, where they do not hold the last."""
        actions = demos.actions.to(self.low)
        done = actions[covered(demos.future, len(actions))]
        if bool((demos.future == REST).any()):
            done = torch.cat([done, actions[REST:]])
        self.low.copy_(torch.minimum(self.low, done.amin(0)))
        self.high.copy_(torch.maximum(self.high, done.amax(0)))
        for before, after in following(demos):
            found = (actions[after] - actions[before]).abs().amax(0)
            self.step.copy_(torch.where(self.step.isfinite(), torch.maximum(self.step, found), found))

    def outside(self, action: Float[Tensor, "*M D"]) -> Bool[Tensor, "*M"]:
        """Whether each action has a number outside the range, by more than rounding."""
        room = ROUNDING * (self.high - self.low)
        return ((action < self.low - room) | (action > self.high + room)).any(-1)


class ActionLimits:
    """Clips actions and their step-to-step changes to the recorded range, or to named bounds, eq. (1) and (2)."""

    def __init__(
        self,
        span: ActionRange,
        *,
        low: Named = None,  # least value of each number of an action, raw units; null: the least recorded
        high: Named = None,  # largest value; null: the largest recorded
        step: Named = None,  # largest change from one action to the next; null: the largest recorded
        margin: float = 0.0,  # room beyond what was recorded, as a share of it; named limits have none
    ) -> None:
        size = len(span.low)
        if not margin >= 0:
            raise ValueError(f"margin must be at least 0, got {margin}")
        for name, value in (("low", low), ("high", high), ("step", step)):
            if isinstance(value, tuple) and len(value) != size:
                raise ValueError(f"{name} must be one number, or {size} for as many action numbers; got {len(value)}")
        if step is not None and not torch.tensor(step).gt(0).all():
            raise ValueError(f"step must be above 0, got {step}")
        if low is not None and high is not None and not torch.tensor(high).ge(torch.tensor(low)).all():
            raise ValueError(f"high must be at least low, got {high} and {low}")
        self.span, self.named, self.margin = span, (low, high, step), margin

    @property
    def bounds(self) -> tuple[Float[Tensor, " D"], Float[Tensor, " D"], Float[Tensor, " D"]]:
        """The bounds in force: least action, largest action and largest step-to-step change."""
        span, room = self.span, self.margin * (self.span.high - self.span.low)
        recorded = span.low - room, span.high + room, (1 + self.margin) * span.step
        low, high, step = (
            own if name is None else torch.as_tensor(name, dtype=own.dtype, device=own.device).expand_as(own)
            for name, own in zip(self.named, recorded, strict=True)
        )
        return low, high, step

    def __call__(
        self, action: Float[Tensor, "*B D"], before: Float[Tensor, "*B D"] | None = None
    ) -> Float[Tensor, "*B D"]:
        """The action clipped to the bounds, given the one `before`; that is None at the start of an episode."""
        low, high, step = (bound.to(action) for bound in self.bounds)
        allowed = action.clamp(low, high)
        return allowed if before is None else allowed.clamp(before - step, before + step)

    def along(self, chunk: Float[Tensor, "*B H D"]) -> Float[Tensor, "*B H D"]:
        """Whole chunks clipped step by step, each begun without an action before it."""
        steps = [self(chunk[..., 0, :])]
        for h in range(1, chunk.shape[-2]):
            steps.append(self(chunk[..., h, :], steps[-1]))
        return torch.stack(steps, -2)


ACTION_LIMITS = Classes("action limits", ActionLimits)
register(ActionLimits)
