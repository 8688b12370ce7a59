"""Choosing among draws: the likeliest trades modes for certainty, the nearest to the plan keeps to a mode."""

import math

import pytest
import torch
from torch.special import ndtr
from torch.testing import assert_close

from eitherway.backbones import MLP
from eitherway.heads import CVAE, MDN, Density, Flow, Regression
from eitherway.make import Make
from eitherway.paths import DDIM
from eitherway.policies.action_selection import BackwardCoherence, BestOfN, FirstDraw, MeanOfN, ZeroNoise
from eitherway.shape import Shape
from eitherway.training.recipe import Recipe, build
from exact import Gaussians, net

SHAPE = Shape(2, 1, 1, 1)
DISTRIBUTION = Gaussians([0.3, 0.7], [[[-0.6], [-0.6]], [[0.5], [0.5]]], [0.1, 0.2])
CONTEXT = torch.zeros(2_000, 1, 1, dtype=torch.float64)


class Exact(Density):
    """Two modes over chunks of two numbers: the left one is rarer and narrower, so that its peak is higher."""

    def loss(self, a, c, generator):
        return -self.log_prob(a, c)

    def sample(self, c, n, generator):
        k = (torch.rand(n, len(c), 1, 1, generator=generator) < 0.7).long()
        z = torch.randn(n, len(c), 2, 1, generator=generator, dtype=torch.float64)
        return DISTRIBUTION.mean[:, :1, :][k[..., 0, 0]] + DISTRIBUTION.sd[k] * z

    def log_prob(self, a, c):
        return DISTRIBUTION.log_prob(a)


HEAD = Exact(SHAPE)


def right(action_selection, generator, planned=None):
    """The share of chosen chunks that go right."""
    return float((action_selection(CONTEXT, 1, generator, planned)[0, :, 0, 0] > 0).double().mean())


def test_the_first_draw_is_the_heads_own(generator):
    again = torch.Generator().manual_seed(0)
    assert torch.equal(FirstDraw(HEAD)(CONTEXT, 3, generator, None), HEAD.sample(CONTEXT, 3, again))


@pytest.mark.parametrize("candidates", [1, 2, 4])
def test_the_likeliest_goes_right_where_no_candidate_is_likelier_by_going_left(candidates, generator):
    """log p falls with |z|²: a left draw of radius r beats a right one unless that is nearer its own middle."""
    share = right(BestOfN(HEAD, candidates=candidates), generator)
    a = HEAD.sample(CONTEXT[:1].expand(20_000, -1, -1), candidates, torch.Generator().manual_seed(1))
    score = DISTRIBUTION.log_prob(a.flatten(0, 1)).unflatten(0, a.shape[:2])
    best = a.take_along_dim(score.argmax(0)[None, :, None, None], dim=0)
    assert share == pytest.approx(float((best[0, :, 0, 0] > 0).double().mean()), abs=0.035)


def test_with_many_candidates_only_the_highest_peak_is_left(generator):
    assert right(FirstDraw(HEAD), generator) == pytest.approx(0.7, abs=0.03)
    assert right(BestOfN(HEAD, candidates=200), generator) == 0


def test_the_likeliest_of_two_is_never_less_likely(generator):
    one, two = (
        DISTRIBUTION.log_prob(BestOfN(HEAD, candidates=n)(CONTEXT, 1, torch.Generator().manual_seed(2), None)[0])
        for n in (1, 16)
    )
    assert float(two.mean()) > float(one.mean()) + 0.5


def test_the_nearest_keeps_to_the_way_that_was_planned(generator):
    """16 draws miss a way of probability 0.3 with probability 0.7^16 = 0.3 %."""
    plan = torch.full((2_000, 1, 1), -0.6, dtype=torch.float64)
    assert right(BackwardCoherence(HEAD, candidates=16), generator, planned=plan) < 0.01
    assert right(BackwardCoherence(HEAD, candidates=16), generator, planned=-plan) == 1


def test_without_a_plan_the_nearest_is_the_first(generator):
    assert right(BackwardCoherence(HEAD), generator) == pytest.approx(0.7, abs=0.03)


def test_only_the_planned_part_of_a_chunk_is_compared():
    a = torch.tensor([[[0.0], [9.0]], [[1.0], [0.0]]]).double()  # two candidates of two steps

    class Two(Exact):
        def sample(self, c, n, generator):
            return a[:, None]

    chosen = BackwardCoherence(Two(SHAPE), candidates=2)(
        CONTEXT[:1], 1, torch.Generator(), torch.zeros(1, 1, 1).double()
    )
    assert_close(chosen[0, 0], a[0])


def test_the_nearest_is_as_near_as_the_nearest_of_many(generator):
    """The distance to a plan in the middle of the right mode: the smallest of 16 |z_1| has the median Φ⁻¹."""
    plan = torch.full((2_000, 1, 1), 0.5, dtype=torch.float64)
    a = BackwardCoherence(HEAD, candidates=16)(CONTEXT, 1, generator, plan)[0, :, 0, 0]
    z = ((a - 0.5) / 0.2).abs()
    inside = 0.7 * (2 * ndtr(z) - 1)  # the probability of a draw at least as near; the left mode is far
    assert float(((1 - inside) ** 16).mean()) == pytest.approx(0.5, abs=0.02)  # uniform


def test_the_nearest_is_the_most_coherent_of_bidirectional_decoding():
    """Its weights fall by half from step to step, and a step's distance is Euclid's."""
    generator = torch.Generator().manual_seed(0)
    a, plan = (torch.randn(size, generator=generator).double() for size in ((16, 3, 5, 2), (3, 4, 2)))

    class Given(Exact):
        def sample(self, c, n, generator):
            return a

    chosen = BackwardCoherence(Given(Shape(5, 2, 1, 1)))(CONTEXT[:3], 1, generator, plan)[0]
    for b in range(3):
        costs = []
        for candidate in a[:, b].numpy():
            far = [math.dist(x, y) for x, y in zip(candidate, plan[b].tolist(), strict=False)]
            costs.append(sum(0.5**i * d for i, d in enumerate(far)))
        assert_close(chosen[b], a[costs.index(min(costs)), b])


def test_a_point_has_no_likelihood_to_choose_by(jumper):
    with pytest.raises(ValueError, match="BestOfN needs a head with a density; Regression has none"):
        build(Recipe(head=Make(Regression), action_selection=Make(BestOfN)), jumper, seed=0)


@pytest.mark.parametrize("kind", [BestOfN, BackwardCoherence])
def test_there_must_be_a_candidate(kind):
    with pytest.raises(ValueError, match="candidates must be at least 1, got 0"):
        kind(HEAD, candidates=0)


def test_action_selections_share_a_training():
    plain = Recipe(head=Make(Regression), backbone=Make(MLP))
    chosen = plain.replace("action_selection", Make(BackwardCoherence, candidates=4))
    assert plain.training_digest() == chosen.training_digest() and plain.digest() != chosen.digest()


def test_a_plan_is_told_in_raw_units(jumper, demos, generator):
    policy = build(Recipe(head=Make(Regression), action_selection=Make(BackwardCoherence)), jumper, seed=0)
    policy.fit(demos, generator)
    seen = []
    policy.action_selection = lambda c, n, generator, planned: (
        seen.append(planned),
        policy.head.sample(c, n, generator),
    )[1]
    policy.sample({"state": torch.zeros(1, 1, 1)}, 1, generator, planned=torch.full((1, 1, 1), 3.0))
    assert_close(seen[0], policy.action_norm(torch.full((1, 1, 1), 3.0)))


def test_the_mean_of_two_modes_is_between_them(generator):
    chosen = MeanOfN(HEAD, candidates=1_000)(CONTEXT[:3], 2, generator, None)
    assert chosen.shape == (2, 3, 2, 1)
    assert_close(chosen, torch.full_like(chosen, 0.3 * -0.6 + 0.7 * 0.5), atol=0.1, rtol=0)


def test_without_noise_there_is_one_answer_for_each_context(generator):
    head = Flow(SHAPE, net(lambda x, t: torch.full_like(x, -0.5)))
    chosen = ZeroNoise(head)(torch.zeros(3, 1, 1), 2, generator, None)
    assert_close(chosen, torch.full((2, 3, 2, 1), 0.5))


def test_a_cvae_without_noise_is_that_of_act(generator):
    head = CVAE(SHAPE, Make(MLP), noise=1.0)
    still = CVAE(SHAPE, Make(MLP), noise=0.0)
    still.load_state_dict(head.state_dict())
    c = torch.randn(5, 1, 1, generator=generator)
    assert_close(ZeroNoise(head)(c, 1, generator, None), still.sample(c, 1, generator))


def test_draws_that_take_more_noise_on_the_way_cannot_begin_with_none(generator):
    head = Flow(SHAPE, net(lambda x, t: torch.full_like(x, -0.5)), sampler=Make(DDIM, steps=3, eta=1.0))
    with pytest.raises(ValueError, match="these take more on the way"):
        ZeroNoise(head)(torch.zeros(3, 1, 1), 1, generator, None)


def test_only_what_draws_from_noise_can_draw_from_none():
    with pytest.raises(ValueError, match="ZeroNoise needs a head that draws from noise; MDN does not"):
        ZeroNoise(MDN(SHAPE, Make(MLP)))
