"""A `Make` refuses what its class would not understand, and finds its way into nested options."""

import pytest

from eitherway.backbones import MLP
from eitherway.heads import Diffusion, Flow
from eitherway.make import Make
from eitherway.paths import DDIM, Heun, UniformLogSNR


def test_an_unknown_option_is_answered_with_the_nearest():
    with pytest.raises(TypeError, match=r"MLP has no option 'wdith'; did you mean 'width'.*it has: activation, "):
        Make(MLP, wdith=3)


@pytest.mark.parametrize(
    ("option", "value"),
    [("width", "wide"), ("width", 1.5), ("activation", "tanh"), ("dropout", None), ("width", Make(Heun))],
)
def test_a_value_of_the_wrong_type_is_refused(option, value):
    with pytest.raises(TypeError, match=f"MLP.{option} must be .*, got "):
        Make(MLP, **{option: value})


def test_a_whole_number_is_a_number():
    assert Make(DDIM, eta=1).full()["eta"] == 1


def test_a_part_of_the_wrong_kind_is_refused_when_it_is_made():
    """A `Make` cannot know what it makes before it does; the class then says so."""
    with pytest.raises((TypeError, AttributeError)):
        Make(Flow, sampler=Make(MLP))(None, None)


def test_calling_adds_what_only_the_caller_knows():
    assert Make(DDIM, eta=0.5)(steps=3).steps == 3


def test_a_dotted_path_leads_into_an_option():
    changed = Make(Flow, sampler=Make(Heun, steps=3)).replace("sampler.steps", 7)
    assert changed == Make(Flow, sampler=Make(Heun, steps=7))


def test_a_dotted_path_leads_through_a_default():
    changed = Make(Diffusion).replace("sampler.grid.low", -4.0)
    assert changed == Make(Diffusion, sampler=Make(DDIM, grid=Make(UniformLogSNR, low=-4.0)))


def test_replacing_leaves_the_original_alone():
    make = Make(Flow)
    make.replace("sampler.steps", 7)
    assert make == Make(Flow)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("samplr.steps", "Flow has no option 'samplr'; did you mean 'sampler'"),
        ("sampler.stps", "DDIM has no option 'stps'; did you mean 'steps'"),
        ("sampler.steps.many", "DDIM.steps is 10: it has no option 'many'"),
    ],
)
def test_a_path_that_leads_nowhere_says_where_it_ends(path, message):
    with pytest.raises(TypeError, match=message):
        Make(Flow).replace(path, 1)


def test_a_default_written_out_is_the_same():
    assert Make(MLP, width=64) == Make(MLP) and hash(Make(MLP, width=64)) == hash(Make(MLP))


def test_another_value_is_another_make():
    assert Make(MLP, width=65) != Make(MLP)
