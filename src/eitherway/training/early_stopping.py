"""Early stopping: end a training when demonstrations held out of it are no longer predicted better.

A caveat to know before using it: a loss on held-out demonstrations is measured where demonstrations went, not where the
policy will go, and it can rise while success still does. Compare successes with and without before trusting it.

References:
    What Matters in Learning from Offline Human Demonstrations (Mandlekar et al., 2021),
        https://arxiv.org/abs/2108.03298 (section 5: the best validation loss does not pick the best policy)
"""

import math
from collections.abc import Callable

import torch
from torch import Generator, Tensor, nn

from eitherway.data import Windows
from eitherway.registry import Classes, register

__all__ = ["EarlyStopping"]


class EarlyStopping:
    """Early stopping on the loss of held-out demonstrations; the best weights are kept."""

    def __init__(
        self,
        *,
        share: float = 0.1,  # of the demonstrations that are held out, whole and with all their images, drawn at random
        every: int = 200,  # steps from one look to the next
        patience: int = 5,  # looks without a better loss after which training ends
    ) -> None:
        if not 0 < share < 1:
            raise ValueError(f"share must lie between 0 and 1, got {share}")
        if every < 1 or patience < 1:
            raise ValueError(f"every and patience must be at least 1, got {every} and {patience}")
        self.share, self.every, self.patience = share, every, patience

    def split(self, data: Windows, generator: Generator) -> tuple[Windows, Windows]:
        """Training and validation windows, split by demonstration; at least one of each, or a ValueError."""
        demonstrations = data.origin.unique()
        count = max(1, round(len(demonstrations) * self.share))
        if count >= len(demonstrations):
            raise ValueError(
                f"early stopping needs at least 2 demonstrations to hold one out, got {len(demonstrations)}"
            )
        drawn = torch.randperm(len(demonstrations), generator=generator)[:count]
        held = torch.isin(data.origin, demonstrations[drawn.to(data.origin.device)])
        return data[~held], data[held]


EARLY_STOPPING = Classes("early stopping", EarlyStopping)
register(EarlyStopping)


class EarlyStopper:
    """Tracks the validation loss during training: keeps the best policy, and says when to stop."""

    def __init__(self, rule: EarlyStopping, policy: nn.Module, loss: Callable[[], float]) -> None:
        self.rule, self.policy, self.loss = rule, policy, loss
        self.best, self.since = math.inf, 0
        self.state: dict[str, Tensor] | None = None

    def due(self, step: int) -> bool:
        """Whether it is time to validate after so many steps."""
        return step % self.rule.every == 0

    def enough(self) -> bool:
        """Validates the policy as it is now; True when training should stop."""
        loss = self.loss()
        self.since += 1
        if loss < self.best:  # the whole state: what follows the weights, as codes do, is as good as at that step
            self.best, self.since = loss, 0
            self.state = {name: value.clone() for name, value in self.policy.state_dict().items()}
        return self.since >= self.rule.patience

    def restore(self) -> None:
        """Restores the best policy, if any was validated."""
        if self.state is not None:
            self.policy.load_state_dict(self.state)
