"""Which of a head's draws is acted on: the first, the likeliest of several, or the one nearest to what was planned.

    a* = argmax_i log p(a_i | c)                      a_1 ... a_N ~ p(· | c)               (1)
    a* = argmin_i Σ_{h < O} |a_ih - b_h|²             b: the last O actions of the chunk before, still to be done (2)

(1) trades ways for certainty: with many candidates only the highest peak is left. (2) keeps to the way once begun,
where drawing anew at every decision would change it again and again; which way is begun stays a matter of chance.

References:
    Bidirectional Decoding (Liu et al., 2024), https://arxiv.org/abs/2408.17355 (backward coherence, eq. (2))
"""

import abc

from jaxtyping import Float
from torch import Generator, Tensor

from eitherway.heads import Density, Head
from eitherway.shape import Context, Draws, Planned, tile

__all__ = ["Chooser", "First", "Likeliest", "Nearest"]


class Chooser(abc.ABC):
    """A way to choose among draws."""

    def __init__(self, head: Head) -> None:
        self.head = head

    @abc.abstractmethod
    def __call__(self, c: Context, n: int, generator: Generator, planned: Planned | None) -> Draws:
        """n chunks for each context, each chosen on its own; `planned` may hold what the chunk before still wanted."""


class First(Chooser):
    """Draws as they come."""

    def __call__(self, c: Context, n: int, generator: Generator, planned: Planned | None) -> Draws:
        return self.head.sample(c, n, generator)


class Likeliest(Chooser):
    """The likeliest of several draws, eq. (1)."""

    def __init__(
        self,
        head: Head,
        *,
        candidates: int = 16,  # draws to choose among
    ) -> None:
        super().__init__(head)
        if not isinstance(head, Density):
            raise ValueError(f"Likeliest needs a head with a density; {type(head).__name__} has none")
        self.density, self.candidates = head, at_least_one(candidates)

    def __call__(self, c: Context, n: int, generator: Generator, planned: Planned | None) -> Draws:
        a = self.head.sample(c, n * self.candidates, generator)
        score = self.density.log_prob(a.flatten(0, 1), tile(c, len(a))).unflatten(0, (n, self.candidates, -1))
        return picked(a.unflatten(0, (n, self.candidates)), score)


class Nearest(Chooser):
    """Of several draws the one nearest to what the chunk before still had planned, eq. (2).

    The first decision of an episode has no plan and is an ordinary draw; on tasks that decide once it is the only one.
    """

    def __init__(
        self,
        head: Head,
        *,
        candidates: int = 16,  # draws to choose among
    ) -> None:
        super().__init__(head)
        self.candidates = at_least_one(candidates)

    def __call__(self, c: Context, n: int, generator: Generator, planned: Planned | None) -> Draws:
        if planned is None:
            return self.head.sample(c, n, generator)
        a = self.head.sample(c, n * self.candidates, generator).unflatten(0, (n, self.candidates))  # S N B H D
        gap = (a[:, :, :, : planned.shape[1]] - planned).square().sum((-2, -1))
        return picked(a, -gap)


def picked(a: Float[Tensor, "S N B H D"], score: Float[Tensor, "S N B"]) -> Draws:
    """For each draw and context, the candidate of the highest score."""
    best = score.argmax(1)[:, None, :, None, None]  # S 1 B 1 1
    return a.take_along_dim(best, dim=1)[:, 0]


def at_least_one(candidates: int) -> int:
    """The number of candidates, if there are any."""
    if candidates < 1:
        raise ValueError(f"candidates must be at least 1, got {candidates}")
    return candidates
