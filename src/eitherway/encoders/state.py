"""Vectors to tokens: one token for each past observation, its numbers side by side; nothing is learnt."""

from eitherway.encoders.base import Encoder
from eitherway.shape import Context, Obs, joined
from eitherway.tasks.base import Spec


class StateEncoder(Encoder):
    """Each past observation as it is, one token a time step, names in alphabetical order."""

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec)
        self.tokens = spec.history
        if spec.pictures:
            raise ValueError(f"StateEncoder reads numbers alone, and {next(iter(spec.pictures))} is a picture")
        self.embed = sum(spec.numbers.values())

    def forward(self, obs: Obs) -> Context:
        return joined([obs[key] for key in self.keys], dim=-1)
