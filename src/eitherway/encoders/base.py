"""The base class of observation encoders; heads see its context tokens and nothing else of the observations."""

import abc

from torch import nn

from eitherway.data.spec import Spec
from eitherway.registry import Classes
from eitherway.shape import Context, Obs


class Encoder(nn.Module, abc.ABC):
    """An observation encoder: turns observations into N context tokens of E numbers each."""

    tokens: int
    embed: int

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        self.keys = tuple(sorted(spec.observation))

    @abc.abstractmethod
    def forward(self, obs: Obs) -> Context:
        """The context tokens of normalised observations."""


ENCODERS = Classes("encoder", Encoder)
