"""Flow matching: learn the velocity that carries noise to actions along straight lines.

    x_t = (1 - t) a + t ε,   ε ~ N(0, I)
    L   = E ‖v_θ(x_t, t, c) - (ε - a)‖²                                        (1)
    dx  = v_θ(x, t, c) dt   from t = 1 (noise) to t = 0 (action)               (2)

Each example's path is straight; the field learnt, their mean, is not, so (2) takes several steps.

References:
    Flow Matching for Generative Modeling (Lipman et al., 2023), https://arxiv.org/abs/2210.02747
    Flow Straight and Fast (Liu et al., 2023), https://arxiv.org/abs/2209.03003
"""

from torch import Tensor

from eitherway.backbones.base import Net
from eitherway.heads.refiner import Refiner
from eitherway.make import Make
from eitherway.paths import Ancestral, Levels, Sampler, Straight, Times
from eitherway.shape import Chunk, Shape


class Flow(Refiner):
    """p(a | c) as the end of an ordinary differential equation that starts in noise."""

    def __init__(
        self,
        shape: Shape,
        net: Net,
        *,
        times: Make[Times] = Make(Levels),
        sampler: Make[Sampler] = Make(Ancestral),
    ) -> None:
        super().__init__(shape, net, Straight(), times(), sampler())

    def target(self, a: Chunk, eps: Chunk, alpha: Tensor, sigma: Tensor) -> Chunk:
        return eps - a  # eq. (1)

    def read(self, y: Chunk, x_t: Chunk, alpha: Tensor, sigma: Tensor) -> tuple[Chunk, Chunk]:
        return x_t - sigma * y, x_t + alpha * y  # y = ε - a, read both ways
