"""Formatting of numbers: as many digits as mean something, and a dash where there is none."""

import math

from eitherway.compare.stats import Interval
from eitherway.metrics import METRICS

DASH = "–"


def percent(share: float, digits: int = 1) -> str:
    """Formats a share in percent.

    >>> percent(0.2537)
    '25.4 %'
    """
    return f"{100 * share:.{digits}f} %"


def rate(share: Interval) -> str:
    """Formats a share with its interval, ends rounded outwards, and n.

    >>> rate(Interval(0.254, 0.2455, 0.2634, 10_000))
    '25.4 % [24.5, 26.4], n = 10,000'
    """
    assert share.low is not None and share.high is not None  # shares always have both
    low, high = math.floor(share.low * 1000) / 10, math.ceil(share.high * 1000) / 10
    return f"{percent(share.mean)} [{low:.1f}, {high:.1f}], n = {share.n:,}"


def written(metric: str, value: float) -> str:
    """Formats a value of a metric.

    >>> written("success", 0.94), written("parameters", 2610.0), written("ms_per_decision", 0.08125)
    ('0.940', '2,610', '0.081')
    """
    return METRICS[metric].written(value)


def margin(interval: Interval) -> float | None:
    """How far the further end of an interval lies from its mean; None where there is no interval.

    >>> margin(Interval(0.98, 0.94, 0.99, 3))
    0.04
    """
    ends = (interval.low, interval.high)
    return None if None in ends else round(max(abs(end - interval.mean) for end in ends if end is not None), 12)


def spread(metric: str, interval: Interval) -> str:
    """Formats how far the 95 % interval reaches, '±' before it; of one seed it says so.

    >>> spread("success", Interval(0.5, 0.49, 0.51, 3)), spread("success", Interval(0.5, None, None, 1))
    ('± 0.010', 'one seed')
    >>> spread("success", Interval(0.5, 0.4999, 0.5001, 3))
    '± <0.001'
    """
    far = margin(interval)
    if far is None:
        return "one seed"
    if far == 0:
        return "± 0"
    text = written(metric, far)
    return f"± {text}" if text.strip("0.,") else f"± <{written(metric, 10.0 ** -METRICS[metric].digits)}"


def estimate(metric: str, interval: Interval) -> str:
    """Formats a mean, and how far its interval reaches where that is more than nothing.

    >>> estimate("success", Interval(0.9731, 0.9701, 0.9761, 5)), estimate("nfe", Interval(10.0, 10.0, 10.0, 5))
    ('0.973 ± 0.003', '10')
    """
    mean = written(metric, interval.mean)
    return f"{mean} {spread(metric, interval)}" if margin(interval) else mean
