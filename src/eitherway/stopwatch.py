"""Seconds that mean the same on a busy machine: one thread, and its own time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch


def stopwatch(device: str | torch.device) -> Callable[[], float]:
    """Seconds since now: the processor's own on one thread of a CPU, where what else runs does not count; else all."""
    alone = torch.device(device).type == "cpu" and torch.get_num_threads() == 1
    clock = time.process_time if alone else time.perf_counter
    begun = clock()
    return lambda: clock() - begun


@contextmanager
def single_thread() -> Iterator[None]:
    """PyTorch on one thread, and afterwards as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
