"""Every concrete class a recipe may name, by its name: the one table behind saved recipes and `--set`."""

import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any

from torch import optim

from eitherway import (
    backbones,
    choosing,
    codebooks,
    data,
    encoders,
    execution,
    heads,
    limits,
    lr,
    paths,
    stopping,
    tasks,
)
from eitherway.make import Make, nearest

PLACES = (backbones, choosing, codebooks, data, encoders, execution, heads, limits, lr, paths, stopping, tasks)
OFFERED = [getattr(place, name) for place in PLACES for name in place.__all__]
CONCRETE = [c for c in OFFERED if inspect.isclass(c) and not inspect.isabstract(c)]
PARTS: Mapping[str, Callable[..., Any]] = {c.__name__: c for c in (*CONCRETE, optim.Adam, optim.AdamW, optim.SGD)}


def to_data(value: Any) -> Any:  # noqa: ANN401
    """Plain data for JSON: a `Make` becomes {"class": name, options...} with the defaults written out."""
    if isinstance(value, Make):
        return {"class": value.name, **{k: to_data(v) for k, v in value.full().items()}}
    return [to_data(v) for v in value] if isinstance(value, tuple) else value


def from_data(data: Any) -> Any:  # noqa: ANN401
    """The inverse of `to_data`."""
    if isinstance(data, dict):
        if "class" not in data:
            raise TypeError(f'a class and its options are written {{"class": NAME, ...}}, got {data}')
        options = {k: from_data(v) for k, v in data.items() if k != "class"}
        return Make(find(data["class"]), **options)
    return tuple(from_data(v) for v in data) if isinstance(data, list) else data


def check_own(what: str, made: Make[Any]) -> None:
    """Raises ValueError where a class, or one among its options, is not one that `find` gives back by its name."""
    if PARTS.get(made.name) is not made.cls:
        raise ValueError(
            f"{what} {made.name} is not one of eitherway's own, and could be saved but never read again: a name in a "
            "file imports nothing. Offer the class in eitherway (docs/add_a_head.md), or keep the weights yourself"
        )
    for name, value in made.full().items():
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, Make):
                check_own(f"{what} {made.name}: its {name}", inner)


def leaves(data: Any, path: str = "") -> list[tuple[str, str]]:  # noqa: ANN401
    """Every leaf of plain data with its dotted path, as `--set` would take it; a class comes before its options."""
    if not isinstance(data, dict):
        return [(path, data if isinstance(data, str) else json.dumps(data))]
    first = [(path, str(data["class"]))] if "class" in data else []
    return first + [
        leaf for key, value in data.items() if key != "class" for leaf in leaves(value, f"{path}.{key}".strip("."))
    ]


def find(name: str) -> Callable[..., Any]:
    """The class of that name."""
    if name not in PARTS:
        raise TypeError(f"unknown class {name!r}; {nearest(name, PARTS)}known: {', '.join(sorted(PARTS))}")
    return PARTS[name]
