"""Augmentations use what a task offers, and refuse by name what it does not."""

import pytest

from eitherway.heads import Regression
from eitherway.make import Make
from eitherway.tasks import Fork, Jumper
from eitherway.training import Recipe, build, demonstrations
from eitherway.training.augmentations import GoalCompletion, Mirror, ObservationNoise

PLAIN = Recipe(head=Make(Regression))


@pytest.mark.parametrize("kind", [GoalCompletion, Mirror])
def test_what_a_task_has_no_geometry_for_is_refused_by_name_before_training(kind):
    line = rf"{kind.__name__} needs a task with the transform '{kind.transform}', and Jumper has none: leave it out"
    with pytest.raises(ValueError, match=line):
        build(PLAIN.replace("augment", (Make(kind),)), Jumper(), seed=0)


@pytest.mark.parametrize("kind", [GoalCompletion, Mirror])
def test_what_is_not_required_leaves_demonstrations_as_they_are(kind):
    task = Fork(demonstrations=5, held_out=0)
    asked = demonstrations(task, PLAIN.replace("augment", (Make(kind, required=False),)))
    assert len(asked) == len(demonstrations(task, PLAIN)) == 5


def test_noise_is_of_a_size():
    with pytest.raises(ValueError, match="sd must be at least 0, got -1"):
        ObservationNoise(sd=-1.0)


def test_augmentations_are_part_of_a_saved_recipe():
    recipe = PLAIN.replace("augment", (Make(Mirror), Make(ObservationNoise, sd=0.2)))
    assert Recipe.from_data(recipe.to_data()) == recipe and recipe.training_digest() != PLAIN.training_digest()
