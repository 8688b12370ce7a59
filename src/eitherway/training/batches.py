"""What a training step sees: normalised batches, shuffled, perhaps with noise, paired as the head wants."""

from collections.abc import Iterator
from typing import TypeAlias

import torch
from torch import Generator

from eitherway.data import Windows
from eitherway.policies.policy import Policy
from eitherway.randomness import normal_like
from eitherway.shape import Chunk, Obs

Batch: TypeAlias = tuple[Obs, Chunk]
BLOCK = 2**26  # bytes of windows copied out at a time: few large copies are faster than one for each batch


def shuffled(policy: Policy, data: Windows, batch: int, generator: Generator) -> Iterator[Batch]:
    """Normalised batches without end, every pass over the data in a new order; a last short batch is left out."""
    size = min(batch, len(data))
    block = size * max(1, BLOCK // (size * data.bytes))
    while True:
        order = torch.randperm(len(data), generator=generator).to(data.actions.device)
        for rows in order[: len(data) // size * size].split(block):
            some, actions = policy.normalised(data[rows])
            obs = {k: v.split(size) for k, v in some.items()}
            for i, a in enumerate(actions.split(size)):
                yield {k: v[i] for k, v in obs.items()}, a


def jittered(policy: Policy, batches: Iterator[Batch], sd: float, noise: Generator) -> Iterator[Batch]:
    """The batches, with noise on the numbers observed."""
    if sd == 0:
        yield from batches
        return
    for obs, a in batches:
        yield {**obs, **{name: obs[name] + sd * normal_like(obs[name], noise) for name in policy.spec.numbers}}, a


@torch.no_grad()
def paired(policy: Policy, batches: Iterator[Batch], noise: Generator) -> Iterator[Batch]:
    """The batches, each with its rows in the order in which the head wants them to meet the noise to come."""
    pairing = policy.head.pairing
    if pairing is None:
        yield from batches
        return
    for obs, a in batches:
        order = pairing(a, policy.encoder(obs), noise)
        yield {k: v[order] for k, v in obs.items()}, a[order]
