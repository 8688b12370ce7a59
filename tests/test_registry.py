"""What a name stands for is registered, and nothing else: built-in classes and a stranger's by the same call."""

import abc

import pytest

from eitherway.heads import MDN, Head, Regression
from eitherway.heads.base import HEADS
from eitherway.make import Make
from eitherway.metrics import METRICS, Metric
from eitherway.registry import KINDS, Classes, classes, find, from_data, register, to_data
from eitherway.tasks import TASKS, Jumper


@pytest.fixture(autouse=True)
def forgotten():
    """What a test registers is gone after it."""
    before = [dict(kind.things) for kind in KINDS]
    yield
    for kind, things in zip(KINDS, before, strict=True):
        kind.things.clear()
        kind.things.update(things)


class Own(Regression):
    """A head from outside."""


def test_a_registered_class_can_be_saved_and_found_again():
    with pytest.raises(TypeError, match="unknown class 'Own'"):
        find("Own")
    assert register(Own) is Own
    assert HEADS["Own"] is Own and from_data(to_data(Make(Own))) == Make(Own)


def test_a_name_of_its_own_is_what_a_class_is_found_by():
    register(Own, name="own-regression")
    assert find("own-regression") is Own and "Own" not in HEADS


def test_registering_twice_changes_nothing_and_a_taken_name_is_refused():
    assert register(register(Own)) is Own
    stranger = type("MDN", (Regression,), {})
    with pytest.raises(ValueError, match="already a head called 'MDN'"):
        register(stranger)
    with pytest.raises(ValueError, match="already a sampler called 'Heun'"):  # a file says a name, and not of what kind
        register(stranger, name="Heun")
    assert find("MDN") is MDN


def test_what_is_of_no_kind_is_refused_with_the_kinds():
    with pytest.raises(TypeError, match=r"cannot be registered; what can: action limits, .*head.*task"):
        register(3)


def test_what_is_abstract_is_refused():
    class Half(Head, abc.ABC):
        """Only half of a head."""

    with pytest.raises(ValueError, match="abstract"):
        register(Half)


@pytest.mark.parametrize("name", ["", "a/b", "../x", "a b"])
def test_a_name_is_one_word(name):
    with pytest.raises(ValueError, match="a name must be letters"):
        register(Own, name=name)


def test_a_task_is_registered_under_a_name_and_needs_one():
    with pytest.raises(TypeError, match="a task is registered under a name"):
        register(Make(Jumper))
    register(Make(Jumper, wrong=0.1), name="jumper-wrong")
    assert TASKS["jumper-wrong"] == Make(Jumper, wrong=0.1)


def test_a_metric_has_its_own_name():
    own = Metric(name="own", better="lower", unit="", meaning="nothing", digits=0, read=lambda seen: 0.0)
    register(own)
    assert METRICS["own"] is own


def test_all_that_is_built_in_is_registered():
    assert {"MLP", "StateEncoder", "KMeans", "Heun", "MDN", "RecedingHorizon", "AdamW", "MinMax", "Jumper"} <= set(
        classes()
    )
    assert all(len(kind) for kind in KINDS if isinstance(kind, Classes))
