"""Distillation: learn in one evaluation what an iterative sampler draws in many.

    1. the teacher's own loss
    2. L = E ρ(f(c, ε) - a'),   a' = the teacher's draw from ε, ε ~ N(0, I)     (1)

References:
    Knowledge Distillation in Iterative Generative Models (Luhman and Luhman, 2021), https://arxiv.org/abs/2101.02388
"""

from torch import Generator

from eitherway.backbones.base import Net
from eitherway.heads.distilling import DistilledHead
from eitherway.heads.flow import Flow
from eitherway.heads.iterative import IterativeSampler
from eitherway.heads.penalties import Huber, Penalty
from eitherway.make import Make
from eitherway.registry import register
from eitherway.shape import Chunk, Context, Each, Shape


@register
class Distilled(DistilledHead):
    """One-step distillation of an iterative sampler by regression on its draws (Luhman and Luhman, 2021)."""

    def __init__(
        self,
        shape: Shape,
        net: Net,
        *,
        teacher: Make[IterativeSampler] = Make(Flow),  # trained first, then drawn from with its sampler
        repeats: int = 1,  # times and pieces of noise for each example in the teacher's training
        penalty: Make[Penalty] = Make(Huber, scale=0.1),  # ρ: large errors count as they are, so jumps stay sharp
    ) -> None:
        super().__init__(shape, net, teacher=teacher, repeats=repeats)
        self.student, self.penalty = net(shape, d_in=shape.action, d_out=shape.action, times=0), penalty()

    def miss(self, c: Context, eps: Chunk, a: Chunk, generator: Generator) -> Each:
        return self.penalty(a - self.student(c, eps)).mean((1, 2))  # eq. (1)

    def generate(self, c: Context, eps: Chunk, generator: Generator) -> Chunk:
        return self.student(c, eps)
