"""Parameter groups: a learning rate and a weight decay of their own for some parameters, saved with a recipe."""

import pytest
import torch
from torch import nn
from torch.optim import SGD, AdamW

from eitherway.compare.jobs import Plan
from eitherway.heads import Regression
from eitherway.make import Make
from eitherway.tasks import TASKS
from eitherway.training.lr_schedules import Constant
from eitherway.training.optimizer_step import OptimizerStep
from eitherway.training.parameter_groups import ParameterGroup
from eitherway.training.recipe import Recipe


@pytest.fixture
def module():
    """Two layers of ones, the second of which is called the head."""
    layers = nn.ModuleDict({"encoder": nn.Linear(2, 2), "head": nn.Linear(2, 1)})
    for parameter in layers.parameters():
        nn.init.ones_(parameter)
    return layers


def recipe(optimiser, *groups):
    return Recipe(
        head=Make(Regression), optimiser=optimiser, learning_rate=Make(Constant), ema=None, parameter_groups=groups
    )


def after_a_step(module, recipe):
    """The parameters after one step on a loss whose gradient is 1 everywhere."""
    OptimizerStep(module, recipe).step(sum(p.sum() for p in module.parameters()), 0.0)
    return {name: p.detach().unique().tolist() for name, p in module.named_parameters()}


def test_a_parameter_has_the_options_of_the_first_group_that_selects_it(module):
    groups = Make(ParameterGroup, names="encoder.*", lr_scale=0.1), Make(ParameterGroup, dims="vectors", lr_scale=0.5)
    moved = after_a_step(module, recipe(Make(SGD, lr=0.5), *groups))
    expected = {"encoder.weight": 0.95, "encoder.bias": 0.95, "head.weight": 0.5, "head.bias": 0.75}
    assert {name: pytest.approx([value]) for name, value in expected.items()} == moved


def test_biases_need_not_decay(module):
    """A gradient of 0 leaves decay alone to move a parameter: 1 - lr · decay."""
    still = Make(ParameterGroup, dims="vectors", weight_decay=0.0)
    step = OptimizerStep(module, recipe(Make(AdamW, lr=0.1, weight_decay=0.5), still))
    step.step(0 * sum(p.sum() for p in module.parameters()), 0.0)
    assert torch.equal(module["head"].bias, torch.ones(1))
    assert module["head"].weight.tolist() == [pytest.approx([0.95, 0.95])]


def test_frozen_parameters_are_in_no_group(module):
    module["encoder"].requires_grad_(False)
    step = OptimizerStep(module, recipe(Make(SGD, lr=0.5), Make(ParameterGroup, names="encoder.*", lr_scale=0.1)))
    assert [tuple(p.shape) for p in step.parameters] == [(1, 2), (1,)]


@pytest.mark.parametrize(
    ("options", "said"),
    [({"lr_scale": -1.0}, "lr_scale must be at least 0"), ({"weight_decay": -0.1}, "weight_decay must be at least 0")],
)
def test_an_impossible_option_is_refused(options, said):
    with pytest.raises(ValueError, match=said):
        ParameterGroup(**options)


def test_a_group_without_parameters_is_refused_before_training():
    group = Make(ParameterGroup, names="vision.*", lr_scale=0.1)
    recipes = {"mine": recipe(Make(SGD, lr=0.5), group)}
    plan = Plan(task_name="jumper", task=TASKS["jumper"], recipes=recipes, seeds=(0,))
    with pytest.raises(ValueError, match=r"mine: a parameter group has no parameters: names 'vision\.\*', dims 'any'"):
        plan.check()


def test_groups_are_saved_with_a_recipe():
    saved = recipe(Make(AdamW, lr=0.1), Make(ParameterGroup, dims="vectors", weight_decay=0.0))
    assert Recipe.from_data(saved.to_data()) == saved
