"""Encoder, normaliser and head together: the only place with raw units."""

from typing import Literal, cast

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn

from eitherway.by_name import ByName
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
        frame: Literal["world", "robot"] = "world",
    ) -> None:
        super().__init__()
        if frame == "robot" and spec.robot is None:
            raise ValueError(
                "frame=robot needs an observation that says where the robot is, and there is none: "
                "use frame=world (--set RECIPE.frame=world)"
            )
        self.spec = spec
        self.robot = spec.robot if frame == "robot" else None
        self.obs_norm = ByName({name: normaliser(size) for name, size in spec.numbers.items()})
        self.action_norm = normaliser(spec.action)
        self.encoder, self.head = encoder, head
        self.chooser = chooser(head)

    @torch.no_grad()
    def fit(self, demos: Windows, generator: Generator) -> None:
        """Fits normalisers and head to the demonstrations."""
        numbers = demos.only(self.spec.numbers)
        here = self.here(numbers.obs)
        obs, action = self.from_here(numbers.obs, here), numbers.action - here
        for name, norm in self.obs_norm.items():
            cast(Normaliser, norm).fit(obs[name])
        self.action_norm.fit(action)
        self.head.fit(self.action_norm(action), generator)

    def here(self, obs: Obs) -> Float[Tensor, "_ 1 D"]:
        """Where each robot is now, if that is where its actions are said from; else 0."""
        if self.robot is None:
            return self.action_norm.scale.new_zeros(1, 1, self.spec.action)
        return obs[self.robot][:, -1:, : self.spec.action]

    def from_here(self, obs: Obs, here: Float[Tensor, "_ 1 D"]) -> Obs:
        """The same observations with their points as seen from there."""
        if self.robot is None:
            return obs
        shifted = {
            name: obs[name] - here.repeat(1, 1, obs[name].shape[-1] // here.shape[-1]) for name in self.spec.points
        }
        return {**obs, **shifted}

    def normalise(self, obs: Obs) -> Obs:
        """Observations as the encoder likes them: numbers normalised, pictures as they are."""
        seen = self.from_here(obs, self.here(obs))
        return {**seen, **{name: norm(seen[name]) for name, norm in self.obs_norm.items()}}

    def normalise_action(self, action: Chunk, obs: Obs) -> Chunk:
        """Chunks, or beginnings of chunks, as the head likes them."""
        return self.action_norm(action - self.here(obs))

    @torch.no_grad()
    def normalised(self, demos: Windows) -> tuple[Obs, Chunk]:
        """Demonstrations as encoder and head like them."""
        obs = demos.obs
        return self.normalise(obs), self.normalise_action(demos.action, obs)

    @torch.no_grad()
    def sample(self, obs: Obs, n: int, generator: Generator, planned: Planned | None = None) -> Draws:
        """n action chunks for each observation; `planned` is what the chunk before has left to do."""
        before = None if planned is None else self.normalise_action(planned, obs)
        drawn = self.chooser(self.encoder(self.normalise(obs)), n, generator, before)
        return self.action_norm.inverse(drawn) + self.here(obs)

    @torch.no_grad()
    def path(self, obs: Obs, n: int, generator: Generator) -> tuple[Tensor, Float[Tensor, "K1 S B H D"]] | None:
        """Times, noise first, and at each n draws for each observation; None where the head refines no noise."""
        if not isinstance(self.head, Refiner):
            return None
        stops = self.head.path(self.encoder(self.normalise(obs)), n, generator)
        times = self.head.sampler.grid(self.head.sampler.steps, self.head.schedule)
        return times, torch.stack([self.action_norm.inverse(stop) + self.here(obs) for stop in stops])

    @torch.no_grad()
    def log_prob(self, obs: Obs, action: Chunk) -> Each | None:
        """Log-density of chunks in raw units, nats; None where the head has no density."""
        if not isinstance(self.head, Density):
            return None
        inner = self.head.log_prob(self.normalise_action(action, obs), self.encoder(self.normalise(obs)))
        return (
            inner - self.spec.horizon * self.action_norm.log_scale()
        )  # the normaliser stretches each step of the chunk

    @property
    def device(self) -> torch.device:
        """Where the policy lives."""
        return self.action_norm.scale.device
