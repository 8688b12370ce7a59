"""From observations to tokens: after it, nobody knows what was observed."""

import abc

from torch import nn

from eitherway.data.spec import Spec
from eitherway.registry import Classes
from eitherway.shape import Context, Obs


class Encoder(nn.Module, abc.ABC):
    """Turns observations into N tokens of E numbers each."""

    tokens: int
    embed: int

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        self.keys = tuple(sorted(spec.observation))

    @abc.abstractmethod
    def forward(self, obs: Obs) -> Context:
        """The tokens of normalised observations."""


ENCODERS = Classes("encoder", Encoder)
