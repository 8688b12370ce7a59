"""Checks of arguments: a value of the wrong kind is refused in one line, before anything is done with it."""

from numbers import Integral
from typing import Any

LONGEST = 120  # letters of a value that a message repeats


def check_kind(what: str, value: Any, kind: type) -> None:  # noqa: ANN401
    """Raises TypeError where a value is not of a kind."""
    if not isinstance(value, kind):
        raise TypeError(f"{what} must be a {kind.__name__}, got {said(value)}")


def check_count(what: str, value: Any, least: int = 1) -> None:  # noqa: ANN401
    """Raises TypeError where a value is no whole number, and ValueError where it is too small."""
    if not is_whole(value):
        raise TypeError(f"{what} must be a whole number, got {said(value)}")
    if value < least:
        raise ValueError(f"{what} must be at least {least}, got {value}")


def is_whole(value: Any) -> bool:  # noqa: ANN401
    """Whether a value is an integer; a bool is not."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def said(value: Any) -> str:  # noqa: ANN401
    """Returns a value as an error message shows it, with its type."""
    return f"{short(value)} ({type(value).__name__})"


def short(value: Any) -> str:  # noqa: ANN401
    """Returns the repr of a value on one line, cut off where it is too long."""
    text = " ".join(repr(value).split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
