"""The registry of named classes, tasks, recipes and metrics: built-in ones enter it by the same call as a stranger's.

    register(StudentT)                                                 a class, by its own name: as saved files name it
    register(Make(Corridor, demonstrations=10), name="short")          a task, as `--task` takes it
    register(Method(recipe=..., idea=..., see=...), name="student-t")  a recipe, as `--recipes` takes it
    register(Metric(name="dawdling", ...))                             a metric, by its own name

A name in a file or on the command line is looked up here and nowhere else. Looking up imports the package's own parts
and the plugins that are installed (entry points of the group `eitherway`, each the name of a module) or were named by
the caller (`--plugin MODULE`, which may lie in the current folder): no module is ever imported because a file names it.
"""

import functools
import importlib
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Generic, TypeVar

from eitherway.make import Make, nearest

T = TypeVar("T")
ROOMS = (
    *("data", "encoders", "backbones", "codebooks", "paths", "heads", "policies", "tasks", "training"),
    *("metrics", "recipes"),
)
NAME = re.compile(r"[A-Za-z0-9][\w.+-]*")
KINDS: "list[Kind[Any]]" = []
GROUP = "eitherway"  # of the entry points that name plugins
BY_PLUGIN = "if a plugin brings it, name that with --plugin MODULE"
PLUGINS: list[str] = []  # modules that were named, beside those that are installed


class Kind(Mapping[str, T], Generic[T]):
    """A registry of one kind of object, by name, in the order of registration."""

    def __init__(
        self, what: str, base: type, fits: Callable[[Any], bool], named: Callable[[T], str] | None = None
    ) -> None:
        self.what, self.base, self.fits, self.named = what, base, fits, named
        self.things: dict[str, T] = {}
        KINDS.append(self)

    def __getitem__(self, name: str) -> T:
        return self.things[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.things)

    def __len__(self) -> int:
        return len(self.things)


class Classes(Kind[type[T]]):
    """The registry of one base's concrete classes, by their own names: what a `Make` and a saved file may name."""

    def __init__(self, what: str, base: type[T]) -> None:
        super().__init__(
            what, base, lambda thing: inspect.isclass(thing) and issubclass(thing, base), lambda c: c.__name__
        )


class Presets(Kind[Make[Any]]):
    """The registry of classes of one base with some of their options chosen, by a name of their own."""

    def __init__(self, what: str, base: type) -> None:
        super().__init__(
            what,
            base,
            lambda thing: isinstance(thing, Make) and inspect.isclass(thing.cls) and issubclass(thing.cls, base),
        )


class Objects(Kind[T]):
    """The registry of objects of one class, by name."""

    def __init__(self, what: str, base: type[T], named: Callable[[T], str] | None = None) -> None:
        super().__init__(what, base, lambda thing: isinstance(thing, base), named)


def register(thing: T, *, name: str | None = None) -> T:
    """Registers a class, a task, a recipe or a metric under a name, and returns it: a decorator where it is a class.

    Raises TypeError where it is of no kind that anything is looked up among, and ValueError where it is abstract, or
    where its name is none, or taken by something else.
    """
    kind = next((kind for kind in KINDS if kind.fits(thing)), None)
    if kind is None:
        raise TypeError(f"{thing!r} cannot be registered; what can: {', '.join(sorted(kind.what for kind in KINDS))}")
    if inspect.isabstract(thing):
        raise ValueError(f"{thing!r} is abstract: only what can be made can be registered")
    if name is None and kind.named is None:
        raise TypeError(f"a {kind.what} is registered under a name: register(..., name=...)")
    label = kind.named(thing) if name is None and kind.named is not None else name
    if not isinstance(label, str) or not NAME.fullmatch(label):
        raise ValueError(f"a name must be letters, digits and any of _ . + - , got {label!r}")
    others = [k for k in KINDS if isinstance(k, Classes)] if isinstance(kind, Classes) else [kind]
    there = next((k for k in others if label in k and k[label] is not thing), None)
    if there is not None:
        raise ValueError(f"there is already a {there.what} called {label!r}: choose another name")
    kind.things[label] = thing
    return thing


@functools.cache
def load() -> None:
    """Imports the package's own subpackages and all installed plugins, so that what they bring is registered.

    Raises ValueError where a plugin cannot be imported.
    """
    for room in ROOMS:
        importlib.import_module(f"eitherway.{room}")
    for point in entry_points(group=GROUP):
        import_plugin(point.value.partition(":")[0], f"the plugin {point.name!r} of an installed package")


def load_plugins(modules: Sequence[str]) -> None:
    """Imports what `load` does, and further modules by name, which may lie in the current folder.

    Raises ValueError where one cannot be imported.
    """
    load()
    here = str(Path.cwd())
    if modules and here not in sys.path:
        sys.path.append(here)  # where a console script does not look; last, so that nothing installed is hidden
    for module in modules:
        import_plugin(module, "the plugin of --plugin")
        if module not in PLUGINS:
            PLUGINS.append(module)


def import_plugin(module: str, what: str) -> None:
    """Imports a module that registers something; a ValueError with its own reason where that fails."""
    try:
        importlib.import_module(module)
    except Exception as error:  # a stranger's module may raise anything
        reason = " ".join(str(error).split())
        raise ValueError(
            f"{what}, the module {module!r}, cannot be imported: {type(error).__name__}: {reason}"
        ) from None


def classes() -> dict[str, type]:
    """All registered classes by name."""
    load()
    return {name: cls for kind in KINDS if isinstance(kind, Classes) for name, cls in kind.items()}


def find(name: str) -> Callable[..., Any]:
    """Returns the class registered under a name; a TypeError with the nearest names where there is none."""
    known = classes()
    if name not in known:
        raise TypeError(f"unknown class {name!r}; {nearest(name, known)}{BY_PLUGIN}; known: {', '.join(sorted(known))}")
    return known[name]


def name_of(made: Make[Any]) -> str:
    """Returns the name under which a class is registered; its own name where it is not."""
    return next((name for name, cls in classes().items() if cls is made.cls), made.name)


def to_data(value: Any) -> Any:  # noqa: ANN401
    """Plain data for JSON: a `Make` becomes {"class": name, options...} with the defaults written out."""
    if isinstance(value, Make):
        return {"class": name_of(value), **{k: to_data(v) for k, v in value.full().items()}}
    return [to_data(v) for v in value] if isinstance(value, tuple) else value


def from_data(data: Any) -> Any:  # noqa: ANN401
    """The inverse of `to_data`."""
    if isinstance(data, dict):
        if "class" not in data:
            raise TypeError(f'a class and its options are written {{"class": NAME, ...}}, got {data}')
        options = {k: from_data(v) for k, v in data.items() if k != "class"}
        return Make(find(data["class"]), **options)
    return tuple(from_data(v) for v in data) if isinstance(data, list) else data


def check_registered(what: str, made: Make[Any]) -> None:
    """Raises ValueError where a class, or one among its options, is not one that `find` gives back by its name."""
    if made.cls not in classes().values():
        raise ValueError(
            f"{what} {made.name} is not registered, and could be saved but never read again: a name in a file imports "
            f"nothing. Call eitherway.register({made.name}) where it is defined"
        )
    for name, value in made.full().items():
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, Make):
                check_registered(f"{what} {made.name}: its {name}", inner)


def leaves(data: Any, path: str = "") -> list[tuple[str, str]]:  # noqa: ANN401
    """Every leaf of plain data with its dotted path, as `--set` would take it; a class comes before its options."""
    if not isinstance(data, dict):
        return [(path, data if isinstance(data, str) else json.dumps(data))]
    first = [(path, str(data["class"]))] if "class" in data else []
    return first + [
        leaf for key, value in data.items() if key != "class" for leaf in leaves(value, f"{path}.{key}".strip("."))
    ]
