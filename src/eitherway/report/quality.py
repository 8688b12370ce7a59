"""The metric that stands for how good a method is at a task."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Quality:
    """A metric, its title over a figure, and the axis it is drawn on."""

    metric: str
    title: str
    log: bool = True  # a share lies on a linear axis from 0 to 1


W1 = Quality("w1", "Wasserstein-1 to the distribution: lower is better, further left is faster")
ENERGY = Quality("energy", "energy distance to the distribution: lower is better, further left is faster")
