"""Training batches: normalised, shuffled, optionally with noise on observations, and paired with the head's noise."""

from collections.abc import Iterator
from typing import TypeAlias

import torch
from torch import Generator

from eitherway.data import Windows
from eitherway.policies.policy import Policy
from eitherway.shape import Chunk, Obs
from eitherway.training.augmentations import BatchAugmentation
from eitherway.training.recipe import Recipe

Batch: TypeAlias = tuple[Obs, Chunk]
BLOCK = 2**26  # bytes of windows copied out at a time: few large copies are faster than one for each batch


def shuffled(policy: Policy, data: Windows, batch: int, generator: Generator) -> Iterator[Batch]:
    """Endless normalised batches, reshuffled at every epoch; a last short batch is left out."""
    size = min(batch, len(data))
    block = size * max(1, BLOCK // (size * data.bytes))
    while True:
        order = torch.randperm(len(data), generator=generator).to(data.actions.device)
        for rows in order[: len(data) // size * size].split(block):
            some, actions = policy.normalised(data[rows])
            obs = {k: v.split(size) for k, v in some.items()}
            for i, a in enumerate(actions.split(size)):
                yield {k: v[i] for k, v in obs.items()}, a


def augmented(policy: Policy, batches: Iterator[Batch], recipe: Recipe, noise: Generator) -> Iterator[Batch]:
    """The batches, each changed by the recipe's augmentations of batches."""
    added = [each for made in recipe.augment if isinstance(each := made(), BatchAugmentation)]
    for obs, a in batches:
        for each in added:
            obs = each(obs, policy.spec, noise)
        yield obs, a


@torch.no_grad()
def paired(policy: Policy, batches: Iterator[Batch], noise: Generator) -> Iterator[Batch]:
    """The batches, each with its rows ordered by the head's pairing of data and noise, if it has one."""
    pairing = policy.head.pairing
    if pairing is None:
        yield from batches
        return
    for obs, a in batches:
        order = pairing(a, policy.encoder(obs), noise)
        yield {k: v[order] for k, v in obs.items()}, a[order]
