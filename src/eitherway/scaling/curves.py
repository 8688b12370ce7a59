"""Curves of a sweep: one quantity of one method along one axis, and where it breaks.

A method is broken at the first point, from easy to hard, where it succeeds in fewer than 9 of 10 states, where its
draws are more than three times as far from the distribution as the distribution's own draws are, or where they take
modes other than the likeliest less than a third or more than three times as often as they should.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from eitherway.compare.stats import Interval
from eitherway.scaling.axes import AXES

SUCCESS, FLOORS, TIMES = 0.9, 3.0, 3.0  # below, above, further off either way: broken

Point = Mapping[str, Any]


@dataclass(frozen=True)
class Quantity:
    """A quantity that a figure shows of each point of a sweep, and how it is drawn."""

    name: str
    label: str
    read: Callable[[Point, str], Interval | None]  # of a point and the name of a row
    log: bool = False
    perfect: float | None = None  # drawn as a line where it is known


@dataclass(frozen=True)
class Curve:
    """A curve: a quantity at the places where a row has it, in the order of the axis."""

    at: tuple[float, ...]
    values: tuple[Interval, ...]


def plain(metric: str) -> Callable[[Point, str], Interval | None]:
    """Returns a reader of a metric as it is, which gives None where it does not apply."""

    def read(point: Point, name: str) -> Interval | None:
        value = point["summary"].get(name, {}).get(metric)
        return None if value is None else Interval(**value)

    return read


def over_floor(metric: str) -> Callable[[Point, str], Interval | None]:
    """Returns a reader of a metric in multiples of its sampling floor, which gives None where that is 0."""

    def read(point: Point, name: str) -> Interval | None:
        value, floor = plain(metric)(point, name), point["floors"].get(metric)
        return None if value is None or floor is None or floor["mean"] == 0 else scaled(value, 1 / floor["mean"])

    return read


def scaled(value: Interval, by: float) -> Interval:
    """Returns an interval multiplied by a factor."""
    low, high = (None if end is None else by * end for end in (value.low, value.high))
    return Interval(by * value.mean, low, high, value.n)


QUANTITIES: Mapping[str, Quantity] = {
    q.name: q
    for q in (
        Quantity("success", "success", plain("success"), perfect=1.0),
        Quantity("mode_coverage", "mode coverage", plain("mode_coverage")),
        Quantity("mode_error", "mode error over its floor", over_floor("mode_error"), log=True, perfect=1.0),
        Quantity("energy", "energy distance over its floor", over_floor("energy"), log=True, perfect=1.0),
        Quantity("sliced_w1", "sliced W₁ over its floor", over_floor("sliced_w1"), log=True, perfect=1.0),
        Quantity("minor_modes", "minor modes, drawn over right", plain("minor_modes"), log=True, perfect=1.0),
        Quantity("ms", "milliseconds per decision", plain("ms_per_decision"), log=True),
    )
}


def curve(data: Mapping[str, Any], axis: str, name: str, quantity: str) -> Curve:
    """Returns a row's quantity along an axis, without the points where it has none."""
    found = []
    for value, folder in data["axes"][axis]:
        point = data["points"][folder]
        seen, place = QUANTITIES[quantity].read(point, name), AXES[axis].place(value, point["summary"].get(name, {}))
        if seen is not None and place is not None:
            found.append((place, seen))
    return Curve(tuple(place for place, _ in found), tuple(seen for _, seen in found))


def breaks(data: Mapping[str, Any], axis: str, name: str) -> float | None:
    """The first value of the axis, from easy to hard, at which a row is broken or missing; None where it never is."""
    for value, folder in data["axes"][axis]:
        point = data["points"][folder]
        success, far, minor = (QUANTITIES[q].read(point, name) for q in ("success", "energy", "minor_modes"))
        if success is None or success.mean < SUCCESS or (far is not None and far.mean > FLOORS):
            return float(value)
        if minor is not None and not 1 / TIMES <= minor.mean <= TIMES:
            return float(value)
    return None
