"""Did it work: success as the environment judged it, and where the failures landed."""

from eitherway.metrics.base import Evidence, Metric, decided_once


def read_success(e: Evidence) -> float:
    """Share of episodes that the environment called a success."""
    return float(e.success.mean())


def read_invalid_mass(e: Evidence) -> float | None:
    """Share of draws that go none of the task's ways; None where no ways are named, and on journeys."""
    task = decided_once(e)
    if task is None or not task.way_names:
        return None
    return float((task.way(e.obs, e.draws) < 0).double().mean())


success = Metric(
    name="success",
    better="higher",
    unit="share of episodes",
    meaning="the environment calls it a success",
    digits=3,
    read=read_success,
    each=lambda e: e.success.astype(float),
)
invalid_mass = Metric(
    name="invalid_mass",
    better="lower",
    unit="share of draws",
    meaning="draws that go no right way: on the jumper, |x| < 1",
    digits=3,
    read=read_invalid_mass,
)
