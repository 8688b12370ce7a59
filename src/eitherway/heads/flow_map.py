"""Flow maps: heads that learn the average velocity of a flow, and so sample in one step or a few.

    x_s = x_t + (s - t) u(x_t, s, t, c),   s < t                                (1)

A velocity v(x_t, t) says where to go next; its average u over [s, t] along the way says where x_t will be at time s.
A draw is noise carried by (1) from t = 1 to 0 in even jumps. A subclass says how u is told its times, and learnt.

References:
    Flow Map Matching (Boffi et al., 2024), https://arxiv.org/abs/2406.07507
"""

import abc
from typing import ClassVar

from torch import Generator

from eitherway.backbones.base import Net
from eitherway.heads.push_forward import PushForward
from eitherway.shape import Chunk, Context, Each, Shape


class FlowMap(PushForward):
    """A flow-map head: noise is taken to the action in a few jumps of a learnt average velocity."""

    drawing: ClassVar[frozenset[str]] = frozenset({"steps"})

    def __init__(self, shape: Shape, net: Net, *, steps: int) -> None:
        super().__init__(shape)
        if steps < 1:
            raise ValueError(f"steps must be at least 1, got {steps}")
        self.steps = steps
        self.net = net(shape, d_in=shape.action, d_out=shape.action, times=2)

    @abc.abstractmethod
    def average(self, c: Context, x_t: Chunk, s: Each, t: Each) -> Chunk:
        """The average velocity u between the times s and t along the path through x_t."""

    def jump(self, c: Context, x_t: Chunk, s: Each, t: Each) -> Chunk:
        """The chunk x_s at the earlier time s, by one jump from x_t, eq. (1)."""
        return x_t + (s - t)[:, None, None] * self.average(c, x_t, s, t)

    def generate(self, c: Context, eps: Chunk, generator: Generator) -> Chunk:
        x = eps
        for k in range(self.steps, 0, -1):
            x = self.jump(c, x, moment(x, (k - 1) / self.steps), moment(x, k / self.steps))
        return x


def moment(x: Chunk, t: float) -> Each:
    """The time t as a tensor, one entry for each row of x."""
    return x.new_full((len(x),), t)
