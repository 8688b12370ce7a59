"""Every concrete class a recipe may name, by its name: the one table behind saved recipes and `--set`."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from torch import optim

from eitherway import backbones, codebooks, data, encoders, heads, lr, paths, tasks
from eitherway.make import Make, nearest

PARTS: Mapping[str, Callable[..., Any]] = {
    **{
        name: getattr(m, name)
        for m in (backbones, codebooks, data, encoders, heads, lr, paths, tasks)
        for name in m.__all__
        if inspect.isclass(getattr(m, name)) and not inspect.isabstract(getattr(m, name))
    },
    **{c.__name__: c for c in (optim.Adam, optim.AdamW, optim.SGD)},
}


def to_data(value: Any) -> Any:  # noqa: ANN401
    """Plain data for JSON: a `Make` becomes {"class": name, options...} with the defaults written out."""
    if isinstance(value, Make):
        return {"class": value.name, **{k: to_data(v) for k, v in value.full().items()}}
    return [to_data(v) for v in value] if isinstance(value, tuple) else value


def from_data(data: Any) -> Any:  # noqa: ANN401
    """The inverse of `to_data`."""
    if isinstance(data, dict):
        options = {k: from_data(v) for k, v in data.items() if k != "class"}
        return Make(find(data["class"]), **options)
    return tuple(from_data(v) for v in data) if isinstance(data, list) else data


def find(name: str) -> Callable[..., Any]:
    """The class of that name."""
    if name not in PARTS:
        raise TypeError(f"unknown class {name!r}; {nearest(name, PARTS)}known: {', '.join(sorted(PARTS))}")
    return PARTS[name]
