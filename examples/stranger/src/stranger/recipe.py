"""The head with settings that suit it."""

from eitherway import register
from eitherway.backbones import MLP
from eitherway.make import Make
from eitherway.recipes import Method, Stroke
from eitherway.training import Recipe
from eitherway.training.augmentations import Mirror
from stranger.augmentation import Blackout
from stranger.head import StudentT

register(
    Method(
        recipe=Recipe(
            head=Make(StudentT),
            backbone=Make(MLP, width=32),
            steps=300,
            batch=100,
            augment=(Make(Mirror, required=False), Make(Blackout)),  # mirrored where the task has a mirror
        ),
        idea="one Student-t distribution for each number of a chunk",
        see="One middle for each state: does it dare to leave the corridor at all?",
        stroke=Stroke("#39424c", "--", (9, 1, 20)),
        group="episodic",  # made for tasks of many decisions: `--recipes all` takes it on these
    ),
    name="student-t",
)
