"""Timing that means the same on a busy machine: one thread, and its own CPU time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch


def stopwatch(device: str | torch.device) -> Callable[[], float]:
    """Returns a function that reads the seconds since now: CPU time on a CPU with one thread, else wall time."""
    alone = torch.device(device).type == "cpu" and torch.get_num_threads() == 1
    clock = time.process_time if alone else time.perf_counter
    begun = clock()
    return lambda: clock() - begun


@contextmanager
def single_thread() -> Iterator[None]:
    """A context manager that keeps PyTorch on one thread, and afterwards restores what was set."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
