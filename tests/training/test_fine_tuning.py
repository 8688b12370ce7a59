"""A trained policy that trains on goes on: its statistics and codes stay, unless new ones are asked for by name."""

import numpy as np
import pytest
import torch
from torch.optim import SGD
from torch.testing import assert_close

from eitherway.backbones import MLP
from eitherway.codebooks import KMeans
from eitherway.data import Episode, Standard, Windows
from eitherway.heads import Categorical, Flow, Regression
from eitherway.make import Make
from eitherway.randomness import stream
from eitherway.tasks import Jumper
from eitherway.training.checkpoint import Trained, load_trained, save_trained
from eitherway.training.early_stopping import EarlyStopping
from eitherway.training.lr_schedules import Constant
from eitherway.training.recipe import Recipe, build
from eitherway.training.train import held_out_loss, train

CODES = Make(Categorical, codebook=Make(KMeans, size=4), offset=1.0)


def recipe(head, steps=30):
    return Recipe(head=head, backbone=Make(MLP, width=16), steps=steps, batch=100, learning_rate=Make(Constant))


def tiny(head):
    """One step that moves no weight to speak of."""
    return recipe(head, 1).replace("optimiser", Make(SGD, lr=1e-9)).replace("ema", None)


def elsewhere(demos):
    """Demonstrations of another range."""
    return Windows.of({"state": demos.obs["state"] / 3 + 0.1}, 5 * demos.action + 2)[:500]


@pytest.fixture(params=[Make(Regression), Make(Flow), CODES], ids=lambda head: head.name)
def begun(request, jumper, demos):
    policy = build(recipe(request.param), jumper, seed=0)
    *_, _ = train(policy, demos, recipe(request.param), seed=0)
    return request.param, policy


def test_a_tiny_step_on_other_data_leaves_the_policy_as_it_was(begun, demos):
    head, policy = begun
    before = {name: value.clone() for name, value in policy.state_dict().items()}
    loss = held_out_loss(policy, policy.head.loss, demos[:500], 100, 0)
    *_, _ = train(policy, elsewhere(demos), tiny(head), seed=1)
    counted = (".least", ".most", "span.low", "span.high", "span.step")  # what was seen, which is more now
    after = {name: value for name, value in policy.state_dict().items() if not name.endswith(counted)}
    assert_close(after, {name: before[name] for name in after}, rtol=0, atol=1e-6)
    assert held_out_loss(policy, policy.head.loss, demos[:500], 100, 0) == pytest.approx(loss, rel=1e-4)


def test_statistics_are_fitted_anew_where_that_is_asked_for(begun, demos, jumper):
    head, policy = begun
    *_, _ = train(policy, elsewhere(demos), tiny(head), seed=1, refit=True)
    fresh = build(recipe(head), jumper, seed=0)
    fresh.fit(elsewhere(demos), stream(1, "fit"))
    assert_close(policy.action_norm.state_dict(), fresh.action_norm.state_dict(), rtol=0, atol=0)
    assert float(policy.action_norm.scale) > 4


def test_what_is_trained_on_later_is_seen_as_it_is(begun, demos):
    head, policy = begun
    far = Windows.of({"state": demos.obs["state"] + 50}, demos.action)[:500]
    *_, _ = train(policy, far, tiny(head), seed=1)
    norm = policy.obs_norm["state"]
    assert torch.equal(norm.limited(far.obs["state"]), norm(far.obs["state"]))


def test_a_loaded_policy_knows_that_it_was_trained(tmp_path, demos, jumper):
    head = Make(Regression)
    policy = build(recipe(head), jumper, seed=0)
    assert not policy.fitted
    *_, _ = train(policy, demos, recipe(head), seed=0)
    save_trained(
        tmp_path / "policy", Trained(policy=policy, recipe=recipe(head), task=Make(Jumper), seed=0, train_seconds=1.0)
    )
    again = load_trained(tmp_path / "policy").policy
    assert again.fitted
    *_, _ = train(again, elsewhere(demos), tiny(head), seed=1)
    assert torch.equal(again.action_norm.scale, policy.action_norm.scale)


def test_statistics_count_what_was_recorded_once_and_nothing_that_is_held(jumper):
    """10 actions 0, ..., 0, 10, in windows of 16: held ones would make it a mean of 7.19."""
    done = np.zeros((10, 1))
    done[-1] = 10
    spec = recipe(Make(Regression)).replace("horizon", 16).replace("normaliser", Make(Standard))
    policy = build(spec, jumper, seed=0)
    policy.fit(Windows.cut([Episode({"state": np.zeros((10, 1))}, done)], 1, 16), stream(0, "fit"))
    assert (float(policy.action_norm.shift), float(policy.action_norm.scale)) == pytest.approx((1.0, 3.0))


@pytest.mark.parametrize("after", ["held", "zero"])
def test_statistics_of_windows_are_those_of_the_frames(after, jumper):
    rng = np.random.default_rng(0)
    episodes = [Episode({"state": rng.random((n, 1))}, 3 + rng.random((n, 1))) for n in (1, 40, 7)]
    spec = (
        recipe(Make(Regression)).replace("n_obs_steps", 3).replace("horizon", 8).replace("normaliser", Make(Standard))
    )
    policy = build(spec, jumper, seed=0)
    policy.fit(Windows.cut(episodes, 3, 8, after=after), stream(0, "fit"))
    for norm, x in (
        (policy.obs_norm["state"], np.concatenate([e.observation["state"] for e in episodes])),
        (policy.action_norm, np.concatenate([e.action for e in episodes])),
    ):
        assert (float(norm.shift), float(norm.scale)) == pytest.approx((x.mean(), x.std()), rel=1e-5)


def test_the_loss_on_what_is_held_out_goes_batch_by_batch_and_is_that_of_the_whole(jumper, demos):
    policy = build(recipe(Make(Regression)), jumper, seed=0)
    policy.fit(demos, stream(0, "fit"))
    sizes, forward = [], policy.encoder.forward
    policy.encoder.forward = lambda obs: sizes.append(len(obs["state"])) or forward(obs)
    losses = [held_out_loss(policy, policy.head.loss, demos[:1_000], batch, 0) for batch in (1_000, 300, 7)]
    assert losses[1:] == pytest.approx([losses[0]] * 2, rel=1e-5)
    assert sizes[:5] == [1_000, 300, 300, 300, 100] and max(sizes[5:]) == 7


def test_nothing_that_is_held_out_is_counted(jumper):
    """Of two demonstrations one goes far: where it is held out, statistics do not know it."""
    episodes = [Episode({"state": np.linspace(0, x, 20)[:, None]}, np.linspace(0, x, 20)[:, None]) for x in (1, 100)]
    windows = Windows.cut(episodes, 1, 1)
    watched = recipe(Make(Regression), 2).replace("early_stopping", Make(EarlyStopping, share=0.5))
    for seed in range(4):
        policy = build(watched, jumper, seed=seed)
        *_, _ = train(policy, windows, watched, seed=seed)
        kept, _ = EarlyStopping(share=0.5).split(windows, stream(seed, "early"))
        assert float(policy.action_norm.scale) == pytest.approx(float(kept.action.max()) / 2)
