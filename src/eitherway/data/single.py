"""What was recorded in single precision: pictures of bytes as they are, and a refusal of what would be lost."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

NOISE = 1e-6  # a range below a millionth of a unit is taken for rounding or noise, whatever becomes of it
STEPS = 2**16  # a column that keeps so many steps over its range keeps enough


def single(name: str, recorded: Sequence[np.ndarray]) -> Tensor:
    """One array of all episodes, end to end; arrays of one axis a frame are numbers, whatever they are kept as."""
    whole = np.concatenate(recorded)
    if whole.dtype == np.uint8 and whole.ndim > 2:
        return torch.from_numpy(whole)
    with np.errstate(over="ignore"):
        x = whole.astype(np.float32, copy=False)
    wrong = ~np.isfinite(x.reshape(len(x), -1)).all(1)
    if wrong.any():
        frame = int(np.flatnonzero(wrong)[0])
        ends = np.cumsum([len(each) for each in recorded])
        episode = int(np.searchsorted(ends, frame, side="right"))
        value = whole[frame][~np.isfinite(x[frame])].flat[0]
        within = frame - int(ends[episode]) + len(recorded[episode])
        raise ValueError(f"{name}, episode {episode}, frame {within}: {value} is no number in single precision")
    if not np.can_cast(whole.dtype, np.float32):
        check_kept(name, whole.reshape(len(whole), -1), x.reshape(len(x), -1))
    return torch.from_numpy(x)


def check_kept(name: str, before: np.ndarray, after: np.ndarray) -> None:
    """Raises ValueError where single precision takes half of a column's different values, as of times since 1970."""
    span = before.max(0).astype(float) - before.min(0).astype(float)
    step = np.spacing(np.abs(after).max(0)).astype(float)
    for column in np.flatnonzero((span > NOISE) & (span < step * min(STEPS, len(before)))):
        had, kept = (len(np.unique(x[:, column])) for x in (before, after))
        if 2 * kept <= had:
            raise ValueError(
                f"{name}, column {column}: {had - kept} of {had} different values are lost in single precision (at "
                f"{before[0, column]:.10g} its step is {step[column]:.3g}): subtract the first value, or leave it out"
            )
