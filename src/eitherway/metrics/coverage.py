"""Goal-coverage metrics of pushing tasks: four scores of the same episodes, as papers report them.

    mean maximum reward   mean over episodes of max_t min(c_t / 0.95, 1)      (1)
    success               share of episodes with c_t > 0.95 at any time       (2)
    final coverage        mean over episodes of c at the end                  (3)
    maximum coverage      mean over episodes of max_t c_t                     (4)

c_t is the share of the goal that is covered. (1) is what Diffusion Policy and LeRobot print, at times as "success";
(3) and (4) are like VQ-BeT's; but theirs go on after a success, and here an episode ends with it.

References:
    Diffusion Policy (Chi et al., 2023), https://arxiv.org/abs/2303.04137
    Behavior Generation with Latent Actions (Lee et al., 2024), https://arxiv.org/abs/2403.03181
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from eitherway.evaluation.data import EvaluationData
from eitherway.metrics.base import SHARE, Metric

ENOUGH = 0.95  # coverage that counts as whole

Course = Float[np.ndarray, "B T"]


def rewards(e: EvaluationData) -> Float[np.ndarray, " B"] | None:
    """The maximum reward of each episode, eq. (1); None where nothing is pushed."""
    best = most(e)
    return None if best is None else np.minimum(best / ENOUGH, 1)


def most(e: EvaluationData) -> Float[np.ndarray, " B"] | None:
    """The maximum coverage of each episode; None where nothing is pushed."""
    course = coverage_of(e)
    return None if course is None else np.nanmax(course, axis=1)


def last(e: EvaluationData) -> Float[np.ndarray, " B"] | None:
    """The final coverage of each episode; None where nothing is pushed."""
    course = coverage_of(e)
    if course is None or e.rollouts is None:
        return None
    return course[np.arange(len(course)), e.rollouts.steps]


def coverage_of(e: EvaluationData) -> Course | None:
    """The goal coverage of each episode at each step, NaN where there is none; None where nothing is pushed."""
    if e.rollouts is None or "coverage" not in e.rollouts.info:
        return None
    return e.rollouts.info["coverage"][:, :, 0]


def averaged(
    of: Callable[[EvaluationData], Float[np.ndarray, " B"] | None],
) -> Callable[[EvaluationData], float | None]:
    """The mean over episodes of a per-episode score; None where that does not apply."""

    def read(e: EvaluationData) -> float | None:
        each = of(e)
        return None if each is None else float(each.mean(dtype=np.float64))

    return read


def score(
    name: str, title: str, meaning: str, of: Callable[[EvaluationData], Float[np.ndarray, " B"] | None]
) -> Metric:
    """A metric that is the mean over episodes of a score between 0 and 1: higher is better."""
    return Metric(
        name=name,
        title=title,
        better="higher",
        unit="share",
        meaning=meaning,
        digits=3,
        read=averaged(of),
        bounds=SHARE,
        each=of,
    )


max_reward = score(
    "max_reward", "max reward", "mean over episodes of the largest reward, min(coverage / 0.95, 1)", rewards
)
final_coverage = score("final_coverage", "final coverage", "mean over episodes of the coverage at the end", last)
max_coverage = score("max_coverage", "", "mean over episodes of the largest coverage", most)
