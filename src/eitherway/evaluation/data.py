"""Evaluation data: the recorded rollouts of one policy on one task, from which every metric is computed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from eitherway.evaluation.rollouts import Rollouts
from eitherway.shape import Draws, Obs
from eitherway.tasks.base import Task


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Inference latency in milliseconds, warmed up, on one thread, with nothing else running."""

    each: Float[np.ndarray, " R"]  # R decisions of batch 1
    thousand: Float[np.ndarray, " Q"]  # Q calls that decide for 1,000 states at once


@dataclass(frozen=True)
class Floor:
    """The sampling floor of a metric: mean and standard deviation of what n sets of exact samples score."""

    mean: float
    sd: float
    n: int

    @property
    def band(self) -> tuple[float, float]:
        """The interval of two standard deviations around the mean."""
        return self.mean - 2 * self.sd, self.mean + 2 * self.sd


@dataclass(frozen=True, kw_only=True)
class EvaluationData:
    """Recorded evaluation of one policy on one task, raw units: S draws at each of B states, or B whole episodes."""

    task: Task
    success: Bool[np.ndarray, " episodes"]  # of the first draw or of the episode, as the environment judged it
    obs: Obs = field(default_factory=dict)  # of a task that is decided once, with
    draws: Draws = field(default_factory=lambda: torch.empty(0, 0, 0, 0))
    rollouts: Rollouts | None = None  # of an episodic task
    floors: Mapping[str, Floor] = field(
        default_factory=dict
    )  # by metric, what the distribution itself scores at these states
    outside: Float[np.ndarray, " episodes"] | None = None  # share of requested actions beyond what was recorded
    limited: Float[np.ndarray, " episodes"] | None = None  # share that limits changed; None where there are none
    log_prob: Float[Tensor, " held_out"] | None = None  # of held-out demonstrations; None where there is no density
    log_prob_error: Float[Tensor, " held_out"] | None = None  # what integration put too high; None: no integration
    evaluations: int | None = None  # network evaluations a decision; None where there is no network
    parameters: int | None = None
    train_seconds: float | None = None
    latency: Latency | None = None  # measured last


@dataclass(frozen=True)
class SingleStep:
    """The outcome of B single-step episodes: observations, draws, what was carried out, and success."""

    obs: Obs
    requested: Draws
    draws: Draws  # what was carried out of it, within the actor's limits
    success: Bool[np.ndarray, " B"]
