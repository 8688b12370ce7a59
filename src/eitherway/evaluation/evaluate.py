"""Evaluates a policy on a task: rollouts, likelihoods, cost and latency, recorded once as EvaluationData."""

import time
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Generator, Tensor

from eitherway.backbones import Backbone
from eitherway.checks import check_count, check_kind, short
from eitherway.data import Episode, Windows
from eitherway.data.spec import Spec
from eitherway.evaluation.data import EvaluationData, Latency, SingleStep
from eitherway.evaluation.rollout import answered, held, rollout
from eitherway.heads import IterativeSampler
from eitherway.make import Make
from eitherway.policies.actor import Actor
from eitherway.policies.execution import Execution, RecedingHorizon
from eitherway.policies.inputs import check_device
from eitherway.policies.policy import Policy
from eitherway.randomness import stream
from eitherway.shape import Each, Obs
from eitherway.stopwatch import single_thread
from eitherway.tasks.base import EpisodicTask, SingleStepTask, Task

REPEATS, SECONDS = 200, 0.3  # timing stops at whichever comes first, but never below MINIMUM calls
MINIMUM = 20


def single_step(
    actor: Actor, task: SingleStepTask, spec: Spec, generator: Generator, device: str | torch.device = "cpu"
) -> SingleStep:
    """Runs one decision at each of the task's evaluation starts, judged by its environment.

    Raises NotFinite where an action is not a number.
    """
    seed, n = task.starts
    env = task.env(n)
    seen, _ = env.reset(seed=seed)
    obs = held(seen, spec)
    requested = answered(actor, {k: v.to(device) for k, v in obs.items()}, 1, spec, generator)
    draws = requested if actor.limits is None else actor.limits.along(requested)
    success = carry_out(draws[0].numpy(), env)
    env.close()
    return SingleStep(obs, requested, draws, success)


def carry_out(chunks: Float[np.ndarray, "B H D"], env: gym.vector.VectorEnv) -> Bool[np.ndarray, " B"]:
    """Executes chunks open loop and returns each episode's success; one that outlasts its chunk is none."""
    success, over = np.zeros(len(chunks), bool), np.zeros(len(chunks), bool)
    for step in range(chunks.shape[1]):
        *_, terminated, truncated, info = env.step(chunks[:, step])
        ends = (terminated | truncated) & ~over
        success[ends] = np.asarray(info.get("success", success))[ends]
        over |= ends
        if over.all():
            break
    return success


def likelihood(actor: Actor, task: Task, spec: Spec, device: str | torch.device) -> tuple[Each | None, Each | None]:
    """Log-density of the held-out demonstrations, and its integration's error where it is integrated.

    None where there are no such demonstrations, or no density like the distribution's.
    """
    episodes = task.demos("test")
    if not episodes or spec.horizon != task.spec.horizon:
        return None, None
    test = held_out(episodes, task, spec.n_obs_steps)
    obs, action = {k: v.to(device) for k, v in test.obs.items()}, test.action.to(device)
    if isinstance(actor, Policy) and isinstance(actor.head, IterativeSampler):
        found = actor.likelihood(obs, action)
        assert found is not None
        return found.nats.cpu(), found.error.cpu()
    exact = actor.log_prob(obs, action)
    return None if exact is None else exact.cpu(), None


def held_out(episodes: list[Episode], task: Task, n_obs_steps: int) -> Windows:
    """Windows of the held-out demonstrations at which the task's distribution has a density."""
    demos = Windows.cut(episodes, n_obs_steps, task.spec.horizon, task.spec.every, after=task.spec.after)
    if not isinstance(task, SingleStepTask) or task.distribution is None:
        return demos
    dense = task.distribution.log_prob(demos.action, demos.obs).isfinite()
    return demos[dense]


def count_evaluations(policy: Policy, obs: Obs) -> int:
    """The number of network evaluations (NFE) of one decision, by counting."""
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    hooks = [m.register_forward_pre_hook(count) for m in policy.modules() if isinstance(m, Backbone)]
    policy.sample(obs, 1, stream(0, "count", policy.device))
    for hook in hooks:
        hook.remove()
    return calls


def evaluate(
    actor: Actor,
    task: Task,
    *,
    execution: Make[Execution] = Make(RecedingHorizon),
    seed: int,
    device: str | torch.device = "cpu",
    train_seconds: float | None = None,
) -> EvaluationData:
    """Evaluates an actor on a task, all but the latency; `seed` decides its draws, the task the starts.

    Raises NotFinite where an action is not a number.
    """
    check_asked(actor, task, device)
    check_kind("the execution", execution, Make)
    check_count("a seed", seed, least=0)
    policy = actor if isinstance(actor, Policy) else None
    spec = task.spec if policy is None else policy.spec
    seen: dict[str, Any] = {}
    if isinstance(task, EpisodicTask):
        rollouts = rollout(actor, task, spec, execution(), seed=seed, device=device)
        done = torch.from_numpy(rollouts.action)
        requested = done if rollouts.requested is None else torch.from_numpy(rollouts.requested)
        seen.update(success=rollouts.success, rollouts=rollouts)
    else:
        assert isinstance(task, SingleStepTask)
        once = single_step(actor, task, spec, stream(seed, "draws", device), device)
        requested, done = once.requested[0], once.draws[0]
        seen.update(obs=once.obs, draws=once.draws, success=once.success)
    if policy is not None:
        seen.update(outside=share_of(requested, policy.span.outside(requested.to(policy.device)).cpu()))
    if actor.limits is not None:
        seen.update(limited=share_of(requested, (done != requested).any(-1)))
    log_prob, error = likelihood(actor, task, spec, device)
    return EvaluationData(
        task=task,
        log_prob=log_prob,
        log_prob_error=error,
        evaluations=None if policy is None else count_evaluations(policy, starts(task, spec, 1, device)),
        parameters=None if policy is None else sum(p.numel() for p in policy.parameters() if p.requires_grad),
        train_seconds=train_seconds,
        **seen,
    )


def share_of(action: Float[Tensor, "B T D"], which: Bool[Tensor, "B T"]) -> Float[np.ndarray, " B"]:
    """The share of each episode's actions for which `which` holds; NaN after its end counts for nothing."""
    there = action.isfinite().all(-1)
    return ((which & there).sum(1) / there.sum(1).clamp(min=1)).numpy()


def check_asked(actor: Actor, task: Task, device: str | torch.device) -> None:
    """Raises TypeError or ValueError for what cannot be evaluated, or for a policy made for another task."""
    check_kind("who is judged", actor, Actor)
    check_kind("the task", task, Task)
    check_device(device)
    if not isinstance(actor, Policy):
        return
    own, asked = ((spec.observation, spec.action) for spec in (actor.spec, task.spec))
    if own != asked:
        raise ValueError(
            f"the policy observes {short(own[0])} and does {own[1]} numbers, the task shows {short(asked[0])} and "
            f"takes {asked[1]}: it was made for another task"
        )


def starts(task: Task, spec: Spec, n: int, device: str | torch.device) -> Obs:
    """The observations at the first n of the task's starts; where these are fewer, they come again."""
    first, count = task.starts
    env = task.env(min(n, count))
    obs = held(env.reset(seed=first)[0], spec)
    env.close()
    rows = torch.arange(n) % env.num_envs
    return {k: v[rows].to(device) for k, v in obs.items()}


def measure_latency(actor: Actor, task: Task, device: str | torch.device = "cpu") -> Latency:
    """Measures the latency of decisions on one thread, warmed up; call it when nothing else runs."""
    check_asked(actor, task, device)
    obs = starts(task, actor.spec if isinstance(actor, Policy) else task.spec, 1_000, device)
    one = {k: v[:1] for k, v in obs.items()}
    with single_thread():
        return Latency(each=clock(actor, one, device, MINIMUM), thousand=clock(actor, obs, device, 3))


def clock(actor: Actor, obs: Obs, device: str | torch.device, minimum: int) -> np.ndarray:
    """Latencies of repeated calls in milliseconds, the first few (warm-up) thrown away."""
    generator = stream(0, "timing", device)
    taken: list[float] = []
    warm, begun = max(1, minimum // 10), time.perf_counter()
    while len(taken) < warm + minimum or (len(taken) < REPEATS and time.perf_counter() - begun < SECONDS):
        start = time.perf_counter()
        actor.sample(obs, 1, generator)
        if torch.device(device).type == "cuda":
            torch.cuda.synchronize()
        taken.append((time.perf_counter() - start) * 1e3)
    return np.array(taken[warm:])
