"""Implicit behavioural cloning: an energy-based model trained by InfoNCE, and a search that draws from it.

    log p(a | c) = log q(a) - f(c, a) + const(c),   E(c, a) = f(c, a) - log q(a)          (1)
    L = -log exp(-f(c, a)) / (exp(-f(c, a)) + Σ_j exp(-f(c, ã_j))),   ã_j ~ q             (2)
    L + mean_i max(0, ‖∇E(c, a_i)‖_∞ - steepest)²   over all candidates                  (3)

(2) asks which of the candidates was the demonstration. The right answer has odds p(a | c) / q(a), so the minimum is
(1), whatever q; the paper's q is uniform over a box, and log q a constant.

References:
    Implicit Behavioral Cloning (Florence et al., 2021), https://arxiv.org/abs/2109.00137
    Representation Learning with Contrastive Predictive Coding (van den Oord et al., 2018),
        https://arxiv.org/abs/1807.03748
"""

from functools import partial
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from eitherway.backbones.base import Net
from eitherway.heads.base import Head
from eitherway.heads.proposals import Box, Candidates, Proposal, Scores
from eitherway.heads.searches import Resampling, Search
from eitherway.make import Make
from eitherway.registry import register
from eitherway.shape import Chunk, Context, Draws, Each, Shape, tile

AT_ONCE = 2**18  # candidates that are scored together when many are drawn: memory


@register
class IBC(Head):
    """Energy-based model of implicit behavioural cloning (IBC; Florence et al., 2021), with a search to draw."""

    drawing: ClassVar[frozenset[str]] = frozenset({"search"})

    def __init__(
        self,
        shape: Shape,
        net: Net,
        *,
        proposal: Make[Proposal] = Make(Box),  # q
        negatives: int = 64,  # drawn from q for each demonstration
        steepest: float | None = None,  # slopes of the energy beyond it cost, eq. (3); None: no limit
        search: Make[Search] = Make(Resampling),
    ) -> None:
        super().__init__(shape)
        if negatives < 1:
            raise ValueError(f"negatives must be at least 1, got {negatives}")
        if steepest is not None and not steepest >= 0:
            raise ValueError(f"steepest must be at least 0, or null for no limit; got {steepest}")
        self.negatives, self.steepest = negatives, steepest
        self.proposal, self.search = proposal(shape), search()
        self.net = net(shape, d_in=shape.action, d_out=1, times=0)

    def fit(self, a: Float[Tensor, "M H D"], generator: Generator) -> None:
        self.proposal.fit(a, generator)

    def contrast(self, a: Candidates, c: Context) -> Scores:
        """The network's f of each candidate: its energy relative to the proposal q."""
        many = c.repeat_interleave(a.shape[1], dim=0)  # BC N E
        return self.net(many, a.flatten(0, 1)).mean((1, 2)).unflatten(0, a.shape[:2])  # one energy for the whole chunk

    def energy(self, a: Candidates, c: Context) -> Scores:
        """The energy E(c, a), eq. (1): -log p(a | c) but for a constant of each context."""
        return self.contrast(a, c) - self.proposal.log_prob(a)

    def loss(self, a: Chunk, c: Context, generator: Generator) -> Each:
        others = self.proposal.draw(len(a), self.negatives, generator)
        every = torch.cat([a[:, None], others], dim=1)  # B 1+C H D
        loss = -(-self.contrast(every, c)).log_softmax(1)[:, 0]  # eq. (2)
        if self.steepest is None:
            return loss
        return loss + (self.steepness(every, c) - self.steepest).clamp(min=0).square().mean(1)  # eq. (3)

    def steepness(self, a: Candidates, c: Context) -> Scores:
        """The maximum norm ‖∇E‖_∞ of the energy's gradient at each candidate."""
        with torch.enable_grad():
            a = a.detach().requires_grad_()
            (slope,) = torch.autograd.grad(self.energy(a, c).sum(), a, create_graph=True)
        return slope.abs().amax((2, 3))

    def sample(self, c: Context, n: int, generator: Generator) -> Draws:
        drawn = [
            self.search(partial(self.energy, c=rows), self.proposal, len(rows), generator)
            for rows in tile(c, n).split(max(1, AT_ONCE // self.search.candidates))
        ]
        return torch.cat(drawn).unflatten(0, (n, -1))
