"""How numbers are written: as many digits as mean something, and a dash where there is none."""

from collections.abc import Mapping

from eitherway.report.rows import Number

DASH = "–"

FORMATS: Mapping[str, str] = {
    "success": ".3f",
    "invalid_mass": ".3f",
    "w1": ".3f",
    "w1_floor": ".4f",
    "way_error": ".3f",
    "coverage": ".3f",
    "log_likelihood": ".2f",
    "nfe": ".0f",
    "train_seconds": ".2f",
    "parameters": ",.0f",
}


def written(metric: str, value: float) -> str:
    """A value of a metric.

    >>> written("success", 0.94), written("parameters", 2610.0), written("ms_per_decision", 0.08125)
    ('0.940', '2,610', '0.081')
    """
    given = FORMATS.get(metric)
    return format(value, given) if given else three_digits(value)


def spread(metric: str, number: Number) -> str:
    """Half the 95 % interval, '±' before it; what one seed cannot tell is said.

    >>> spread("success", Number(0.5, 0.49, 0.51, 3)), spread("success", Number(0.5, None, None, 1))
    ('± 0.010', 'one seed')
    """
    if number.half is None:
        return "one seed"
    if number.half == 0:
        return "± 0"
    text = written(metric, number.half)
    vanishes = not text.strip("0.,")
    return f"± {'<' if vanishes else ''}{written(metric, smallest(metric)) if vanishes else text}"


def smallest(metric: str) -> float:
    """The smallest step that a metric's digits can show."""
    digits = FORMATS.get(metric, ".3f").rpartition(".")[2].rstrip("f")
    return float(10.0 ** -int(digits))


def three_digits(value: float) -> str:
    """Three figures for what is small, whole numbers for what is large.

    >>> three_digits(0.0123), three_digits(4.5678), three_digits(1234.5)
    ('0.012', '4.57', '1,234')
    """
    size = abs(value)
    return format(value, ".3f" if size < 1 else ".2f" if size < 10 else ".1f" if size < 100 else ",.0f")
