"""Whatever a caller from Python gives, the answer is a result or one line of our own, early.

A stranger calls without the checks of types and shapes that tests put around the package, so these run in a process of
their own: see test_strangers.py.
"""

import re
import traceback
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import eitherway
from eitherway.backbones import MLP
from eitherway.data import Episode, Windows
from eitherway.data.spec import Spec
from eitherway.evaluation.evaluate import evaluate, measure_latency
from eitherway.heads import MDN, Regression
from eitherway.make import Make
from eitherway.policies.actor import Actor
from eitherway.policies.execution import RecedingHorizon, TemporalEnsemble
from eitherway.tasks import Fork, Jumper
from eitherway.training.checkpoint import Trained, load_trained, save_trained
from eitherway.training.recipe import Recipe, build
from eitherway.training.train import train

OWN = Path(eitherway.__file__).parent
PROPERTY = settings(deadline=None, derandomize=True, max_examples=60)
RECIPE = Recipe(head=Make(MDN, components=2), backbone=Make(MLP, width=8), steps=1, batch=4, n_obs_steps=2, horizon=3)

kinds = st.sampled_from([np.float32, np.float64, np.int64, np.uint8, np.complex64, np.bool_, object, "U3"])
shapes = st.lists(st.integers(0, 3), max_size=4).map(tuple)
arrays = st.builds(lambda shape, kind: np.ones(shape).astype(kind), shapes, kinds)
torch_kinds = st.sampled_from([torch.float32, torch.float64, torch.int64, torch.uint8, torch.complex64, torch.bool])
tensors = st.builds(lambda shape, kind, value: torch.full(shape, value).to(kind), shapes, torch_kinds, st.just(1.0))
spoilt = st.builds(torch.full, st.sampled_from([(2, 2, 1), (2, 3, 1)]), st.sampled_from([np.nan, np.inf, -np.inf]))
plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 5),
    st.floats(width=16),
    st.text("a.\n\0", max_size=3),
    st.lists(st.integers(0, 2), max_size=2),
    st.just({}),
    st.just(RecedingHorizon),
    st.binary(max_size=2),
)
anything = st.one_of(plain, tensors, arrays, spoilt)
named = st.one_of(anything, st.dictionaries(st.sampled_from(["state", "stat", "a\nb", 3, None]), anything, max_size=2))
seen = st.one_of(named, anything.map(lambda value: {"state": value}))


def answer(call):
    """What comes of a call: a result, or a refusal in one line of our own."""
    try:
        return call()
    except (ValueError, TypeError) as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        assert Path(last.filename).is_relative_to(OWN), f"from below: {last.filename}:{last.lineno}: {error}"
        assert last.line.startswith("raise ") or "raise " in last.line, f"not said by us: {last.line}: {error}"
        assert re.fullmatch(r"[^\n]{10,600}", str(error)), f"not one line: {error}"
        return error


def refused(call, about):
    """The call is refused, and the line names what was wrong."""
    error = answer(call)
    assert isinstance(error, ValueError | TypeError) and about in str(error), error


def episode(steps=5):
    return Episode({"state": np.linspace(0, 1, steps)[:, None]}, np.linspace(1, 0, steps)[:, None])


@pytest.fixture(scope="module")
def policy():
    policy = build(RECIPE, Jumper(), seed=0)
    *_, _ = train(policy, Windows.cut([episode()], 2, 3), RECIPE, seed=0)
    return policy


GOOD = {"state": torch.zeros(2, 2, 1)}


@PROPERTY
@given(named, anything)
def test_an_episode_is_one_or_is_refused(observation, action):
    made = answer(lambda: Episode(observation, action))
    if isinstance(made, Episode):
        assert isinstance(answer(lambda: Windows.cut([made], 1, 1)), Windows | ValueError)


@PROPERTY
@given(
    st.one_of(anything, st.lists(st.one_of(plain, st.just(episode())), max_size=2)),
    *[st.one_of(plain, st.just(2))] * 3,
    st.one_of(plain, st.sampled_from(["held", "zero"])),
    st.one_of(plain, st.just([0])),
)
def test_windows_are_cut_or_refused(episodes, n_obs_steps, horizon, every, after, origin):
    options = {"after": after, "origin": origin}
    answer(lambda: Windows.cut(episodes, n_obs_steps, horizon, every, **options))
    made = answer(lambda: Windows.cut([episode()], n_obs_steps, horizon, every, **options))
    right = all(type(n) is int and n > 0 for n in (n_obs_steps, horizon, every)) and after in ("held", "zero")
    right &= origin is None or (type(origin) in (list, bytes) and len(origin) == 1)
    assert isinstance(made, Windows) == right


@PROPERTY
@given(seen, anything)
def test_pairs_are_taken_or_refused(obs, action):
    made = answer(lambda: Windows.of(obs, action))
    if isinstance(made, Windows):
        assert answer(lambda: train(build(RECIPE, Jumper(), seed=0), made, RECIPE, seed=0)) is not None


@PROPERTY
@given(seen, anything)
def test_a_policy_answers_or_refuses(policy, obs, other):
    generator = torch.Generator()
    answer(lambda: policy.sample(obs, 1, generator))
    answer(lambda: policy.log_prob(obs, torch.zeros(2, 3, 1)))
    answer(lambda: policy.log_prob(GOOD, other))
    answer(lambda: policy.path(obs, 1, generator))
    answer(lambda: policy.sample(GOOD, 1, other))
    answer(lambda: policy.sample(GOOD, 1, generator, planned=other))
    drawn = answer(lambda: policy.sample(GOOD, other, generator))
    assert isinstance(drawn, torch.Tensor) == (type(other) is int and other > 0)


@PROPERTY
@given(*[anything] * 5)
def test_training_begins_or_is_refused(policy, one, two, three, seed, every):
    demos = Windows.cut([episode()], 2, 3)
    answer(lambda: train(one, two, three, seed=0))
    answer(lambda: train(policy, two, RECIPE, seed=0))
    answer(lambda: train(policy, demos, three, seed=0))
    answer(lambda: train(policy, demos, RECIPE, seed=seed))
    answer(lambda: train(policy, demos, RECIPE, seed=0, every=every))
    answer(lambda: policy.fit(two, torch.Generator()))
    answer(lambda: build(one, Jumper(), seed=0))
    answer(lambda: build(RECIPE, two, seed=0))
    answer(lambda: build(RECIPE, Jumper(), seed=seed))
    answer(lambda: build(RECIPE, Jumper(), seed=0, device=one))


@PROPERTY
@given(anything, anything, anything)
def test_an_execution_carries_out_or_refuses(option, chunk, rows):
    answer(lambda: RecedingHorizon(n_action_steps=option))
    answer(lambda: TemporalEnsemble(decay=option))
    answer(lambda: TemporalEnsemble(every=option))
    answer(lambda: TemporalEnsemble().next(None if callable(chunk) else chunk))
    answer(lambda: TemporalEnsemble().next(lambda planned: chunk))
    running = TemporalEnsemble()
    running.next(lambda planned: torch.zeros(2, 3, 1))
    answer(lambda: running.next(lambda planned: chunk))
    answer(lambda: running.keep(rows))


class Odd(Actor):
    """Draws whatever it was made with."""

    def __init__(self, drawn):
        self.drawn = drawn

    def sample(self, obs, n, generator, planned=None):
        return self.drawn

    def log_prob(self, obs, action):
        return None


@PROPERTY
@given(anything, anything)
def test_evaluation_gives_evidence_or_refuses(policy, one, two):
    task = Jumper(starts=(100_000, 2))
    answer(lambda: evaluate(one, task, seed=0))
    answer(lambda: evaluate(policy, one, seed=0))
    answer(lambda: evaluate(policy, task, execution=one, seed=0))
    answer(lambda: evaluate(policy, task, seed=0, device=one))
    answer(lambda: measure_latency(one, task))
    answer(lambda: measure_latency(policy, two))
    answer(lambda: evaluate(Odd(one), task, seed=0))


def test_a_policy_of_another_task_is_not_judged(policy):
    refused(lambda: evaluate(policy, Fork(), seed=0), "made for another task")
    refused(lambda: measure_latency(policy, Fork()), "made for another task")


def test_an_actor_that_draws_for_other_moments_is_told(policy):
    task = Jumper(starts=(100_000, 2))
    refused(lambda: evaluate(Odd(torch.zeros(1, 1, 1, 1)), task, seed=0), "Odd must draw [1, 2, H, 1]")


@PROPERTY
@given(anything, anything)
def test_a_checkpoint_is_read_or_refused(folder, device):
    answer(lambda: load_trained(folder))
    answer(lambda: load_trained("nowhere", device))
    answer(lambda: save_trained("nowhere", folder))
    assert not Path("nowhere").exists()


@PROPERTY
@given(st.sampled_from(sorted(Recipe.__dataclass_fields__)), anything)
def test_a_recipe_is_one_or_is_refused(field, value):
    recipe = Recipe(head=Make(Regression))
    for call in (
        lambda: Recipe(**{"head": Make(Regression), field: value}),
        lambda: recipe.replace(field, value),
        lambda: recipe.replace(f"{field}.steps", value),
        lambda: recipe.replace(value, 3),
        lambda: Recipe.from_data({**recipe.to_data(), field: value}),
        lambda: Recipe.from_data(value),
        lambda: Make(value),
        lambda: Make(MLP, width=value),
    ):
        answer(call)


@PROPERTY
@given(
    seen,
    st.sampled_from(["action", "n_obs_steps", "horizon", "every", "robot", "points", "after", "observation"]),
    anything,
)
def test_a_spec_is_one_or_is_refused(observation, field, value):
    answer(lambda: Spec(observation=observation, action=1))
    good = Spec(observation={"state": 2, "view": (8, 8, 3)}, action=1, robot="state", points=("state",), after="zero")
    answer(lambda: replace(good, **{field: value}))


WRONG = [
    (lambda: Episode([1], np.zeros((2, 1))), "observation"),
    (lambda: Windows.cut([episode()], 1.5, 1), "n_obs_steps"),
    (lambda: Windows.cut([episode()], 1, 1, after="hold"), "'hold'"),
    (lambda: Windows.cut([episode(), None], 1, 1), "episode 1"),
    (lambda: Windows.of({"state": [1.0]}, torch.zeros(1, 1, 1)), "'state'"),
    (lambda: RecedingHorizon(n_action_steps=2.5), "2.5"),
    (lambda: TemporalEnsemble(decay="0.5"), "decay"),
    (lambda: Spec(observation={"state": True}, action=1), "'state'"),
    (lambda: Spec(observation={"state": 1}, action=1, robot="arm"), "'arm'"),
    (lambda: Spec(observation={"state": 1}, action=1, after="hold"), "'hold'"),
    (lambda: build(RECIPE, Jumper, seed=0), "task"),
    (lambda: build(RECIPE, Jumper(), seed=-1), "seed"),
    (lambda: build(RECIPE, Jumper(), seed=0, device="gpu"), "'gpu'"),
    (lambda: load_trained(None), "folder"),
    (lambda: load_trained("nowhere", "gpu"), "'gpu'"),
    (lambda: Make(None), "None"),
    (lambda: Recipe(head=Make(MDN)).replace(3, 1), "3"),
]


@pytest.mark.parametrize(("call", "about"), WRONG, ids=lambda value: value if isinstance(value, str) else "")
def test_what_was_wrong_is_named(call, about):
    refused(call, about)


class Mine(Regression):
    """A stranger's head."""


class Home(Jumper):
    """A stranger's task."""


@pytest.mark.parametrize(
    ("head", "task", "about"),
    [(Make(Mine), Make(Jumper), "the head Mine"), (Make(Regression), Make(Home), "the task Home")],
)
def test_a_checkpoint_that_nobody_could_read_is_not_written(head, task, about, tmp_path):
    recipe = replace(RECIPE, head=head)
    trained = Trained(policy=build(recipe, task(), seed=0), recipe=recipe, task=task, seed=0, train_seconds=0.0)
    refused(lambda: save_trained(tmp_path / "policy", trained), about)
    assert not (tmp_path / "policy").exists()
