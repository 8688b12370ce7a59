"""Sampling from an energy-based model p(a) ∝ exp(-E(a)): resampling and Langevin dynamics.

Resampling: candidates from q, one taken with probability w ∝ exp(-E(a)) / q(a). One round draws the distribution, the
better the more candidates. IBC's further rounds move the chosen and choose again by exp(-E): where the first round's
draws already follow p, each further round multiplies by p once more, so k rounds draw about p^k, as long as its moves
are small against a mode; wider ones spread most of it out again.

    a_{i+1} = a_i - λ_i / 2 ∇E(a_i) + √λ_i ε,   λ_i falls from `first` to `last`           (Langevin)

As λ → 0 with many steps this draws the distribution too, but a chain rarely crosses from one mode to another.

References:
    Implicit Behavioral Cloning (Florence et al., 2021), https://arxiv.org/abs/2109.00137, appendix B
    Exponential Convergence of Langevin Distributions (Roberts and Tweedie, 1996), https://doi.org/10.2307/3318418
"""

import abc
import math
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from eitherway.heads.proposals import Candidates, Proposal, Scores
from eitherway.randomness import normal_like
from eitherway.registry import Classes, register
from eitherway.shape import Chunk

Energy = Callable[[Candidates], Scores]


class Search(abc.ABC):
    """A sampler of energy-based models: draws one chunk for each row from an energy."""

    def __init__(self, *, candidates: int) -> None:
        if candidates < 1:
            raise ValueError(f"candidates must be at least 1, got {candidates}")
        self.candidates = candidates

    @abc.abstractmethod
    def __call__(self, energy: Energy, proposal: Proposal, rows: int, generator: Generator) -> Chunk:
        """Draws one chunk for each row."""


SEARCHES = Classes("search", Search)


@register
class Resampling(Search):
    """Importance resampling of candidates; further rounds are IBC's derivative-free search, which sharpens p."""

    def __init__(
        self,
        *,
        candidates: int = 256,
        rounds: int = 1,  # evaluations; IBC's derivative-free search has 3
        noise: float = 0.33,  # how far the chosen are moved before the second round, in q's own size
        shrink: float = 0.5,  # of the noise, from round to round
        temperature: float = 1.0,  # of the last choice; 0 takes the likeliest, as IBC does
    ) -> None:
        super().__init__(candidates=candidates)
        if rounds < 1:
            raise ValueError(f"rounds must be at least 1, got {rounds}")
        for name, value in {"noise": noise, "shrink": shrink, "temperature": temperature}.items():
            if not value >= 0:
                raise ValueError(f"{name} must be at least 0, got {value}")
        self.rounds, self.noise, self.shrink, self.temperature = rounds, noise, shrink, temperature

    def __call__(self, energy: Energy, proposal: Proposal, rows: int, generator: Generator) -> Chunk:
        a = proposal.draw(rows, self.candidates, generator)
        e, offered = energy(a), proposal.log_prob(a)  # what q offers often is taken less often
        for i in range(self.rounds - 1):
            a = chosen(a, -e - offered, self.candidates, generator)
            a = proposal.inside(a + self.noise * self.shrink**i * proposal.scale(normal_like(a, generator)))
            e, offered = energy(a), torch.zeros_like(e)
        if self.temperature == 0:
            return a[torch.arange(rows, device=a.device), e.argmin(1)]
        return chosen(a, -e / self.temperature - offered, 1, generator)[:, 0]


@register
class Langevin(Search):
    """Langevin dynamics (MCMC) on the energy, started from one round of resampling."""

    def __init__(
        self,
        *,
        candidates: int = 1,  # of the start; 1: anywhere
        steps: int = 50,
        first: float = 1e-2,  # λ of the first step, in squared sizes of an action number
        last: float = 1e-4,
        power: float = 2.0,  # of the decay between the two
        cooling: float = 0.5,  # noise is λ^cooling: at 0.5 it draws p, at 1, as in IBC, it settles in a mode
        reach: float = math.inf,  # longest step of an action number
    ) -> None:
        super().__init__(candidates=candidates)
        if steps < 1:
            raise ValueError(f"steps must be at least 1, got {steps}")
        if not first >= last > 0:
            raise ValueError(f"step sizes must fall and stay above 0, got first={first} and last={last}")
        self.steps, self.cooling, self.reach = steps, cooling, reach
        share = torch.linspace(1, 0, steps, dtype=torch.float64) if steps > 1 else torch.ones(1, dtype=torch.float64)
        self.sizes = (last + (first - last) * share**power).tolist()

    def __call__(self, energy: Energy, proposal: Proposal, rows: int, generator: Generator) -> Chunk:
        a = proposal.draw(rows, self.candidates, generator)
        if self.candidates > 1:
            a = chosen(a, -energy(a) - proposal.log_prob(a), 1, generator)
        for size in self.sizes:
            move = -size / 2 * slope(energy, a) + size**self.cooling * normal_like(a, generator)
            a = proposal.inside(a + move.clamp(-self.reach, self.reach))
        return a[:, 0]


def chosen(a: Candidates, score: Scores, count: int, generator: Generator) -> Float[Tensor, "B few H D"]:
    """Resamples `count` of each row's candidates with probability ∝ exp(score)."""
    pick = torch.multinomial(score.softmax(1), count, replacement=True, generator=generator)
    return a.take_along_dim(pick[:, :, None, None], dim=1)


def slope(energy: Energy, a: Candidates) -> Candidates:
    """The gradient ∇E of the energy, also where gradients are switched off."""
    with torch.enable_grad():
        a = a.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(energy(a).sum(), a)
    return gradient
