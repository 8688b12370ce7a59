"""Early stopping: end a training when demonstrations held out of it are no longer predicted better.

A caveat to know before using it: a loss on held-out demonstrations is measured where demonstrations went, not where the
policy will go, and it can rise while success still does. Compare successes with and without before trusting it.

References:
    What Matters in Learning from Offline Human Demonstrations (Mandlekar et al., 2021), https://arxiv.org/abs/2108.03298
        (section 5: the best validation loss does not pick the best policy)
"""

import torch
from torch import Generator

from eitherway.data import Windows

__all__ = ["EarlyStopping"]


class EarlyStopping:
    """Every so many steps the loss on held-out demonstrations is taken; the best weights stay in the end."""

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
        """Windows to train on and windows of demonstrations held out; at least one of each, or a ValueError."""
        demonstrations = data.origin.unique()
        count = max(1, round(len(demonstrations) * self.share))
        if count >= len(demonstrations):
            raise ValueError(
                f"early stopping needs at least 2 demonstrations to hold one out, got {len(demonstrations)}"
            )
        drawn = torch.randperm(len(demonstrations), generator=generator)[:count]
        held = torch.isin(data.origin, demonstrations[drawn.to(data.origin.device)])
        return data[~held], data[held]
