"""Flow matching: learn the velocity that takes noise to actions along a path, by default a straight line.

    x_t = α_t a + σ_t ε,   ε ~ N(0, I)            straight: (1 - t) a + t ε      (1)
    L   = E ‖v_θ(x_t, t, c) - v‖²,   v = α' a + σ' ε      straight: ε - a        (2)
    dx  = v_θ(x, t, c) dt   from t = 1 (noise) to t = 0 (action)               (3)

(1) and v in (2) are two equations for a and ε, so a velocity tells both:

    â = (σ' x - σ v) / Δ,   ε̂ = (α v - α' x) / Δ,   Δ = α σ' - α' σ              (4)

Each example's path is given; the field learnt is their mean, whose own paths bend, so (3) takes several steps.

References:
    Flow Matching for Generative Modeling (Lipman et al., 2023), https://arxiv.org/abs/2210.02747
    Flow Straight and Fast (Liu et al., 2023), https://arxiv.org/abs/2209.03003
"""

from jaxtyping import Float, Int
from torch import Generator, Tensor

from eitherway.backbones.base import Net
from eitherway.heads.base import Pairing
from eitherway.heads.iterative import IterativeSampler
from eitherway.make import Make
from eitherway.paths import DDIM, Coupling, LinearPath, LogNormal, Sampler, Schedule, Times
from eitherway.randomness import normal_like
from eitherway.registry import register
from eitherway.shape import Chunk, Context, Shape


@register
class Flow(IterativeSampler):
    """Flow matching (Lipman et al., 2023), by default on the linear path of rectified flow."""

    def __init__(
        self,
        shape: Shape,
        net: Net,
        *,
        path: Make[Schedule] = Make(LinearPath),
        times: Make[Times] = Make(LogNormal),  # where on the path to train
        coupling: Make[Coupling] | None = None,  # which noise meets which action of a batch; None: any meets any
        sampler: Make[Sampler] = Make(DDIM),
    ) -> None:
        super().__init__(shape, net, path(), times(), sampler())
        self.coupling = None if coupling is None else coupling()

    def target(self, a: Chunk, eps: Chunk, t: Float[Tensor, "B 1 1"]) -> Chunk:
        alpha_rate, sigma_rate = self.schedule.rates(t)
        return alpha_rate * a + sigma_rate * eps  # eq. (2)

    def read(self, y: Chunk, x_t: Chunk, t: Float[Tensor, "B 1 1"]) -> tuple[Chunk, Chunk]:
        (alpha, sigma), (alpha_rate, sigma_rate) = self.schedule(t), self.schedule.rates(t)
        turn = alpha * sigma_rate - alpha_rate * sigma
        return (sigma_rate * x_t - sigma * y) / turn, (alpha * y - alpha_rate * x_t) / turn  # eq. (4)

    @property
    def pairing(self) -> Pairing | None:
        return None if self.coupling is None else self.pair

    def pair(self, a: Chunk, c: Context, generator: Generator) -> Int[Tensor, " B"]:
        """The coupling's order of the rows, for the noise that `loss` will draw: the generator is read and restored."""
        assert self.coupling is not None  # `pairing` would be None
        ahead = Generator(generator.device)
        ahead.set_state(generator.get_state())
        self.times.draw(a, self.schedule, ahead)
        return self.coupling(a, c, normal_like(a, ahead))
