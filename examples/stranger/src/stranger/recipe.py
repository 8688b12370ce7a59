"""The head with settings that suit it."""

from eitherway import register
from eitherway.backbones import MLP
from eitherway.make import Make
from eitherway.recipes import Method, Stroke
from eitherway.training import Recipe
from eitherway.training.augmentations import Mirror
from stranger.augmentation import Blackout
from stranger.head import Logistic

register(
    Method(
        recipe=Recipe(
            head=Make(Logistic),
            backbone=Make(MLP, width=32),
            steps=300,
            batch=100,
            augment=(Make(Mirror), Make(Blackout)),
        ),
        idea="one logistic distribution for each number of a chunk",
        see="One middle for each state: does it dare to leave the corridor at all?",
        stroke=Stroke("#39424c", "--", (9, 1, 20)),
    ),
    name="logistic",
)
