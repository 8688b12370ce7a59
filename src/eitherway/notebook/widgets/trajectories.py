"""Sampling trajectories from noise to action: the trained head as it is, under any sampler."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor

from eitherway.compare.stats import Interval, wilson
from eitherway.heads import IterativeSampler
from eitherway.make import Make
from eitherway.paths import DDIM, Grid, Heun, Sampler
from eitherway.policies.policy import Policy
from eitherway.randomness import stream
from eitherway.tasks.jumper.distribution import safe

SamplerName: TypeAlias = Literal["ddim", "ddpm", "heun"]
SAMPLERS: Mapping[str, tuple[str, Callable[[int, Make[Grid]], Sampler]]] = {  # by name: its label, and how it is made
    "ddim": ("Euler / DDIM", lambda steps, grid: DDIM(steps=steps, eta=0.0, grid=grid)),
    "ddpm": ("DDPM", lambda steps, grid: DDIM(steps=steps, eta=1.0, grid=grid)),
    "heun": ("Heun", lambda steps, grid: Heun(steps=steps, grid=grid)),
}


@dataclass(frozen=True, kw_only=True)
class Trajectory:
    """Trajectories of P draws at K + 1 stops, in raw units; t falls from about 1 at the noise to 0 at the action."""

    t: Float[Tensor, " K1"]
    x: Float[Tensor, "K1 P"]
    evaluations: int  # of the network, for one decision

    @property
    def safe(self) -> Interval:
        """The share of the draws that lands safe, with Wilson's 95 % interval; NaN does not."""
        return wilson(int(safe(self.x[-1]).sum()), self.x.shape[1])


def check_iterative(policy: Policy) -> None:
    """Raises ValueError where a policy's head is no iterative sampler of a single number."""
    head, spec = policy.head, policy.spec
    if not isinstance(head, IterativeSampler):
        raise ValueError(f"trajectories need an iterative sampler (Flow, Diffusion), got {type(head).__name__}")
    if spec.horizon * spec.action != 1 or dict(spec.observation) != {"state": 1}:
        raise ValueError(f"trajectories need one number in the action and one in the state, got {spec}")


def draw_trajectory(policy: Policy, *, sampler: str, steps: int, start: float, seed: int, particles: int) -> Trajectory:
    """Draws trajectories from one start, by another sampler over the head's own grid: equal settings, equal draws."""
    check_iterative(policy)
    head, counted = policy.head, list[int]()
    assert isinstance(head, IterativeSampler)
    state = torch.full((1, policy.spec.n_obs_steps, 1), start, device=policy.device)
    trained, grid = head.sampler, head.sampler.grid
    _, make = SAMPLERS[sampler]
    head.sampler = make(steps, Make(lambda: grid))
    hook = head.net.register_forward_pre_hook(lambda net, given: counted.append(1))
    try:
        walked = policy.path({"state": state}, particles, stream(seed, "path", policy.device))
    finally:
        hook.remove()
        head.sampler = trained
    assert walked is not None  # an iterative sampler has a path
    return Trajectory(t=walked[0], x=walked[1][:, :, 0, 0, 0].cpu(), evaluations=len(counted))
