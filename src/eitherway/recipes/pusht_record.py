"""Recipes for the best that an hour of training can do on single tasks; docs/tasks/pusht.md says what was reached."""

from collections.abc import Mapping

from eitherway.encoders import Convolutions, PictureEncoder
from eitherway.heads import Flow
from eitherway.make import Make
from eitherway.paths import DDIM
from eitherway.recipes.base import Method
from eitherway.recipes.episodic import BASE
from eitherway.training.augmentations import GoalCompletion, Mirror, ObservationNoise

RECORDS: Mapping[str, Method] = {
    "pusht-record": Method(
        recipe=BASE.replace("head", Make(Flow, sampler=Make(DDIM, steps=10)))
        .replace("backbone.width", 512)
        .replace("backbone.depth", 4)
        .replace("precision", "bfloat16")
        .replace("encoder.fourier_octaves", 0)
        .replace("augment", (Make(GoalCompletion), Make(Mirror), Make(ObservationNoise, sd=0.005)))
        .replace("steps", 30_000),
        idea="flow matching on a wider network, trained longer, on completed and mirrored demonstrations",
        see="Look at the last centimetre: is there a push for every small error?",
        group="record",
    ),
    "pusht-pictures": Method(
        recipe=BASE.replace("head", Make(Flow, sampler=Make(DDIM, steps=10)))
        .replace("encoder", Make(PictureEncoder, vision=Make(Convolutions, widths=(32, 64, 64), entry=4)))
        .replace("backbone.width", 512)
        .replace("n_obs_steps", 1)
        .replace("augment", (Make(GoalCompletion), Make(Mirror), Make(ObservationNoise, sd=0.005)))
        .replace("steps", 24_000)
        .replace("batch", 128),
        idea="the same from pictures, which a small convolutional network turns into 32 keypoints",
        see="Needs task.observe=pictures. Look at the last centimetre: a pixel of the picture is five of the table.",
        group="pictures",
    ),
}
