"""Compares recipes fairly: same data, same states, one thread each, and intervals over seeds."""

from eitherway.compare.jobs import Plan
from eitherway.compare.run import RESULTS, Busy, claimed, compare, write_results
from eitherway.compare.work import Failure

__all__ = ["RESULTS", "Busy", "Failure", "Plan", "claimed", "compare", "write_results"]
