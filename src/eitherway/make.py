"""Deferred construction: a class and its options, readable, comparable, savable. Its signature is the only schema.

>>> from eitherway.codebooks import KMeans
>>> Make(KMeans, size=64)
Make(KMeans, size=64)
>>> Make(KMeans, sise=64)
Traceback (most recent call last):
TypeError: KMeans has no option 'sise'; did you mean 'size'? it has: size
"""

import difflib
import functools
import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from beartype import BeartypeConf
from beartype.door import is_bearable

from eitherway.checks import short

T = TypeVar("T", covariant=True)
INT_IS_FLOAT = BeartypeConf(is_pep484_tower=True)


class Make(Generic[T]):
    """A factory: a class and the options it will be called with; calling it adds what only the caller knows."""

    def __init__(self, cls: Callable[..., T], /, **options: Any) -> None:  # noqa: ANN401
        if not callable(cls):
            raise TypeError(f"a Make needs a class, got {short(cls)}")
        for name, value in options.items():
            check_option(cls, name, value)
        self.cls = cls
        self.options: Mapping[str, Any] = options

    def __call__(self, *args: Any, **more: Any) -> T:  # noqa: ANN401
        return self.cls(*args, **self.options, **more)

    def full(self) -> dict[str, Any]:
        """All options with their values, the defaults among them, in the order of the signature."""
        return {name: self.options.get(name, default) for name, default in schema(self.cls).items()}

    def replace(self, path: str, value: Any) -> "Make[T]":  # noqa: ANN401
        """Returns a copy with one option changed; a dotted path leads into options that are themselves a `Make`."""
        name, _, rest = dotted(path)
        if rest:
            inner = self.full().get(name)
            if not isinstance(inner, Make):
                check_name(self.name, name, schema(self.cls), "option")
                raise TypeError(f"{self.name}.{name} is {inner!r}: it has no option {rest!r}")
            value = inner.replace(rest, value)
        return Make(self.cls, **{**self.options, name: value})

    @property
    def name(self) -> str:
        """The class's name."""
        return str(getattr(self.cls, "__name__", self.cls))

    def __repr__(self) -> str:
        return f"Make({', '.join([self.name, *(f'{k}={v!r}' for k, v in self.options.items())])})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Make) and self.cls is other.cls and self.full() == other.full()

    def __hash__(self) -> int:
        return hash((self.cls, repr(self.full())))


@functools.cache
def schema(cls: Callable[..., Any]) -> dict[str, Any]:
    """The options of a class (its keyword parameters with a default) and their defaults."""
    parameters = inspect.signature(cls).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not p.empty and p.kind is not p.POSITIONAL_ONLY}


@functools.cache
def hints(cls: Callable[..., Any]) -> dict[str, Any]:
    """The types of a class's options."""
    return get_type_hints(getattr(cls, "__init__", cls) if inspect.isclass(cls) else cls)


def check_option(cls: Callable[..., Any], name: str, value: Any) -> None:  # noqa: ANN401
    """Raises a TypeError where the class has no such option, or where its type refuses the value."""
    label = getattr(cls, "__name__", str(cls))
    check_name(label, name, schema(cls), "option")
    check_value(f"{label}.{name}", value, hints(cls).get(name, object))


def check_value(label: str, value: Any, hint: Any) -> None:  # noqa: ANN401
    """Raises a TypeError where a type refuses a value; a `Make[X]` must make a concrete X."""
    plain = (hint, *get_args(hint))
    truth = isinstance(value, bool) and bool not in plain and (int in plain or float in plain)
    if truth or not is_bearable(value, hint, conf=INT_IS_FLOAT):
        raise TypeError(f"{label} must be {readable(hint)}, got {short(value)}")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise TypeError(f"{label} must fit into 64 bits, got a number of {value.bit_length()} bits")
    if isinstance(value, float) and not math.isfinite(value):
        raise TypeError(f"{label} must be finite, got {value!r}")  # or it could not be saved
    wanted = next((get_args(h)[0] for h in (hint, *get_args(hint)) if get_origin(h) is Make), None)
    if wanted is None or not isinstance(value, Make):
        return
    if not inspect.isclass(value.cls) or not issubclass(value.cls, wanted) or inspect.isabstract(value.cls):
        raise TypeError(f"{label} must be the name of a concrete {wanted.__name__}, got {value.name}")


def check_name(owner: str, name: str, known: Iterable[str], what: str) -> None:
    """Raises a TypeError with the nearest names where `name` is not a known one."""
    names = sorted(known)
    if name not in names:
        raise TypeError(f"{owner} has no {what} {name!r}; {nearest(name, names)}it has: {', '.join(names)}")


def dotted(path: str) -> tuple[str, str, str]:
    """Splits a dotted path into its first name, the dot and the rest; a TypeError where it is no string."""
    if not isinstance(path, str):
        raise TypeError(f"a field is named by a string, got {short(path)}")
    return path.partition(".")


def nearest(name: str, known: Iterable[str]) -> str:
    """'did you mean ...? ' with the known names most like `name`, or nothing where none is like it."""
    close = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"did you mean {' or '.join(repr(c) for c in close)}? " if close else ""


def readable(hint: Any) -> str:  # noqa: ANN401
    """Returns the name of a type as error messages show it."""
    if get_origin(hint) is Make:
        return f"the name of a concrete {get_args(hint)[0].__name__}"
    return (
        hint.__name__
        if inspect.isclass(hint) and not getattr(hint, "__args__", None)
        else str(hint).replace("typing.", "")
    )
