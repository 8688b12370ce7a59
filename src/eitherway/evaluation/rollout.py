"""Closed-loop rollouts: a policy drives n copies of the environment until every episode ends or time is up."""

from collections import deque

import gymnasium as gym
import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor

from eitherway.checks import check_kind
from eitherway.data.spec import Spec
from eitherway.evaluation.rollouts import Rollouts
from eitherway.policies.actor import Actor
from eitherway.policies.execution import Execution
from eitherway.randomness import stream
from eitherway.shape import Chunk, Draws, Obs, Planned
from eitherway.tasks.base import EpisodicTask

FANS, DRAWS = 4, 16  # a fan of so many draws at each decision is kept for so many episodes, for pictures


class NotFinite(ArithmeticError):
    """Raised when a policy outputs an action that is NaN or infinite."""


def answered(actor: Actor, obs: Obs, n: int, spec: Spec, generator: Generator, planned: Planned | None = None) -> Draws:
    """n action chunks sampled from an actor for each observation, checked and on the CPU.

    Raises TypeError or ValueError where these are not n chunks for each observation, NotFinite where not numbers.
    """
    draws = actor.sample(obs, n, generator, planned)
    check_kind(f"what {type(actor).__name__} draws", draws, Tensor)
    rows = len(next(iter(obs.values())))
    if draws.dim() != 4 or draws.shape[:2] != (n, rows) or draws.shape[3] != spec.action or not draws.shape[2]:
        raise ValueError(
            f"{type(actor).__name__} must draw [{n}, {rows}, H, {spec.action}] for {n} chunks in {rows} moments, "
            f"got {list(draws.shape)}"
        )
    return finite(draws.cpu())


def finite(draws: Draws) -> Draws:
    """The draws unchanged; raises NotFinite where they are not numbers."""
    if not draws.isfinite().all():
        raise NotFinite(f"{int((~draws.isfinite()).sum())} of {draws.numel()} drawn action numbers are not finite")
    return draws


def observe(seen: gym.core.ObsType, spec: Spec) -> dict[str, Tensor]:
    """An environment's batched observation as tensors by name, numbers in single precision."""
    named = seen if isinstance(seen, dict) else dict.fromkeys([*spec.observation][:1], seen)
    if missing := [name for name in spec.observation if name not in named]:
        raise ValueError(f"the environment must show {', '.join(map(repr, missing))} too; it shows {[*named]}")
    arrays = {name: np.ascontiguousarray(named[name]) for name in spec.observation}  # a flipped view is no tensor
    return {k: torch.as_tensor(v, dtype=None if k in spec.pictures else torch.float32) for k, v in arrays.items()}


def held(seen: gym.core.ObsType, spec: Spec) -> Obs:
    """The observation history at an episode's start: the first observation repeated n_obs_steps times."""
    return {
        name: value[:, None].expand(-1, spec.n_obs_steps, *value.shape[1:])
        for name, value in observe(seen, spec).items()
    }


class RolloutRunner:
    """The state of closed-loop rollouts in progress: steps all episodes together and records them."""

    def __init__(self, actor: Actor, task: EpisodicTask, spec: Spec, seed: int, device: str | torch.device) -> None:
        self.actor, self.task, self.spec, self.device = actor, task, spec, device
        self.noise, self.aside = stream(seed, "draws", device), stream(seed, "fan", device)
        start, self.count = task.starts
        self.env = task.env(self.count)
        seen, info = self.env.reset(seed=start)
        self.past = deque([observe(seen, spec)] * spec.n_obs_steps, maxlen=spec.n_obs_steps)
        self.alive = np.arange(self.count)
        self.success, self.steps = np.zeros(self.count, bool), np.zeros(self.count, int)
        self.info = {name: [self.row(info[name])] for name in task.info_sizes}
        self.action: list[np.ndarray] = []
        self.requested: list[np.ndarray] = []
        self.decision_steps: list[int] = []
        self.boundary_gap: list[np.ndarray] = []
        self.committed_mode: list[np.ndarray | None] = []
        self.sample_fan: list[np.ndarray] = []

    def row(self, values: np.ndarray) -> Float[np.ndarray, "B _"]:
        """One row of numbers per episode, with NaN for those that have ended."""
        row = np.full((self.count, np.asarray(values).reshape(self.count, -1).shape[1]), np.nan, np.float32)
        row[self.alive] = np.asarray(values).reshape(self.count, -1)[self.alive]
        return row

    def obs(self, rows: Int[np.ndarray, " K"]) -> Obs:
        """The latest n_obs_steps observations of some of the episodes."""
        return {
            k: torch.stack([seen[k][torch.from_numpy(rows)] for seen in self.past], dim=1).to(self.device)
            for k in self.spec.observation
        }

    def ask(self, planned: Planned | None) -> Chunk:
        """Samples a new chunk for each running episode, and records the decision."""
        before = None if planned is None else planned.to(self.device)
        chunk = answered(self.actor, self.obs(self.alive), 1, self.spec, self.noise, before)[0]
        boundary_gap, intent = np.full(self.count, np.nan, np.float32), np.full((self.count, 2), -1)
        if planned is not None:
            boundary_gap[self.alive] = (chunk[:, 0] - planned[:, 0]).norm(dim=-1).numpy()
        intended = self.task.committed_mode({k: rows[-1][self.alive] for k, rows in self.info.items()}, chunk.numpy())
        if intended is not None:
            intent[self.alive] = intended
        self.decision_steps.append(len(self.action))
        self.boundary_gap.append(boundary_gap)
        self.committed_mode.append(None if intended is None else intent)
        self.sample_fan.append(self.fanned(chunk))
        return chunk

    def fanned(self, chunk: Chunk) -> Float[np.ndarray, "F S H D"]:
        """Extra samples at a decision, a fan for pictures only: they are never carried out."""
        sample_fan = np.full((min(FANS, self.count), DRAWS, *chunk.shape[1:]), np.nan, np.float32)
        rows = self.alive[self.alive < FANS]
        if len(rows):
            sample_fan[rows] = self.actor.sample(self.obs(rows), DRAWS, self.aside).transpose(0, 1).cpu().numpy()
        return sample_fan

    def step(self, action: Float[Tensor, "K D"], execution: Execution) -> None:
        """Advances all running episodes by one control step."""
        self.requested.append(self.row(self.placed(action)))
        done = self.placed(self.limited(action))
        seen, _, terminated, truncated, info = self.env.step(done)
        self.action.append(self.row(done))
        self.past.append(observe(seen, self.spec))
        for name in self.info:
            self.info[name].append(self.row(info[name]))
        self.steps[self.alive] += 1
        ended = (terminated | truncated)[self.alive]
        self.success[self.alive[ended]] = np.asarray(info["success"])[self.alive[ended]]
        if ended.any():
            execution.keep(torch.from_numpy(np.flatnonzero(~ended)))
            self.alive = self.alive[~ended]

    def placed(self, action: Float[Tensor, "K D"]) -> Float[np.ndarray, "B D"]:
        """The actions of the running episodes scattered into the whole batch; 0 for the others."""
        placed = np.zeros((self.count, action.shape[1]), np.float32)
        placed[self.alive] = action.numpy()
        return placed

    def limited(self, action: Float[Tensor, "K D"]) -> Float[Tensor, "K D"]:
        """The actions after the actor's action limits, if it has any."""
        if self.actor.limits is None:
            return action
        before = torch.from_numpy(self.action[-1][self.alive]) if self.action else None
        return self.actor.limits(action, before)

    def rollouts(self) -> Rollouts:
        """The recorded rollouts."""
        committed_mode = [i for i in self.committed_mode if i is not None]
        return Rollouts(
            success=self.success,
            steps=self.steps,
            action=np.stack(self.action, 1),
            requested=None if self.actor.limits is None else np.stack(self.requested, 1),
            info={name: np.stack(rows, 1) for name, rows in self.info.items()},
            decision_steps=np.array(self.decision_steps),
            boundary_gap=np.stack(self.boundary_gap, 1),
            committed_mode=np.stack(committed_mode, 1) if committed_mode else None,
            sample_fan=np.stack(self.sample_fan, 1),
        )


def rollout(
    actor: Actor,
    task: EpisodicTask,
    spec: Spec,
    execution: Execution,
    *,
    seed: int,
    device: str | torch.device = "cpu",
) -> Rollouts:
    """Rolls out a policy in closed loop from the task's starts; `seed` decides its draws. Raises NotFinite."""
    runner = RolloutRunner(actor, task, spec, seed, device)
    while len(runner.alive) and len(runner.action) < task.max_episode_steps:
        runner.step(execution.next(runner.ask), execution)
    runner.env.close()
    return runner.rollouts()
