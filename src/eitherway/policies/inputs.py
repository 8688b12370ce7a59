"""Validation of a policy's inputs: observations and actions checked against a `Spec`, and converted."""

import math
from collections.abc import Set
from dataclasses import replace

import torch
from torch import Tensor

from eitherway.checks import check_kind, said
from eitherway.data import Windows
from eitherway.data.spec import Spec
from eitherway.shape import Obs


def demonstrated(demos: Windows, spec: Spec, like: Tensor) -> Windows:
    """The demonstrations, checked against a spec; numbers in the precision of `like`. ValueError on a mismatch."""
    check_kind("the demonstrations", demos, Windows)
    check_names(demos.frames.keys(), spec)
    spans = demos.past.shape[1], demos.future.shape[1]
    if spans != (spec.n_obs_steps, spec.horizon):
        raise ValueError(
            f"windows must have n_obs_steps of {spec.n_obs_steps} and a horizon of {spec.horizon}, "
            f"got {spans[0]} and {spans[1]}"
        )
    if not len(demos):
        raise ValueError("training needs at least one window, got none")
    frames = {name: seen(value, name, (), spec, like) for name, value in demos.frames.items()}
    return replace(demos, frames=frames, actions=numbers(demos.actions, "the action", (spec.action,), like))


def observed(obs: Obs, spec: Spec, like: Tensor) -> Obs:
    """The observations, checked against a spec; numbers in the precision of `like`."""
    check_kind("the observations", obs, dict)
    check_names(obs.keys(), spec)
    found = {name: seen(value, name, (spec.n_obs_steps,), spec, like) for name, value in obs.items()}
    if len({len(value) for value in found.values()}) > 1:
        rows = ", ".join(f"{len(value)} of {name!r}" for name, value in found.items())
        raise ValueError(f"observations must be of equally many moments, got {rows}")
    return found


def done(action: Tensor, rows: int, spec: Spec, like: Tensor, *, part: bool = False) -> Tensor:
    """Action chunks for `rows` observations, checked and converted; with `part`, they may have fewer steps."""
    check_kind("the action", action, Tensor)
    steps = action.shape[1] if part and action.dim() > 1 and 1 <= action.shape[1] <= spec.horizon else spec.horizon
    found = numbers(action, "the action", (steps, spec.action), like)
    if len(found) != rows:
        raise ValueError(f"there must be a chunk for each of {rows} observations, got {len(found)}")
    return found


def check_names(names: Set[str], spec: Spec) -> None:
    """Raises ValueError where the names of observations are not exactly those of the spec."""
    if names == spec.observation.keys():
        return
    missing = [name for name in spec.observation if name not in names]
    extra = [name for name in names if name not in spec.observation]
    wrong = [
        f"{', '.join(map(repr, some))} {word}" for some, word in ((missing, "missing"), (extra, "not known")) if some
    ]
    raise ValueError(f"observations must be {', '.join(map(repr, spec.observation))}: {'; '.join(wrong)}")


def seen(x: Tensor, name: str, lead: tuple[int, ...], spec: Spec, like: Tensor) -> Tensor:
    """One observation, numbers or images, checked: its axes after the first are `lead` and the spec's shape."""
    size, what = spec.observation[name], f"the observation {name!r}"
    if isinstance(size, int):
        return numbers(x, what, (*lead, size), like)
    check(x, what, (*lead, *size), like)
    if x.dtype != torch.uint8:
        raise ValueError(f"{what} is a picture and must be bytes, 0 to 255 in uint8; got {x.dtype}")
    return x


def numbers(x: Tensor, what: str, shape: tuple[int, ...], like: Tensor) -> Tensor:
    """A tensor of numbers, checked to be finite, in the precision of `like`."""
    check(x, what, shape, like)
    x = x.to(like.dtype)
    if not math.isfinite(x.sum()) and not bool((finite := x.isfinite()).all()):  # a sum is one pass, and mostly enough
        row = int((~finite.flatten(1)).any(1).nonzero()[0])
        raise ValueError(f"{what} must be finite numbers; row {row} has {float(x[row][~finite[row]][0])}")
    return x


def check(x: Tensor, what: str, shape: tuple[int, ...], like: Tensor) -> None:
    """Raises TypeError or ValueError where x is not a dense tensor of rows of this shape, on the device of `like`."""
    check_kind(what, x, Tensor)
    if x.layout != torch.strided:
        raise TypeError(f"{what} must be a dense tensor, got one of {x.layout}")
    if x.shape[1:] != shape or x.dim() != len(shape) + 1 or not len(x):
        raise ValueError(f"{what} must be of the shape [rows, {', '.join(map(str, shape))}], got {list(x.shape)}")
    if x.is_complex():
        raise TypeError(f"{what} must be real numbers, got {x.dtype}")
    if x.device != like.device:
        raise ValueError(f"{what} must be where the policy is, on {like.device}, got {x.device}")


def check_device(device: str | torch.device) -> None:
    """Raises TypeError or ValueError for a device that PyTorch does not have here."""
    if not isinstance(device, str | torch.device):
        raise TypeError(f"a device must be a name, got {said(device)}")
    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError):  # PyTorch asserts that it was compiled for a device
        raise ValueError(f'a device must be one that is here, "cpu" or perhaps "cuda", got {said(device)}') from None
