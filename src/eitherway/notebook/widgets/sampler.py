"""The sampler widget: from noise to actions, live, by which sampler, in how many steps, from where."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from anywidget import AnyWidget
from traitlets import Bunch, Dict, Int, List, Unicode, validate
from traitlets import Float as Number

from eitherway.notebook.widgets.limits import one_of, within
from eitherway.notebook.widgets.trajectories import SAMPLERS, Trajectory, iterative_head, trajectories
from eitherway.policies.policy import Policy
from eitherway.report.numbers import rate
from eitherway.tasks.jumper.env import START

STATIC = Path(__file__).parent / "static"
STEPS = (1, 50)
SETTINGS = ("policy", "sampler", "steps", "s", "seed")
LABELS = [["ddim", "Euler / DDIM"], ["ddpm", "DDPM"], ["heun", "Heun"]]


class Sampler(AnyWidget):
    """A widget of particles that move from noise to landings, drawn by policies whose heads are iterative samplers.

    `policies` are copied: what is trained later changes nothing here. The trajectory is computed anew, by the
    library's own samplers, whenever a setting changes, on this side or in the page.
    """

    _esm = STATIC / "sampler.js"
    _css = STATIC / "widgets.css"

    names = List(Unicode(), read_only=True).tag(sync=True)
    samplers = List(List(Unicode()), LABELS, read_only=True).tag(sync=True)
    policy = Unicode().tag(sync=True)
    sampler = Unicode("ddim").tag(sync=True)
    steps = Int(10).tag(sync=True)
    s = Number(0.0).tag(sync=True)
    seed = Int(0).tag(sync=True)
    drawn = Dict(read_only=True).tag(sync=True)  # all that a picture needs, in one piece

    def __init__(
        self,
        policies: Mapping[str, Policy],
        *,
        policy: str | None = None,
        sampler: Literal["ddim", "ddpm", "heun"] = "ddim",
        steps: int = 10,
        s: float = 0.0,
        seed: int = 0,
        particles: int = 400,
    ) -> None:
        if not policies:
            raise ValueError("policies must hold at least one trained policy, got none")
        if not 1 <= particles <= 5_000:
            raise ValueError(f"particles must lie in [1, 5000], got {particles}")
        for one in policies.values():
            iterative_head(one)
        self.policies = {name: copy.deepcopy(one).eval() for name, one in policies.items()}
        self.particles = particles
        first = next(iter(policies)) if policy is None else policy
        super().__init__(policy=first, sampler=sampler, steps=steps, s=s, seed=seed)
        self.set_trait("names", list(policies))
        self.observe(self._draw, SETTINGS)
        self._draw()

    @property
    def trajectories(self) -> Trajectory:
        """The trajectory under the current settings: the particles at every stop, the times, and the evaluations."""
        return trajectories(
            self.policies[self.policy],
            sampler=self.sampler,
            steps=self.steps,
            s=self.s,
            seed=self.seed,
            particles=self.particles,
        )

    def _draw(self, change: Bunch | None = None) -> None:
        drawn = self.trajectories
        data = drawn.x.float().numpy().astype("<f4").tobytes()
        self.set_trait("drawn", {"times": drawn.t.tolist(), "x": data, "says": said(drawn)})

    @validate("policy")
    def _known_policy(self, proposal: Bunch) -> str:
        return one_of(proposal, tuple(self.policies))

    @validate("sampler")
    def _known_sampler(self, proposal: Bunch) -> str:
        return one_of(proposal, tuple(SAMPLERS))

    @validate("steps")
    def _fit_steps(self, proposal: Bunch) -> int:
        return within(proposal, *STEPS)

    @validate("s")
    def _fit_start(self, proposal: Bunch) -> float:
        return within(proposal, -START, START)

    @validate("seed")
    def _fit_seed(self, proposal: Bunch) -> int:
        return within(proposal, 0, 2**31 - 1)


def said(drawn: Trajectory) -> str:
    """Describes a trajectory in words: how safe, at what price."""
    times = "evaluation" if drawn.evaluations == 1 else "evaluations"
    return f"Lands safe: {rate(drawn.safe)}. {drawn.evaluations} network {times} a decision."
