"""The policy: normalisers, encoder and head from raw observations to raw actions, the only place with raw units."""

from collections.abc import Iterator
from functools import partial
from typing import cast

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn

from eitherway.checks import check_count, check_kind
from eitherway.data import Normaliser, Windows
from eitherway.data.normalisation import Parts
from eitherway.data.spec import Spec
from eitherway.encoders import Encoder
from eitherway.encoders.named_modules import NamedModules
from eitherway.heads import Density, Head, IterativeSampler
from eitherway.make import Make
from eitherway.paths.likelihood import Likelihood
from eitherway.policies import inputs
from eitherway.policies.action_limits import ActionLimits, ActionRange
from eitherway.policies.action_representation import AbsoluteActions, ActionRepresentation
from eitherway.policies.action_selection import ActionSelection, FirstDraw
from eitherway.policies.actor import Actor
from eitherway.shape import Chunk, Draws, Each, Obs, Planned

BLOCK = 4_096  # windows that are encoded at a time


class Policy(nn.Module, Actor):
    """A generative policy: samples action chunks from observations, both in raw units."""

    def __init__(
        self,
        spec: Spec,
        normaliser: Make[Normaliser],
        encoder: Encoder,
        head: Head,
        action_selection: Make[ActionSelection] = Make(FirstDraw),
        action_representation: Make[ActionRepresentation] = Make(AbsoluteActions),
        limits: Make[ActionLimits] | None = None,
    ) -> None:
        super().__init__()
        check_kind("the spec of a policy", spec, Spec)
        self.spec = spec
        self.representation = action_representation(spec)
        self.obs_norm = NamedModules({name: normaliser(size) for name, size in spec.numbers.items()})
        self.action_norm = normaliser(spec.action)
        self.encoder, self.head = encoder, head
        self.action_selection = action_selection(head)
        self.span = ActionRange(spec.action)
        self.limits = None if limits is None else limits(self.span)

    @torch.no_grad()
    def fit(self, demos: Windows, generator: Generator) -> None:
        """Fits normalisers and head to the demonstrations."""
        check_kind("the demonstrations", demos, Windows)
        for normaliser, parts in self.recorded(demos):
            normaliser.fit_parts(parts)
        self.span.forget()
        self.span.widen(demos)
        if type(self.head).fit is not Head.fit:  # most look at no chunk: in memory they are as many frames as H times
            self.head.fit(self.chunks(demos), generator)

    def widen(self, demos: Windows) -> None:
        """Widens input and action ranges by further demonstrations; fitted normalisers and head stay as they are."""
        for normaliser, parts in self.recorded(demos):
            normaliser.widen(parts)
        self.span.widen(demos)

    @property
    def fitted(self) -> bool:
        """Whether normalisers and head were fitted; a checkpoint knows it too."""
        return self.action_norm.fitted

    def recorded(self, demos: Windows) -> Iterator[tuple[Normaliser, Parts]]:
        """Each normaliser with the recorded data it is fitted to."""
        for name, normaliser in self.obs_norm.items():
            yield cast(Normaliser, normaliser), partial(self.representation.recorded_observations, demos, name)
        yield self.action_norm, partial(self.representation.recorded_actions, demos)

    def chunks(self, demos: Windows) -> Chunk:
        """All demonstrated chunks, normalised for the head, in memory once."""
        a = demos.action
        for at in range(0, len(a), BLOCK):
            some = slice(at, at + BLOCK)
            a[some] = self.representation.encode(a[some], demos[some].obs)
        return a.sub_(self.action_norm.shift).div_(self.action_norm.scale)

    def normalise(self, obs: Obs) -> Obs:
        """Observations normalised for the encoder: numbers scaled and clipped to their reach, images as they are."""
        seen = self.representation.observe(obs)
        return {**seen, **{name: cast(Normaliser, norm).limited(seen[name]) for name, norm in self.obs_norm.items()}}

    def normalise_action(self, action: Chunk, obs: Obs) -> Chunk:
        """Action chunks, or parts of chunks, normalised for the head."""
        return self.action_norm(self.representation.encode(action, obs))

    @torch.no_grad()
    def normalised(self, demos: Windows) -> tuple[Obs, Chunk]:
        """Demonstrations as normalised observations and action chunks."""
        obs = demos.obs
        return self.normalise(obs), self.normalise_action(demos.action, obs)

    @torch.no_grad()
    def sample(self, obs: Obs, n: int, generator: Generator, planned: Planned | None = None) -> Draws:
        """n sampled action chunks for each observation, raw units; `planned` is what is left of the chunk before."""
        self.check_draws(n, generator)
        obs = inputs.observed(obs, self.spec, self.action_norm.scale)
        before = (
            None
            if planned is None
            else self.normalise_action(
                inputs.done(planned, moments(obs), self.spec, self.action_norm.scale, part=True), obs
            )
        )
        drawn = self.action_selection(self.encoder(self.normalise(obs)), n, generator, before)
        return self.representation.decode(self.action_norm.inverse(drawn), obs)

    @torch.no_grad()
    def path(self, obs: Obs, n: int, generator: Generator) -> tuple[Tensor, Float[Tensor, "K1 S B H D"]] | None:
        """The sampling path from noise to actions: times, and n draws at each; None without an iterative sampler."""
        if not isinstance(self.head, IterativeSampler):
            return None
        self.check_draws(n, generator)
        obs = inputs.observed(obs, self.spec, self.action_norm.scale)
        stops = self.head.path(self.encoder(self.normalise(obs)), n, generator)
        times = self.head.sampler.grid(self.head.sampler.steps, self.head.schedule)
        return times, torch.stack([self.representation.decode(self.action_norm.inverse(stop), obs) for stop in stops])

    @torch.no_grad()
    def log_prob(self, obs: Obs, action: Chunk) -> Each | None:
        found = self.likelihood(obs, action)
        return None if found is None else found.nats

    @torch.no_grad()
    def likelihood(self, obs: Obs, action: Chunk) -> Likelihood | None:
        """Log-density of chunks in raw units, nats, and the error of its integration; None where there is no density.

        The error is 0 where the density is a formula.
        """
        if not isinstance(self.head, Density):
            return None
        obs = inputs.observed(obs, self.spec, self.action_norm.scale)
        action = inputs.done(action, moments(obs), self.spec, self.action_norm.scale)
        a, c = self.normalise_action(action, obs), self.encoder(self.normalise(obs))
        if isinstance(self.head, IterativeSampler):
            inner = self.head.likelihood(a, c)
        else:
            exact = self.head.log_prob(a, c)
            inner = Likelihood(exact, torch.zeros_like(exact))
        stretch = self.spec.horizon * self.action_norm.log_scale()  # the normaliser stretches each step of the chunk
        return Likelihood(inner.nats - stretch, inner.error)

    def check_draws(self, n: int, generator: Generator) -> None:
        """Raises TypeError or ValueError for an invalid number of draws, or a generator on another device."""
        check_count("n, the number of draws,", n)
        check_kind("the generator", generator, Generator)
        if generator.device.type != self.device.type:
            raise ValueError(f"the generator must be where the policy is, on {self.device}, got {generator.device}")

    @property
    def device(self) -> torch.device:
        """The device that the policy is on."""
        return self.action_norm.scale.device


def moments(obs: Obs) -> int:
    """The batch size of observations."""
    return len(next(iter(obs.values())))
