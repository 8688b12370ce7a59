"""Policies and their execution: action selection among draws, execution of chunks, and action limits."""

from eitherway.policies.action_limits import ActionLimits
from eitherway.policies.action_representation import (
    AbsoluteActions,
    ActionRepresentation,
    DeltaActions,
    RelativeActions,
)
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
    "AbsoluteActions",
    "ActionLimits",
    "ActionRepresentation",
    "ActionSelection",
    "Actor",
    "BackwardCoherence",
    "BestOfN",
    "DeltaActions",
    "Execution",
    "FirstDraw",
    "MeanOfN",
    "Policy",
    "RecedingHorizon",
    "RelativeActions",
    "TemporalEnsemble",
    "ZeroNoise",
]
