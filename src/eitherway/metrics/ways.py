"""Does it know the ways: how often each is taken against how often it should be, and how many are taken at all."""

import torch
from jaxtyping import Float
from torch import Tensor

from eitherway.metrics.base import Evidence, Metric

RIGHT = 0.05  # a way counts as right in a group where the law gives it this much
TAKEN = 0.01  # and as taken where it gets this share of the draws


def shares(e: Evidence) -> tuple[Float[Tensor, "groups W"], Float[Tensor, "groups W"]] | None:
    """For each group of like states, the share of draws that go each way, and the law's probability of it."""
    if e.task.law is None or not e.task.ways:
        return None
    way, group, law = e.task.way(e.obs, e.draws), e.task.group(e.obs), e.task.law.ways(e.obs)
    members = [group == g for g in range(e.task.groups) if (group == g).any()]
    taken = [[(way[:, m] == w).double().mean() for w in range(len(e.task.ways))] for m in members]
    return torch.tensor(taken, dtype=torch.float64), torch.stack([law[m].mean(0) for m in members])


def read_way_error(e: Evidence) -> float | None:
    """Mean over groups of |share of draws that go the last way - its probability|; None without exactly two ways."""
    pair = shares(e)
    if pair is None or len(e.task.ways) != 2:
        return None
    return float((pair[0][:, 1] - pair[1][:, 1]).abs().mean())


def read_coverage(e: Evidence) -> float | None:
    """Mean over groups of the share of right ways that are taken. Not over all states at once: a deterministic head
    that goes left here and right there would score 1."""
    pair = shares(e)
    if pair is None:
        return None
    right, taken = pair[1] >= RIGHT, pair[0] >= TAKEN
    return float(((right & taken).sum(1) / right.sum(1)).mean())


way_error = Metric(
    name="way_error",
    better="lower",
    unit="probability",
    meaning="how far the share that goes right is from the law's, within groups of like states",
    digits=3,
    read=read_way_error,
)
coverage = Metric(
    name="coverage",
    better="higher",
    unit="share of ways",
    meaning="right ways (law's probability at least 0.05) that at least 1 % of the draws take, within groups",
    digits=3,
    read=read_coverage,
)
