"""Encoder, normaliser and head together: the only place with raw units."""

from typing import cast

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn

from eitherway.choosing import Chooser, First
from eitherway.data import Normaliser, Windows
from eitherway.encoders import Encoder
from eitherway.heads import Density, Head, Refiner
from eitherway.make import Make
from eitherway.shape import Chunk, Draws, Each, Obs, Planned
from eitherway.tasks.base import Actor, Spec


class Policy(nn.Module, Actor):
    """From observations to actions, both in raw units."""

    def __init__(
        self,
        spec: Spec,
        normaliser: Make[Normaliser],
        encoder: Encoder,
        head: Head,
        chooser: Make[Chooser] = Make(First),
    ) -> None:
        super().__init__()
        self.spec = spec
        self.obs_norm = nn.ModuleDict({name: normaliser(size) for name, size in spec.numbers.items()})
        self.action_norm = normaliser(spec.action)
        self.encoder, self.head = encoder, head
        self.chooser = chooser(head)

    @torch.no_grad()
    def fit(self, demos: Windows, generator: Generator) -> Windows:
        """Fits normalisers and head to the demonstrations, and returns these in normalised units."""
        for name, norm in self.obs_norm.items():
            cast(Normaliser, norm).fit(demos.obs[name])
        self.action_norm.fit(demos.action)
        normalised = self.normalised(demos)
        self.head.fit(normalised.action, generator)
        return normalised

    def normalised(self, demos: Windows) -> Windows:
        """Demonstrations as encoder and head like them."""
        return demos.map(self.normalise, self.action_norm)

    def normalise(self, obs: Obs) -> Obs:
        """Observations as the encoder likes them: numbers normalised, pictures as they are."""
        return {**obs, **{name: norm(obs[name]) for name, norm in self.obs_norm.items()}}

    @torch.no_grad()
    def sample(self, obs: Obs, n: int, generator: Generator, planned: Planned | None = None) -> Draws:
        """n action chunks for each observation; `planned` is what the chunk before has left to do."""
        before = None if planned is None else self.action_norm(planned)
        return self.action_norm.inverse(self.chooser(self.encoder(self.normalise(obs)), n, generator, before))

    @torch.no_grad()
    def path(self, obs: Obs, n: int, generator: Generator) -> tuple[Tensor, Float[Tensor, "K1 S B H D"]] | None:
        """Times, noise first, and at each n draws for each observation; None where the head refines no noise."""
        if not isinstance(self.head, Refiner):
            return None
        stops = self.head.path(self.encoder(self.normalise(obs)), n, generator)
        times = self.head.sampler.grid(self.head.sampler.steps, self.head.schedule)
        return times, torch.stack([self.action_norm.inverse(stop) for stop in stops])

    @torch.no_grad()
    def log_prob(self, obs: Obs, action: Chunk) -> Each | None:
        """Log-density of chunks in raw units, nats; None where the head has no density."""
        if not isinstance(self.head, Density):
            return None
        inner = self.head.log_prob(self.action_norm(action), self.encoder(self.normalise(obs)))
        return (
            inner - self.spec.horizon * self.action_norm.log_scale()
        )  # the normaliser stretches each step of the chunk

    @property
    def device(self) -> torch.device:
        """Where the policy lives."""
        return self.action_norm.scale.device
