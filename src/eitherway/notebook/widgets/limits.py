"""Validation of widget traits: a value beyond its limits, or none of its names, is refused in one line."""

from typing import TypeVar

from traitlets import Bunch, TraitError

Number = TypeVar("Number", int, float)


def within(proposal: Bunch, low: Number, high: Number) -> Number:
    """Returns the value that a trait is to take, if it lies in [low, high]; NaN does not."""
    name, value = proposal["trait"].name, proposal["value"]
    if not low <= value <= high:
        raise TraitError(f"{name} must lie in [{low}, {high}], got {value}")
    return value


def one_of(proposal: Bunch, names: tuple[str, ...]) -> str:
    """Returns the name that a trait is to take, if it is one of these."""
    name, value = proposal["trait"].name, proposal["value"]
    if value not in names:
        raise TraitError(f"{name} must be one of {', '.join(names)}; got {value!r}")
    return str(value)
