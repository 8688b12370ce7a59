"""Explicit randomness: every stream of numbers has a seed and a purpose, and none is shared."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Generator, Tensor


def stream(seed: int, purpose: str, device: str | torch.device = "cpu") -> Generator:
    """A generator of its own for each seed and purpose ("batches", "noise", ...): adding one stream moves no other."""
    state = np.random.SeedSequence([seed, zlib.crc32(purpose.encode())]).generate_state(1, np.uint64)[0]
    return Generator(device).manual_seed(int(state) % 2**63)


def normal_like(x: Tensor, generator: Generator) -> Tensor:
    """Standard normal numbers in the shape, type and place of `x`."""
    return torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=generator)


class GlobalStream:
    """PyTorch's global generator, borrowed: initialisation and dropout know no other, and outside nothing changes."""

    def __init__(self, seed: int, purpose: str, device: str | torch.device = "cpu") -> None:
        self.cuda = torch.device(device).type == "cuda"
        self.state = stream(seed, purpose).get_state()
        self.cuda_state = stream(seed, purpose, device).get_state() if self.cuda else None

    @contextmanager
    def borrowed(self) -> Iterator[None]:
        """Within it, the global generator continues this stream; afterwards it is as it was."""
        with torch.random.fork_rng(devices=None if self.cuda else []):
            torch.set_rng_state(self.state)
            if self.cuda_state is not None:
                torch.cuda.set_rng_state(self.cuda_state)
            yield
            self.state = torch.get_rng_state()
            if self.cuda_state is not None:
                self.cuda_state = torch.cuda.get_rng_state()
