"""Reflow: train a second flow on pairs of noise and the action that the first flow draws from it.

    1. the teacher's own loss
    2. a' = the teacher's draw from ε,   x_t = (1 - t) a' + t ε
       L = E ρ(v(x_t, t, c) - (ε - a'))                                         (1)

The pairs (ε, a') lie on paths that do not cross, so their straight lines cross far less than those between any noise
and any action: the second flow's paths are nearly straight, and a step or two along them is enough.

References:
    Flow Straight and Fast (Liu et al., 2023), https://arxiv.org/abs/2209.03003
"""

from typing import ClassVar

import torch
from torch import Generator

from eitherway.backbones.base import Net
from eitherway.heads.distilling import DistilledHead
from eitherway.heads.flow import Flow
from eitherway.heads.iterative import IterativeSampler
from eitherway.heads.penalties import Penalty, Squared
from eitherway.make import Make
from eitherway.paths import DDIM, Sampler, Times, Uniform
from eitherway.registry import register
from eitherway.shape import Chunk, Context, Each, Shape


@register
class Reflow(DistilledHead):
    """Reflow (2-rectified flow; Liu et al., 2023): a flow straightened by training on a teacher's pairs."""

    drawing: ClassVar[frozenset[str]] = frozenset({"sampler"})
    student: Flow

    def __init__(
        self,
        shape: Shape,
        net: Net,
        *,
        teacher: Make[IterativeSampler] = Make(Flow),  # trained first, then drawn from with its sampler
        repeats: int = 1,  # times and pieces of noise for each example in the teacher's training
        times: Make[Times] = Make(Uniform),  # where on the lines the second flow is trained
        penalty: Make[Penalty] = Make(Squared),  # ρ: squared where lines cross; where none do, any has the same answer
        sampler: Make[Sampler] = Make(DDIM, steps=2),  # of the second flow
    ) -> None:
        super().__init__(shape, net, teacher=teacher, repeats=repeats)
        self.student, self.penalty = Flow(shape, net, times=times, sampler=sampler), penalty()

    def miss(self, c: Context, eps: Chunk, a: Chunk, generator: Generator) -> Each:
        t = self.student.times.draw(a, self.student.schedule, generator)
        error = eps - a - self.student.predict(c, torch.lerp(a, eps, t[:, None, None]), t)
        return self.penalty(error).mean((1, 2))  # eq. (1)

    def generate(self, c: Context, eps: Chunk, generator: Generator) -> Chunk:
        return self.student.generate(c, eps, generator)
