"""The interface fits what is to come: heads of two stages, with derivatives, with latents; attention."""

from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from eitherway.backbones import MLP, Backbone
from eitherway.data import Windows
from eitherway.heads import Head, Regression
from eitherway.make import Make
from eitherway.randomness import normal_like
from eitherway.shape import tile
from eitherway.training.recipe import Recipe, build
from eitherway.training.train import train


class Centred(Head):
    """Two stages: a centre of all actions first, frozen then; a regression of what is left of them."""

    def __init__(self, shape, net):
        super().__init__(shape)
        self.centre = nn.Parameter(torch.full((shape.horizon, shape.action), 5.0))
        self.net = net(shape, d_in=0, d_out=shape.action, times=0)

    def stages(self):
        yield lambda a, c, generator: (a - self.centre).square().mean((1, 2))
        self.centre.requires_grad_(False)
        yield self.loss

    def loss(self, a, c, generator):
        return (a - self.centre - self.net(c)).square().mean((1, 2))

    def sample(self, c, n, generator):
        return (self.centre + self.net(c)).expand(n, -1, -1, -1)


class MeanFlow(Head):
    """Average velocity over [r, t]: its loss needs the network's derivative along the path."""

    def __init__(self, shape, net):
        super().__init__(shape)
        self.net = net(shape, d_in=shape.action, d_out=shape.action, times=2)

    def loss(self, a, c, generator):
        eps = normal_like(a, generator)
        r, t = torch.rand(2, len(a), generator=generator).sort(0).values
        v, wide = eps - a, (t - r)[:, None, None]
        x_t = a + t[:, None, None] * v
        u, slope = torch.func.jvp(
            lambda x, r, t: self.net(c, x, r, t), (x_t, r, t), (v, torch.zeros_like(r), torch.ones_like(t))
        )
        return (u - (v - wide * slope).detach()).square().mean((1, 2))

    def sample(self, c, n, generator):
        many = tile(c, n)
        eps = torch.randn(len(many), self.shape.horizon, self.shape.action, generator=generator)
        now, start = torch.ones(len(many)), torch.zeros(len(many))
        return (eps - self.net(many, eps, start, now)).unflatten(0, (n, -1))


class Latent(Head):
    """A posterior that sees the action, and any decoder head with the latent as one more context token."""

    def __init__(self, shape, net, *, decoder: Make[Head] = Make(Regression)):
        super().__init__(shape)
        self.posterior = net(shape, d_in=shape.action, d_out=2 * shape.embed, times=0)
        self.decoder = decoder(replace(shape, tokens=shape.tokens + 1), net)

    def loss(self, a, c, generator):
        mean, log = self.posterior(c, a).mean(1).chunk(2, dim=-1)
        z = mean + log.exp() * normal_like(mean, generator)
        gap = (mean.square() + (2 * log).exp() - 2 * log - 1).sum(1) / 2
        return self.decoder.loss(a, torch.cat([c, z[:, None]], 1), generator) + 0.01 * gap

    def sample(self, c, n, generator):
        many = tile(c, n)
        z = torch.randn(len(many), 1, c.shape[2], generator=generator)
        return self.decoder.sample(torch.cat([many, z], 1), 1, generator)[0].unflatten(0, (n, -1))


class Attention(Backbone):
    """Each step of the chunk asks all tokens; N of them, whatever N is."""

    def __init__(self, shape, *, d_in, d_out, times, width: int = 16):
        super().__init__()
        self.horizon = shape.horizon
        self.query = nn.Parameter(torch.randn(shape.horizon, width))
        self.seen = nn.Linear(d_in + times, width) if d_in + times else None
        self.key, self.value = nn.Linear(shape.embed, width), nn.Linear(shape.embed, width)
        self.out = nn.Sequential(nn.Linear(2 * width, width), nn.SiLU(), nn.Linear(width, d_out))

    def forward(self, c, x=None, *t):
        query = self.query.expand(len(c), -1, -1)
        parts = [] if x is None else [x]
        parts += [time[:, None, None].expand(-1, self.horizon, 1) for time in t]
        if parts:
            query = query + self.seen(torch.cat(parts, -1))
        with sdpa_kernel(SDPBackend.MATH):  # the fused kernels have no forward-mode derivative
            found = nn.functional.scaled_dot_product_attention(query, self.key(c), self.value(c))
        return self.out(torch.cat([query, found], -1))


HEADS = [Make(Regression), Make(Centred), Make(MeanFlow), Make(Latent), Make(Latent, decoder=Make(Centred))]
NETS = [Make(MLP, width=16), Make(Attention)]


def trained(recipe, task, demos):
    policy = build(recipe, task, seed=0)
    reports = list(train(policy, demos, recipe, seed=0))
    return policy, reports


@pytest.mark.learn
@pytest.mark.parametrize("head", HEADS, ids=repr)
@pytest.mark.parametrize("net", NETS, ids=repr)
def test_what_is_to_come_trains_and_draws(head, net, jumper, demos, generator):
    policy, reports = trained(Recipe(head=head, backbone=net, steps=200), jumper, demos)
    stage = torch.cat([r.losses for r in reports if r.stage == reports[-1].stage])
    assert float(stage[-30:].mean()) < float(stage[:5].mean())
    assert bool(policy.sample({"state": torch.zeros(2, 1, 1)}, 3, generator).isfinite().all())


@pytest.mark.parametrize("head", HEADS, ids=repr)
@pytest.mark.parametrize("net", NETS, ids=repr)
def test_what_is_to_come_fits_longer_chunks_and_histories(head, net, jumper, generator):
    recipe = Recipe(head=head, backbone=net, steps=3, n_obs_steps=3, horizon=4, batch=50)
    policy, _ = trained(recipe, jumper, Windows.cut(jumper.demos("test"), 3, 4))
    assert policy.sample({"state": torch.zeros(2, 3, 1)}, 5, generator).shape == (5, 2, 4, 1)


def test_a_second_stage_leaves_the_frozen_first_part_alone(jumper, demos):
    recipe = Recipe(head=Make(Centred), steps=100)
    policy = build(recipe, jumper, seed=0)
    centres = {}
    for report in train(policy, demos, recipe, seed=0, every=1):
        centres.setdefault(report.stage, []).append(policy.head.centre.item())
    assert centres[0][-1] != centres[0][0]
    assert set(centres[1]) == {centres[0][-1]}


def test_each_stage_is_trained_for_all_steps(jumper, demos):
    _, reports = trained(Recipe(head=Make(Centred), steps=7), jumper, demos)
    assert [sum(len(r.losses) for r in reports if r.stage == stage) for stage in (0, 1)] == [7, 7]
