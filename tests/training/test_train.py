"""Training is decided by its seed alone, leaves the world as it was, and is plain Adam."""

import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from torch.optim import SGD, Adam
from torch.testing import assert_close

from eitherway.backbones import MLP
from eitherway.data import Identity, Windows
from eitherway.heads import Flow, Regression
from eitherway.make import Make
from eitherway.randomness import normal_like, stream
from eitherway.recipes import METHODS
from eitherway.training.augmentations import ObservationNoise
from eitherway.training.batches import augmented, shuffled
from eitherway.training.early_stopping import EarlyStopping
from eitherway.training.lr_schedules import Constant, CosineDecay, LinearDecay, OneCycle
from eitherway.training.precision import computing_in
from eitherway.training.recipe import Recipe, build
from eitherway.training.train import Diverged, held_out_loss, train

SHORT = Recipe(head=Make(Flow), backbone=Make(MLP, dropout=0.1), steps=25, batch=100)
PLAIN = SHORT.replace("optimiser", Make(Adam, lr=1e-3)).replace("learning_rate", Make(Constant)).replace("ema", None)


def trained(recipe, task, demos, seed=0):
    policy = build(recipe, task, seed=seed)
    reports = list(train(policy, demos, recipe, seed=seed))
    return policy, reports


def weights(policy):
    return {name: value.clone() for name, value in policy.state_dict().items()}


def test_a_seed_decides_the_weights_bit_for_bit(jumper, demos):
    first, second = (weights(trained(SHORT, jumper, demos, seed=5)[0]) for _ in range(2))
    assert_close(second, first, rtol=0, atol=0)


def test_another_seed_gives_other_weights(jumper, demos):
    first, second = (weights(trained(SHORT, jumper, demos, seed=s)[0]) for s in (5, 6))
    assert not torch.equal(first["head.net.layers.0.weight"], second["head.net.layers.0.weight"])


def test_the_global_generator_is_left_alone(jumper, demos):
    before = torch.get_rng_state()
    policy = build(SHORT, jumper, seed=0)
    for _ in train(policy, demos, SHORT, seed=0):
        assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(torch.get_rng_state(), before)


def test_what_the_caller_draws_meanwhile_changes_nothing(jumper, demos):
    calm, _ = trained(SHORT, jumper, demos)
    policy = build(SHORT, jumper, seed=0)
    for _ in train(policy, demos, SHORT, seed=0, every=3):
        torch.rand(17)
    assert_close(weights(policy), weights(calm), rtol=0, atol=0)


def test_every_step_is_reported_once(jumper, demos):
    reports = list(train(build(SHORT, jumper, seed=0), demos, SHORT, seed=0, every=10))
    assert [(r.step, len(r.losses)) for r in reports] == [(10, 10), (20, 10), (25, 5)]


def test_a_loss_that_is_no_number_is_told_with_its_step(jumper, demos):
    """The first step of Adam moves each weight by lr: from the second loss on nothing is finite."""
    with pytest.raises(Diverged, match="the loss is not finite from step 2 on"):
        trained(PLAIN.replace("optimiser.lr", 1e30), jumper, demos)


def test_without_a_running_mean_the_last_weights_stay(jumper, demos):
    """With one, they are a mean of the way: nearer to where it began."""
    last, mean = (trained(PLAIN.replace("ema", ema), jumper, demos)[0] for ema in (None, 0.9999))
    start = build(PLAIN, jumper, seed=0)
    gap = [
        sum(float((p - q).detach().square().sum()) for p, q in zip(end.parameters(), start.parameters(), strict=True))
        for end in (last, mean)
    ]
    assert 0 < gap[1] < gap[0]


def test_the_running_mean_is_the_stated_one(jumper, demos):
    """From the weights after the first step on, its decay is the smaller of `ema` and (1 + i) / (10 + i)."""
    policy, recipe = build(PLAIN, jumper, seed=0), PLAIN.replace("ema", 0.5)
    averaged, _ = trained(recipe, jumper, demos)
    mean = None
    for i, _ in enumerate(train(policy, demos, PLAIN, seed=0, every=1)):
        now = torch.cat([p.detach().flatten() for p in policy.parameters()])
        decay = min(0.5, (1 + i) / (10 + i))
        mean = now if mean is None else decay * mean + (1 - decay) * now
    assert_close(torch.cat([p.detach().flatten() for p in averaged.parameters()]), mean, rtol=1e-5, atol=1e-7)


def test_no_step_follows_a_gradient_longer_than_the_clip(jumper, demos):
    plain = PLAIN.replace("optimiser", Make(SGD, lr=1.0)).replace("steps", 1).replace("head", Make(Regression))
    start = torch.cat([p.detach().flatten() for p in build(plain, jumper, seed=0).parameters()])
    steps = []
    for clip in (None, 1e-3):
        policy, _ = trained(plain.replace("clip", clip), jumper, demos)
        steps.append(torch.cat([p.detach().flatten() for p in policy.parameters()]) - start)
    assert float(steps[0].norm()) > 1e-2 and float(steps[1].norm()) == pytest.approx(1e-3, rel=1e-2)
    assert_close(steps[1] / steps[1].norm(), steps[0] / steps[0].norm(), rtol=1e-2, atol=1e-3)


def test_half_the_precision_gives_nearly_the_same_losses(jumper, demos):
    """bfloat16 keeps 8 bits: single losses agree to a percent, and are not the same."""
    calm = SHORT.replace("backbone.dropout", 0.0)
    full, half = (
        torch.cat([r.losses for r in trained(calm.replace("precision", p), jumper, demos)[1]])
        for p in ("float32", "bfloat16")
    )
    assert_close(half, full, rtol=0.03, atol=0.03)
    assert not torch.equal(half, full)


@pytest.mark.parametrize("name", ["autoregressive", "fast", "ibc"])
def test_half_the_precision_is_the_networks_and_not_the_losses(name, jumper, demos):
    policy = build(METHODS[name].recipe, jumper, seed=0)
    policy.fit(demos[:500], stream(0, "fit"))
    obs, a = policy.normalised(demos[:500])
    c = policy.encoder(obs)
    with computing_in("bfloat16", policy):
        half = policy.head.loss(a, c, stream(0, "noise"))
    full = policy.head.loss(a, c, stream(0, "noise"))
    assert half.dtype == torch.float32
    assert 0 < float((half - full).detach().abs().max()) < 0.1  # a code that is off by one would cost far more


COMPILED = """
import torch
from torch.testing import assert_close
from eitherway.recipes import METHODS
from eitherway.tasks import Jumper
from eitherway.training.train import fitted

recipe = METHODS["flow"].recipe.replace("steps", 5)
plain, compiled = (fitted(recipe, Jumper(), seed=0, compiled=how)[0].state_dict() for how in (False, True))
assert_close(compiled, plain, rtol=1e-3, atol=1e-4)
"""


@pytest.mark.slow
def test_a_compiled_training_is_the_same_training():
    """In a process of its own: the compiler does not get through the shape checks of the tests."""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", COMPILED], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


OVERFIT = Recipe(
    head=Make(Regression),
    backbone=Make(MLP, width=64, depth=3),
    optimiser=Make(Adam, lr=1e-2),
    learning_rate=Make(Constant),
    early_stopping=Make(EarlyStopping, share=0.5, every=10, patience=3),
    ema=None,
    steps=2_000,
    batch=25,
)


def test_training_stops_when_held_out_demonstrations_are_predicted_no_better(jumper, demos):
    """On 50 demonstrations a large network soon learns them by heart."""
    few, looks = demos[:50], {}
    policy, early_stopping = build(OVERFIT, jumper, seed=0), OVERFIT.early_stopping()
    kept, held = early_stopping.split(few, stream(0, "early"))
    policy.fit(kept, stream(0, "fit"))
    assert len(held) == 25
    for report in train(policy, few, OVERFIT, seed=0, every=10):
        looks[report.step] = held_out_loss(policy, policy.head.loss, held, OVERFIT.batch, 0)
    *_, last = looks
    assert last < 500
    kept = looks.pop(last)
    assert kept == min(looks.values()) and last == min(looks, key=looks.get) + 3 * 10


def test_what_is_held_out_prepares_nothing_and_the_last_weights_are_looked_at_too(jumper, demos):
    _, held = EarlyStopping(share=0.5).split(demos[:40], stream(0, "early"))
    out = torch.isin(torch.arange(40), held.origin)
    few = Windows.of(demos[:40].obs, torch.where(out[:, None, None], 9, 1) * demos[:40].action)
    recipe = replace(OVERFIT, early_stopping=Make(EarlyStopping, share=0.5, every=1_000), steps=30)
    policy = build(recipe, jumper, seed=0)
    *_, _ = train(policy, few, recipe, seed=0)
    assert_close(policy.action_norm(few.action[~out]).abs().max(), torch.tensor(1.0))  # as wide as what was kept
    unwatched = build(recipe, jumper, seed=0)
    *_, _ = train(unwatched, few[~out], replace(recipe, early_stopping=None), seed=0)
    assert_close(policy.state_dict(), unwatched.state_dict(), rtol=0, atol=0)


def test_early_stopping_needs_something_to_hold_out(demos):
    with pytest.raises(ValueError, match="needs at least 2 demonstrations to hold one out, got 1"):
        EarlyStopping().split(demos[:1], stream(0, "early"))


@pytest.mark.parametrize("head", [Make(Flow), Make(Regression)], ids=repr)
def test_training_is_a_plain_loop_with_adam(head, jumper, demos):
    recipe = PLAIN.replace("head", head).replace("backbone.dropout", 0.0)
    policy, _ = trained(recipe, jumper, demos)
    plain = build(recipe, jumper, seed=0)
    plain.fit(demos, stream(0, "fit"))
    optimiser, noise = Adam(plain.parameters(), lr=1e-3), stream(0, "noise")
    batches = shuffled(plain, demos, recipe.batch, stream(0, "batches 0"))
    for _ in range(recipe.steps):
        obs, a = next(batches)
        optimiser.zero_grad()
        plain.head.loss(a, plain.encoder(obs), noise).mean().backward()
        optimiser.step()
    assert_close(weights(policy), weights(plain), rtol=1e-4, atol=1e-6)


@pytest.fixture
def raw(jumper):
    """A policy that leaves numbers as they are."""
    return build(Recipe(head=Make(Regression), normaliser=Make(Identity)), jumper, seed=0)


def test_a_pass_shows_every_demonstration_once_in_a_new_order(raw, demos):
    batches = shuffled(raw, demos, 500, stream(0, "batches"))
    first, second = (torch.cat([next(batches)[1] for _ in range(20)]).flatten() for _ in range(2))
    exact = demos.action.flatten().sort().values
    assert torch.equal(first.sort().values, exact) and torch.equal(second.sort().values, exact)
    assert not torch.equal(first, second)


@pytest.mark.parametrize("block", [1, 10_000])
def test_how_much_is_copied_out_at_a_time_changes_no_batch(block, raw, demos, monkeypatch):
    whole = shuffled(raw, demos, 500, stream(0, "batches"))
    monkeypatch.setattr("eitherway.training.batches.BLOCK", block)
    for _, other in zip(range(25), shuffled(raw, demos, 500, stream(0, "batches")), strict=False):
        assert_close(other, next(whole), rtol=0, atol=0)


def test_noise_moves_what_is_observed_and_never_what_is_done(raw, demos):
    recipe = Recipe(head=Make(Regression), augment=(Make(ObservationNoise, sd=0.1),))
    seen, done = next(shuffled(raw, demos, 500, stream(0, "batches")))
    moved, same = next(augmented(raw, shuffled(raw, demos, 500, stream(0, "batches")), recipe, stream(0, "j")))
    assert torch.equal(done, same)
    assert float((moved["state"] - seen["state"]).std()) == pytest.approx(0.1, rel=0.1)


def test_observations_stay_with_their_actions(raw, demos):
    pairs = set(zip(demos.obs["state"].flatten().tolist(), demos.action.flatten().tolist(), strict=True))
    obs, a = next(shuffled(raw, demos, 500, stream(0, "batches")))
    assert set(zip(obs["state"].flatten().tolist(), a.flatten().tolist(), strict=True)) <= pairs


def test_a_trained_policy_does_not_drop_anything_out(jumper, demos, generator):
    policy, _ = trained(SHORT.replace("head", Make(Regression)), jumper, demos)
    obs = {"state": torch.zeros(1, 1, 1)}
    assert torch.equal(policy.sample(obs, 1, generator), policy.sample(obs, 1, generator))


def test_one_cycle_rises_to_its_peak_and_falls_to_almost_nothing():
    factor = OneCycle(warm=0.25, start=0.04, end=1e-4)
    assert [factor(0.0), factor(0.25)] == pytest.approx([0.04, 1.0])
    assert factor(0.99999) == pytest.approx(1e-4, abs=1e-6)
    assert factor(0.625) == pytest.approx((1 + 1e-4) / 2)


def test_cosine_and_linear_rise_in_a_line_and_fall_to_their_end():
    cosine, linear = CosineDecay(warm=0.2, end=0.1), LinearDecay(warm=0.2, end=0.1)
    assert [f(x) for f in (cosine, linear) for x in (0.0, 0.1, 0.2)] == pytest.approx([0, 0.5, 1] * 2)
    assert [cosine(0.6), linear(0.6), linear(0.4)] == pytest.approx([0.55, 0.55, 0.775])
    assert [cosine(1 - 1e-9), linear(1 - 1e-9)] == pytest.approx([0.1, 0.1])


def test_streams_of_different_purposes_are_different():
    x = torch.zeros(1000)
    first, again, other, seed = (normal_like(x, stream(s, p)) for s, p in ((0, "a"), (0, "a"), (0, "b"), (1, "a")))
    assert torch.equal(first, again)
    assert abs(float(torch.corrcoef(torch.stack([first, other]))[0, 1])) < 0.1
    assert abs(float(torch.corrcoef(torch.stack([first, seed]))[0, 1])) < 0.1
