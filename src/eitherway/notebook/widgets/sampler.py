"""The sampler widget: from noise to actions, live, by which sampler, in how many steps, from where."""

import copy
from collections.abc import Mapping
from pathlib import Path

from anywidget import AnyWidget
from traitlets import Bunch, Dict, Int, List, Unicode, validate
from traitlets import Float as Number

from eitherway.notebook.widgets.limits import one_of, within
from eitherway.notebook.widgets.trajectories import SAMPLERS, SamplerName, Trajectory, check_iterative, draw_trajectory
from eitherway.policies.policy import Policy
from eitherway.report.numbers import rate
from eitherway.tasks.jumper.env import START

STATIC = Path(__file__).parent / "static"
STEPS = (1, 50)
SETTINGS = ("policy", "sampler", "steps", "start", "seed")
LABELS = [[name, label] for name, (label, _) in SAMPLERS.items()]


class SamplerWidget(AnyWidget):
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
    start = Number(0.0).tag(sync=True)
    seed = Int(0).tag(sync=True)
    picture = Dict(read_only=True).tag(sync=True)  # all that the page needs to show the trajectory, in one piece

    def __init__(
        self,
        policies: Mapping[str, Policy],
        *,
        policy: str | None = None,
        sampler: SamplerName = "ddim",
        steps: int = 10,
        start: float = 0.0,
        seed: int = 0,
        particles: int = 400,
    ) -> None:
        if not policies:
            raise ValueError("policies must hold at least one trained policy, got none")
        if not 1 <= particles <= 5_000:
            raise ValueError(f"particles must lie in [1, 5000], got {particles}")
        for one in policies.values():
            check_iterative(one)
        self.policies = {name: copy.deepcopy(one).eval() for name, one in policies.items()}
        self.particles = particles
        first = next(iter(policies)) if policy is None else policy
        super().__init__(policy=first, sampler=sampler, steps=steps, start=start, seed=seed)
        self.set_trait("names", list(policies))
        self.observe(self._draw, SETTINGS)
        self._draw()

    @property
    def trajectory(self) -> Trajectory:
        """The trajectory under the current settings: the particles at every stop, the times, and the evaluations."""
        return draw_trajectory(
            self.policies[self.policy],
            sampler=self.sampler,
            steps=self.steps,
            start=self.start,
            seed=self.seed,
            particles=self.particles,
        )

    def _draw(self, change: Bunch | None = None) -> None:
        trajectory = self.trajectory
        data = trajectory.x.float().numpy().astype("<f4").tobytes()
        self.set_trait("picture", {"times": trajectory.t.tolist(), "x": data, "says": said(trajectory)})

    @validate("policy")
    def _valid_policy(self, proposal: Bunch) -> str:
        return one_of(proposal, tuple(self.policies))

    @validate("sampler")
    def _valid_sampler(self, proposal: Bunch) -> str:
        return one_of(proposal, tuple(SAMPLERS))

    @validate("steps")
    def _valid_steps(self, proposal: Bunch) -> int:
        return within(proposal, *STEPS)

    @validate("start")
    def _valid_start(self, proposal: Bunch) -> float:
        return within(proposal, -START, START)

    @validate("seed")
    def _valid_seed(self, proposal: Bunch) -> int:
        return within(proposal, 0, 2**31 - 1)


def said(trajectory: Trajectory) -> str:
    """Describes a trajectory in words: how safe, at what price."""
    times = "evaluation" if trajectory.evaluations == 1 else "evaluations"
    return f"Lands safe: {rate(trajectory.safe)}. {trajectory.evaluations} network {times} a decision."
