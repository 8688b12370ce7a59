"""Recipes of episodic tasks: every head on one network, trained alike; ACT and DOT carry out chunks in their own way.

Points are seen, and actions said, from where the robot is; demonstrations are completed, and doubled by their mirror
images, where the task has such a geometry; four steps of each chunk are carried out. What differs is the head, and the
number of steps, so that each takes four to five minutes on one thread; ACT and DOT are also how chunks are carried out.
"""

from collections.abc import Mapping

from torch.optim import AdamW

from eitherway.backbones import Residual
from eitherway.codebooks import KMeans, ResidualVQ
from eitherway.data import Standard
from eitherway.encoders import StateEncoder
from eitherway.heads import CVAE, MDN, MIP, Absolute, Categorical, Diffusion, Flow, Head, Regression, Shortcut
from eitherway.make import Make
from eitherway.paths import DDIM, LogNormalQuantiles, UniPC
from eitherway.policies.action_representation import RelativeActions
from eitherway.policies.execution import RecedingHorizon, TemporalEnsemble
from eitherway.recipes.base import Method
from eitherway.training.augmentations import GoalCompletion, Mirror, ObservationNoise
from eitherway.training.lr_schedules import CosineDecay
from eitherway.training.recipe import Recipe

MEDIAN = Make(Regression, penalty=Make(Absolute))
GEOMETRY = Make(GoalCompletion, required=False), Make(Mirror, required=False)  # what a task's geometry offers
BASE = Recipe(
    head=MEDIAN,
    backbone=Make(Residual, width=256, depth=3),
    encoder=Make(StateEncoder, fourier_octaves=4),
    normaliser=Make(Standard),  # said from the robot, an action's spread is a sixth of its range on Push-T
    execution=Make(RecedingHorizon, n_action_steps=4),
    optimiser=Make(AdamW, lr=1e-3, betas=(0.9, 0.99), weight_decay=1e-4, fused=True),
    learning_rate=Make(CosineDecay, warm=0.03),
    clip=1.0,
    ema=0.999,
    action_representation=Make(RelativeActions, required=False),
    augment=(*GEOMETRY, Make(ObservationNoise, sd=0.01)),
    steps=24_000,
    batch=256,
)
LETTERS = Make(Categorical, codebook=Make(ResidualVQ, size=16, n_tokens=2), focus=2.0, secondary=0.1, offset=10.0)


def episodic(made: Make[Head], steps: int) -> Recipe:
    """Returns the recipe of a head, trained for so many steps a stage."""
    return BASE.replace("head", made).replace("steps", steps)


EPISODIC: Mapping[str, Method] = {
    "l1-policy": Method(
        recipe=episodic(MEDIAN, 36_000),
        idea="absolute error on chunks: one answer for each state",
        see="Does one answer suffice? It cannot stand still between two modes, for what it sees keeps moving.",
        group="episodic",
    ),
    "mdn-policy": Method(
        recipe=episodic(Make(MDN, components=16), 14_000),
        idea="a mixture of 16 Gaussians over whole chunks, drawn",
        see="Each Gaussian has its own widths: look how much the drawn chunks shake.",
        group="episodic",
    ),
    "bet-policy": Method(
        recipe=episodic(Make(Categorical, codebook=Make(KMeans, size=64), focus=2.0, offset=10.0), 18_000),
        idea="64 k-means classes of whole chunks with a learnt offset each (BeT)",
        see="The fan is made of classes: is there one for what this state needs?",
        group="episodic",
    ),
    "vq-bet-policy": Method(
        recipe=episodic(LETTERS, 20_000),
        idea="two tokens of a learnt code of chunks, 16 classes each, with offsets (VQ-BeT)",
        see="Tokens are drawn independently of each other: look for chunks that nobody demonstrated.",
        group="episodic",
    ),
    "act-policy": Method(
        recipe=episodic(Make(CVAE, decoder=MEDIAN, latent=32, beta=10.0, noise=0.0), 15_000).replace(
            "execution", Make(TemporalEnsemble, decay=1.01)
        ),
        idea="ACT: absolute error, 32 latent variables kept at 0, all chunks averaged at every step",
        see="The average of chunks that were made at different times is smooth: is it also late?",
        group="episodic",
    ),
    "diffusion-policy": Method(
        recipe=episodic(Make(Diffusion, sampler=Make(UniPC, grid=Make(LogNormalQuantiles))), 16_000),
        idea="denoising of whole chunks in ten evaluations",
        see="How wide is the fan, and where does it narrow to one answer?",
        group="episodic",
    ),
    "flow-policy": Method(
        recipe=episodic(Make(Flow, sampler=Make(DDIM, steps=10)), 16_000),
        idea="a velocity followed from noise to chunks in ten Euler steps",
        see="How wide is the fan, and where does it narrow to one answer?",
        group="episodic",
    ),
    "mip-policy": Method(
        recipe=episodic(Make(MIP), 9_000),
        idea="a guess and a second look at it: two evaluations, one answer for each state",
        see="One answer for each state, like absolute error, but refined once: does that help here?",
        group="episodic",
    ),
    "shortcut-policy": Method(
        recipe=episodic(Make(Shortcut, steps=1), 12_000),
        idea="one jump from noise to a chunk, learnt from ever shorter ones",
        see="One evaluation a decision: is the fan as wide as that of the flow it abridges?",
        group="episodic",
    ),
    "dot-policy": Method(
        recipe=episodic(MEDIAN.replace("decay", 0.9), 34_000)
        .replace("horizon", 20)
        .replace("execution", Make(TemporalEnsemble, decay=0.75, filled=True)),
        idea="DOT: absolute error that fades along the chunk, new chunks blended with the ones before",
        see="Blending makes one answer of many: look for hesitation where modes part.",
        group="episodic",
    ),
}
