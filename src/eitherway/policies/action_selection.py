"""Action selection among a head's draws: the first, best of N, backward coherence, mean of N, or zero noise.

    a* = argmax_i log p(a_i | c)                      a_1 ... a_N ~ p(· | c)               (1)
    a* = argmin_i Σ_{h < O} β^h |a_ih - b_h|          b: the last O actions of the chunk before, still to be done (2)
    a* = 1/N Σ_i a_i                                                                        (3)
    a* = carry(0, c)                                                                        (4)

(1) trades modes for certainty: with many candidates only the highest peak is left. (2) keeps to the mode once begun,
where drawing anew at every decision would change it again and again; which is begun stays a matter of chance. It is
the backward coherence of Bidirectional Decoding, whose other half, a contrast with a weaker policy, is not here.
(3) leaves little to chance, (4) nothing: a policy that does as well with them does not live from its modes.

References:
    Bidirectional Decoding (Liu et al., 2024), https://arxiv.org/abs/2408.17355 (backward coherence, eq. (2))
    Much Ado About Noising (Pan et al., 2025), https://arxiv.org/abs/2512.01809 (mean and zero noise, eq. (3) and (4))
"""

import abc

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from eitherway.heads import Density, Head, PushForward
from eitherway.registry import Classes, register
from eitherway.shape import Context, Draws, Planned, tile

__all__ = ["ActionSelection", "BackwardCoherence", "BestOfN", "FirstDraw", "MeanOfN", "ZeroNoise"]


class ActionSelection(abc.ABC):
    """Base class of action selection: which of a head's draws is acted on."""

    def __init__(self, head: Head) -> None:
        self.head = head

    @abc.abstractmethod
    def __call__(self, c: Context, n: int, generator: Generator, planned: Planned | None) -> Draws:
        """n chunks for each context, each selected on its own; `planned` may hold what is left of the chunk before."""


ACTION_SELECTIONS = Classes("action selection", ActionSelection)


@register
class FirstDraw(ActionSelection):
    """The first draw, a single sample from the head: no selection."""

    def __call__(self, c: Context, n: int, generator: Generator, planned: Planned | None) -> Draws:
        return self.head.sample(c, n, generator)


class OfSeveral(ActionSelection):
    """Base class of action selection from several candidate draws."""

    def __init__(
        self,
        head: Head,
        *,
        candidates: int = 16,  # draws to choose among
    ) -> None:
        super().__init__(head)
        if candidates < 1:
            raise ValueError(f"candidates must be at least 1, got {candidates}")
        self.candidates = candidates

    def drawn(self, c: Context, n: int, generator: Generator) -> Float[Tensor, "S C B H D"]:
        """C candidate draws for each of n selections in each context."""
        return self.head.sample(c, n * self.candidates, generator).unflatten(0, (n, self.candidates))


@register
class BestOfN(OfSeveral):
    """Best of N: of several draws the one of the highest likelihood under the head, eq. (1)."""

    def __init__(
        self,
        head: Head,
        *,
        candidates: int = 16,  # draws to choose among
    ) -> None:
        super().__init__(head, candidates=candidates)
        if not isinstance(head, Density):
            raise ValueError(f"BestOfN needs a head with a density; {type(head).__name__} has none")
        self.density = head

    def __call__(self, c: Context, n: int, generator: Generator, planned: Planned | None) -> Draws:
        a = self.drawn(c, n, generator)
        score = self.density.log_prob(a.flatten(0, 2), tile(c, n * self.candidates)).unflatten(0, a.shape[:3])
        return picked(a, score)


@register
class BackwardCoherence(OfSeveral):
    """Backward coherence: of several draws the one nearest to what is left of the chunk before, eq. (2).

    The first decision of an episode has no plan and is an ordinary draw; on tasks that decide once it is the only one.
    Distances are those of normalised actions.
    """

    def __init__(
        self,
        head: Head,
        *,
        candidates: int = 16,  # draws to choose among
        decay: float = 0.5,  # β: the weight of a step against that of the one before
    ) -> None:
        super().__init__(head, candidates=candidates)
        if not decay > 0:
            raise ValueError(f"decay must be above 0, got {decay}")
        self.decay = decay

    def __call__(self, c: Context, n: int, generator: Generator, planned: Planned | None) -> Draws:
        if planned is None:
            return self.head.sample(c, n, generator)
        a = self.drawn(c, n, generator)
        gap = (a[:, :, :, : planned.shape[1]] - planned).norm(dim=-1)  # S C B O
        weight = self.decay ** torch.arange(planned.shape[1], device=a.device)
        return picked(a, -(weight * gap).sum(-1))


@register
class MeanOfN(OfSeveral):
    """The mean of N draws, eq. (3): where two modes are valid it may be in neither."""

    def __call__(self, c: Context, n: int, generator: Generator, planned: Planned | None) -> Draws:
        return self.drawn(c, n, generator).mean(1)


@register
class ZeroNoise(ActionSelection):
    """The draw that starts from zero noise, eq. (4): deterministic given the context."""

    def __init__(self, head: Head) -> None:
        super().__init__(head)
        if not isinstance(head, PushForward):
            raise ValueError(f"ZeroNoise needs a head that draws from noise; {type(head).__name__} does not")
        self.from_noise = head

    def __call__(self, c: Context, n: int, generator: Generator, planned: Planned | None) -> Draws:
        many = tile(c, n)
        eps, before = c.new_zeros(len(many), *self.from_noise.noise_size), generator.get_state()
        a = self.from_noise.generate(many, eps, generator)
        if not torch.equal(generator.get_state(), before):
            raise ValueError(
                "ZeroNoise needs draws that are decided by the noise they begin with; these take more on the way"
            )
        return a.unflatten(0, (n, -1))


def picked(a: Float[Tensor, "S C B H D"], score: Float[Tensor, "S C B"]) -> Draws:
    """The candidate of the highest score, for each draw and context."""
    best = score.argmax(1)[:, None, :, None, None]  # S 1 B 1 1
    return a.take_along_dim(best, dim=1)[:, 0]
