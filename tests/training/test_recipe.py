"""Recipes are plain data: they save, compare, and say which trainings they can share."""

import json

import pytest
import torch
from torch.testing import assert_close

from eitherway.backbones import MLP
from eitherway.cli.choose import EPISODIC_GROUPS
from eitherway.heads import CVAE, Diffusion, Flow, Regression, Score
from eitherway.make import Make
from eitherway.paths import Action, Cosine, EulerMaruyama, Heun, RungeKutta, Sigmoid
from eitherway.recipes import METHODS
from eitherway.tasks import PushT
from eitherway.training.recipe import Recipe, build
from eitherway.training.train import train

ORIGINALS = {
    "original-mse": 1_153,
    "original-mae": 1_153,
    "original-side": 1_153,
    "original-side-sampled": 1_153,
    "original-diffusion": 1_217,
    "original-flow": 1_217,
}
SHARING = [("side", "side-sampled"), ("flow", "flow-heun"), ("diffusion", "ddpm")]
every = pytest.mark.parametrize("name", METHODS)
sharing = pytest.mark.parametrize("pair", SHARING, ids="+".join)


def recipe(name):
    return METHODS[name].recipe


@every
def test_json_keeps_a_recipe_whole(name):
    assert Recipe.from_data(json.loads(json.dumps(recipe(name).to_data()))) == recipe(name)


@every
def test_json_keeps_a_digest(name):
    assert Recipe.from_data(json.loads(json.dumps(recipe(name).to_data()))).digest() == recipe(name).digest()


@every
def test_every_method_can_be_built(name, jumper):
    group = METHODS[name].group
    tasks = dict.fromkeys((*EPISODIC_GROUPS, "record"), PushT()) | {"pictures": PushT(observe="pictures")}
    task = tasks.get(group, jumper)
    assert sum(p.numel() for p in build(recipe(name), task, seed=0).parameters()) > 0


def test_no_two_methods_are_one():
    assert len({m.recipe.digest() for m in METHODS.values()}) == len(METHODS)


def test_a_digest_does_not_depend_on_the_order_in_which_options_are_given():
    first, second = Make(MLP, width=8, depth=1), Make(MLP, depth=1, width=8)
    assert Recipe(head=Make(Flow), backbone=first).digest() == Recipe(head=Make(Flow), backbone=second).digest()


@pytest.mark.parametrize(
    ("path", "value"), [("steps", 999), ("ema", 0.5), ("backbone.width", 49), ("head.sampler.steps", 11)]
)
def test_a_digest_sees_every_field(path, value):
    assert recipe("flow").replace(path, value).digest() != recipe("flow").digest()


@sharing
def test_methods_that_differ_in_drawing_alone_share_a_training(pair):
    first, second = map(recipe, pair)
    assert first.training_digest() == second.training_digest() and first.digest() != second.digest()


@pytest.mark.parametrize(("path", "value"), [("steps", 999), ("head.times.sd", 2.0), ("optimiser.lr", 0.5)])
def test_what_training_depends_on_is_never_shared(path, value):
    assert recipe("flow").replace(path, value).training_digest() != recipe("flow").training_digest()


@sharing
def test_one_training_digest_means_the_same_weights(pair, jumper, demos):
    policies = []
    for name in pair:
        short = recipe(name).replace("steps", 15)
        policies.append(build(short, jumper, seed=1))
        list(train(policies[-1], demos, short, seed=1))
    assert_close(policies[1].state_dict(), policies[0].state_dict(), rtol=0, atol=0)


@pytest.mark.parametrize(("name", "count"), ORIGINALS.items())
def test_the_originals_have_as_many_parameters_as_the_notebooks(name, count, jumper):
    assert sum(p.numel() for p in build(recipe(name), jumper, seed=0).parameters()) == count


def test_a_seed_decides_the_first_weights(jumper):
    first, same, other = (build(recipe("flow"), jumper, seed=s).state_dict() for s in (3, 3, 4))
    assert_close(same, first, rtol=0, atol=0)
    assert not torch.equal(first["head.net.layers.0.weight"], other["head.net.layers.0.weight"])


def test_a_field_is_replaced_by_its_path():
    changed = Recipe(head=Make(Diffusion)).replace("head.sampler.grid.low", -4.0)
    assert changed.head.full()["sampler"].full()["grid"].full()["low"] == -4.0


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("heads", 1, "a recipe has no field 'heads'; did you mean 'head'"),
        ("steps.more", 1, "steps is .*: it has no option 'more'"),
        ("steps", "many", "steps"),
        ("head", 3, "head"),
        ("head.samplr", 3, "Flow has no option 'samplr'; did you mean 'sampler'"),
    ],
)
def test_a_wrong_field_or_type_is_one_clear_error(path, value, message):
    with pytest.raises(TypeError, match=message):
        recipe("flow").replace(path, value)


@pytest.mark.parametrize(
    ("field", "value"), [("steps", 0), ("batch", -1), ("n_obs_steps", 0), ("horizon", -2), ("ema", 0.0), ("ema", 1.0)]
)
def test_an_impossible_value_is_refused_by_name(field, value):
    with pytest.raises(ValueError, match=f"{field} must .*{value}"):
        Recipe(head=Make(Regression), **{field: value})


def test_an_unknown_class_in_a_file_is_answered_with_the_nearest():
    data = recipe("flow").to_data()
    data["head"]["class"] = "Flaw"
    with pytest.raises(TypeError, match="unknown class 'Flaw'; did you mean 'Flow'"):
        Recipe.from_data(data)


def test_chunks_and_histories_set_the_shape(jumper):
    policy = build(Recipe(head=Make(Flow), n_obs_steps=2, horizon=5), jumper, seed=0)
    shape = policy.head.shape
    assert (shape.horizon, shape.action, shape.tokens, shape.embed) == (5, 1, 2, 1)


@pytest.mark.parametrize(
    "head",
    [
        Make(Flow, path=Make(Sigmoid)),
        Make(Flow, sampler=Make(EulerMaruyama)),
        Make(Score, schedule=Make(Cosine)),
        Make(Flow, sampler=Make(Heun, follow="noise")),
        Make(Diffusion, target=Make(Action), sampler=Make(RungeKutta)),
        Make(CVAE, decoder=Make(Flow, sampler=Make(EulerMaruyama))),
    ],
    ids=repr,
)
def test_what_cannot_draw_is_refused_before_it_is_trained(head, jumper):
    with pytest.raises(ValueError, match=r"with stops from \w+ divides by 0 on \w+: take others"):
        build(Recipe(head=head), jumper, seed=0)


@pytest.mark.parametrize("name", ["paper-diffusion-unet", "paper-diffusion-transformer"])
def test_diffusion_policy_is_drawn_at_the_times_that_it_is_trained_at(name, generator):
    head = recipe(name).head.full()
    times, schedule, sampler = head["times"](), head["schedule"](), head["sampler"]()
    trained = times.draw(torch.zeros(10_000), schedule, generator).unique()
    *stops, end = sampler.grid(sampler.steps, schedule)
    assert end == 0
    assert_close(torch.stack(stops).flip(0).float(), trained)
