"""Policies and their execution: action selection among draws, execution of chunks, and action limits."""

from eitherway.policies.action_limits import ActionLimits
from eitherway.policies.action_selection import (
    ActionSelection,
    BackwardCoherence,
    BestOfN,
    FirstDraw,
    MeanOfN,
    ZeroNoise,
)
from eitherway.policies.actor import Actor
from eitherway.policies.execution import Execution, RecedingHorizon, TemporalEnsemble
from eitherway.policies.policy import Policy

__all__ = [
    "ActionLimits",
    "ActionSelection",
    "Actor",
    "BackwardCoherence",
    "BestOfN",
    "Execution",
    "FirstDraw",
    "MeanOfN",
    "Policy",
    "RecedingHorizon",
    "TemporalEnsemble",
    "ZeroNoise",
]
