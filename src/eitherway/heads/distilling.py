"""The base class of distilled heads: an iterative sampler is trained first, then its draws are learnt from their noise.

    a' = walk(ε, c),   ε ~ N(0, I):   the teacher's sampler from a given piece of noise

The teacher's sampler draws no noise of its own, so a' is a function of ε, and to learn it is plain regression: no
noise is left in the target.
"""

import abc
from collections.abc import Iterator

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn

from eitherway.backbones.base import Net
from eitherway.heads.base import Loss
from eitherway.heads.iterative import IterativeSampler
from eitherway.heads.push_forward import PushForward
from eitherway.make import Make
from eitherway.randomness import normal_like
from eitherway.shape import Chunk, Context, Each, Shape


class DistilledHead(PushForward):
    """A distilled head: its student learns, in a second stage, what its teacher draws from the same noise."""

    student: nn.Module

    def __init__(self, shape: Shape, net: Net, *, teacher: Make[IterativeSampler], repeats: int) -> None:
        super().__init__(shape)
        if repeats < 1:
            raise ValueError(f"repeats must be at least 1, got {repeats}")
        self.teacher, self.repeats = teacher(shape, net).requires_grad_(False), repeats
        if self.teacher.pairing is not None:
            raise ValueError("the teacher cannot have a coupling: its examples are repeated, and meet any noise")

    def validate(self) -> None:
        super().validate()
        generator, eps = Generator(), torch.zeros(1, self.shape.horizon, self.shape.action)
        before = generator.get_state()
        for _ in self.teacher.sampler(lambda x, t: (x, x), eps, self.teacher.schedule, generator):
            pass
        if not torch.equal(generator.get_state(), before):
            raise ValueError("the teacher's sampler must add no noise of its own: take one without, or eta=0")

    def fit(self, a: Float[Tensor, "M H D"], generator: Generator) -> None:
        self.teacher.fit(a, generator)

    def stages(self) -> Iterator[Loss]:
        self.student.requires_grad_(False)
        self.teacher.requires_grad_(True)
        yield self.first
        self.teacher.requires_grad_(False)
        self.student.requires_grad_(True)
        yield self.loss

    def first(self, a: Chunk, c: Context, generator: Generator) -> Each:
        """The teacher's own loss, averaged over several times and noise samples for each example."""
        n = self.repeats
        many = self.teacher.loss(a.repeat(n, 1, 1), c.repeat(n, 1, 1), generator)  # nB
        return many.unflatten(0, (n, -1)).mean(0)

    def loss(self, a: Chunk, c: Context, generator: Generator) -> Each:
        eps = normal_like(a, generator)
        with torch.no_grad():
            a = self.example(c, eps, generator)
        return self.miss(c, eps, a, generator)

    def example(self, c: Context, eps: Chunk, generator: Generator) -> Chunk:
        """The action that the teacher draws from the given noise."""
        teacher = self.teacher.eval()  # training had put it in training mode
        *_, last = teacher.sampler(lambda x, t: teacher.denoise(c, x, t), eps, teacher.schedule, generator)
        return last

    @abc.abstractmethod
    def miss(self, c: Context, eps: Chunk, a: Chunk, generator: Generator) -> Each:
        """The student's loss on pairs of noise and the action that the teacher draws from it."""
