"""Seeded random generators: every stream of numbers has a seed and a purpose, and none is shared."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Generator, Tensor

from eitherway.checks import check_count


def stream(seed: int, purpose: str, device: str | torch.device = "cpu") -> Generator:
    """A random generator seeded by seed and purpose ("batches", "noise", ...): adding one stream moves no other."""
    check_count("a seed", seed, least=0)
    state = np.random.SeedSequence([seed, zlib.crc32(purpose.encode())]).generate_state(1, np.uint64)[0]
    return Generator(device).manual_seed(int(state) % 2**63)


def normal_like(x: Tensor, generator: Generator) -> Tensor:
    """Draws standard normal numbers in the shape, type and place of `x`."""
    return torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=generator)


class GlobalStream:
    """A random stream lent to PyTorch's global generator: initialisation and dropout know no other."""

    def __init__(self, seed: int, purpose: str, device: str | torch.device = "cpu") -> None:
        self.card = [torch.device(device)] if torch.device(device).type == "cuda" else []
        self.state = stream(seed, purpose).get_state()
        self.card_states = [stream(seed, purpose, card).get_state() for card in self.card]

    @contextmanager
    def borrowed(self) -> Iterator[None]:
        """A context manager in which the global generator continues this stream; afterwards it is as it was."""
        with torch.random.fork_rng(devices=[card.index or 0 for card in self.card]):
            torch.set_rng_state(self.state)
            for card, state in zip(self.card, self.card_states, strict=True):
                torch.cuda.set_rng_state(state, card)
            yield
            self.state = torch.get_rng_state()
            self.card_states = [torch.cuda.get_rng_state(card) for card in self.card]
