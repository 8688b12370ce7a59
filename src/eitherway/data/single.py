"""Conversion of recorded arrays to single-precision tensors: images stay bytes, lossy conversions are refused."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

NOISE = 1e-6  # a change below a millionth of a unit is taken for rounding or noise, whatever becomes of it
STEPS = 2**16  # a column that keeps so many steps over its range keeps enough
COARSE = 2**8  # one that keeps fewer is coarser than a byte


def single(name: str, recorded: Sequence[np.ndarray]) -> Tensor:
    """One array of all episodes as a tensor, end to end: byte images stay bytes, all else becomes float32."""
    whole, name = np.concatenate(recorded), " ".join(name.split())
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
        check_kept(name, [each.reshape(len(each), -1) for each in recorded], x.reshape(len(x), -1))
    return torch.from_numpy(x)


def check_kept(name: str, recorded: Sequence[np.ndarray], after: np.ndarray) -> None:
    """Raises ValueError where single precision loses a column's steps from frame to frame, as of times since 1970.

    A column is coarse where rounding is more than its usual step, or where it has fewer steps than a byte and loses a
    quarter of its values. Its range is that within an episode: days between recordings make no hour finer.
    """
    before = np.concatenate(recorded)
    spans = np.median([np.ptp(each.astype(float), axis=0) for each in recorded], axis=0)
    spans = np.where(spans > 0, spans, np.ptp(before.astype(float), axis=0))
    rounding = np.spacing(np.abs(after).max(0)).astype(float)
    for column in np.flatnonzero((spans > NOISE) & (spans < rounding * STEPS)):
        steps = np.abs(np.diff(before[:, column].astype(float)))
        usual = np.median(steps[steps > NOISE]) if (steps > NOISE).any() else np.inf
        had, kept = (len(np.unique(x[:, column])) for x in (before, after))
        few = spans[column] < COARSE * rounding[column] and 4 * (had - kept) > had
        if kept < had and (usual < rounding[column] or few):
            raise ValueError(
                f"{name}, column {column}: {had - kept} of {had} different values are lost in single precision (at "
                f"{before[0, column]:.10g} its step is {rounding[column]:.3g}): subtract the first value, or leave it "
                "out"
            )
