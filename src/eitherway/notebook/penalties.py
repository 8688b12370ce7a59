"""The six losses that the notebook draws, by the names of the recipes that minimise them."""

from collections.abc import Mapping

from eitherway.heads import Absolute, Cauchy, LaplaceKernel, Penalty, Squared, Truncated, Welsch

SIX: Mapping[str, type[Penalty]] = {
    "mse": Squared,
    "mae": Absolute,
    "welsch": Welsch,
    "truncated": Truncated,
    "cauchy": Cauchy,
    "laplace-kernel": LaplaceKernel,
}
