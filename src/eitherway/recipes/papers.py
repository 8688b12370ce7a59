"""Papers as recipes: each statement sums up what its paper trains and how it acts, at a laptop's size.

Networks are smaller than the papers', runs shorter; docs/papers.md lists this and every other difference.
"""

from collections.abc import Mapping
from dataclasses import replace

from torch.optim import Adam, AdamW

from eitherway.backbones import MLP, Transformer, UNet
from eitherway.codebooks import KMeans, ResidualVQ
from eitherway.heads import CVAE, IBC, MDN, MIP, Absolute, Categorical, Diffusion, Flow, Regression, Resampling
from eitherway.make import Make
from eitherway.paths import DDIM, CappedCosine, Noise, Steps, TrainingSteps
from eitherway.policies.execution import RecedingHorizon, TemporalEnsemble
from eitherway.recipes.base import Method
from eitherway.training.augmentations import ObservationNoise
from eitherway.training.lr_schedules import Constant, CosineDecay
from eitherway.training.recipe import Recipe

DENOISED = Make(
    Diffusion,
    schedule=Make(CappedCosine, steps=100),
    target=Make(Noise),
    times=Make(Steps, count=100),
    sampler=Make(DDIM, steps=100, eta=1.0, grid=Make(TrainingSteps, count=100), clip=1.0),
)
DIFFUSED = Recipe(
    head=DENOISED,
    backbone=Make(UNet),
    n_obs_steps=2,
    horizon=16,
    execution=Make(RecedingHorizon, n_action_steps=8),
    optimiser=Make(AdamW, lr=1e-4, betas=(0.95, 0.999), weight_decay=1e-6, fused=True),
    learning_rate=Make(CosineDecay, warm=0.02),
    ema=0.9999,
    steps=20_000,
    batch=256,
)
ATTENTIVE = Make(Transformer, width=128, depth=4, heads=4)
ABSOLUTE = Make(Regression, penalty=Make(Absolute))

PAPERS: Mapping[str, Method] = {
    "paper-diffusion-unet": Method(
        recipe=DIFFUSED,
        idea="Diffusion Policy, convolutional (Chi et al., 2023): 100 ancestral steps, 8 of 16 actions",
        see="The paper's own way to draw: what do a hundred evaluations buy?",
        group="paper",
    ),
    "paper-diffusion-transformer": Method(
        recipe=replace(
            DIFFUSED,
            backbone=ATTENTIVE.replace("causal", True).replace("dropout", 0.01),
            optimiser=DIFFUSED.optimiser.replace("weight_decay", 0.1).replace("betas", (0.9, 0.95)),
        ),
        idea="Diffusion Policy with a transformer (Chi et al., 2023): causal in the chunk",
        see="The same denoising, steps that attend to what came before them.",
        group="paper",
    ),
    "paper-flow": Method(
        recipe=replace(DIFFUSED, head=Make(Flow, sampler=Make(DDIM, steps=10))),
        idea="a flow policy on Diffusion Policy's network: ten Euler steps",
        see="A tenth of the evaluations: is anything lost?",
        group="paper",
    ),
    "paper-mip": Method(
        recipe=replace(DIFFUSED, head=Make(MIP, t=0.1)),
        idea="MIP (Pan et al., 2025): two evaluations, no randomness, on Diffusion Policy's network",
        see="One answer for each state, found in two looks.",
        group="paper",
    ),
    "paper-act": Method(
        recipe=Recipe(
            head=Make(CVAE, decoder=ABSOLUTE, latent=32, beta=10.0, noise=0.0),
            backbone=ATTENTIVE.replace("dropout", 0.1),
            n_obs_steps=1,
            horizon=100,
            execution=Make(TemporalEnsemble, decay=1.01),
            optimiser=Make(AdamW, lr=1e-4, weight_decay=1e-4, fused=True),
            learning_rate=Make(Constant),
            ema=None,
            steps=20_000,
            batch=32,
        ),
        idea="ACT (Zhao et al., 2023): chunks of 100, absolute error, z = 0, temporal ensemble",
        see="Plans ten seconds long, averaged at every step.",
        group="paper",
    ),
    "paper-bet": Method(
        recipe=Recipe(
            head=Make(Categorical, codebook=Make(KMeans, size=24), focus=2.0, offset=100.0),
            backbone=ATTENTIVE.replace("dropout", 0.1),
            n_obs_steps=3,
            horizon=1,
            optimiser=Make(AdamW, lr=1e-4, betas=(0.9, 0.95), weight_decay=0.1, fused=True),
            learning_rate=Make(Constant),
            clip=1.0,
            ema=None,
            steps=20_000,
            batch=64,
        ),
        idea="BeT (Shafiullah et al., 2022): 24 clusters of single actions, focal loss, an offset each",
        see="One action at a time: every step is a new choice among clusters.",
        group="paper",
    ),
    "paper-vq-bet": Method(
        recipe=Recipe(
            head=Make(
                Categorical, codebook=Make(ResidualVQ, size=16, n_tokens=2), focus=2.0, secondary=0.1, offset=100.0
            ),
            backbone=ATTENTIVE.replace("dropout", 0.1),
            n_obs_steps=5,
            horizon=5,
            execution=Make(TemporalEnsemble, decay=1.0),
            optimiser=Make(AdamW, lr=5.5e-5, betas=(0.9, 0.999), weight_decay=2e-4, fused=True),
            learning_rate=Make(Constant),
            ema=None,
            steps=20_000,
            batch=512,
        ),
        idea="VQ-BeT (Lee et al., 2024): two tokens for five actions, all chunks averaged",
        see="Averaged chunks of drawn tokens: does the mean of modes come back?",
        group="paper",
    ),
    "paper-ibc": Method(
        recipe=Recipe(
            head=Make(IBC, negatives=256, search=Make(Resampling, candidates=1_024, rounds=3, temperature=0.0)),
            backbone=Make(MLP, width=256, depth=4, activation="relu"),
            n_obs_steps=2,
            horizon=1,
            optimiser=Make(Adam, lr=1e-3, betas=(0.95, 0.999), fused=True),
            learning_rate=Make(Constant),
            ema=None,
            steps=10_000,
            batch=64,
        ),
        idea="implicit behavioural cloning (Florence et al., 2021): an energy against 256 negatives, three rounds",
        see="An energy is searched anew at each step.",
        group="paper",
    ),
    "paper-mdn": Method(
        recipe=Recipe(
            head=Make(MDN, components=5),
            backbone=Make(MLP, width=256, depth=3, activation="relu"),
            n_obs_steps=10,
            horizon=1,
            optimiser=Make(Adam, lr=1e-4, fused=True),
            learning_rate=Make(Constant),
            ema=None,
            steps=30_000,
            batch=64,
        ),
        idea="a mixture of five Gaussians for the next action, from the last ten observations (after LSTM-GMM)",
        see="One action at a time from a long memory.",
        group="paper",
    ),
    "paper-dot": Method(
        recipe=Recipe(
            head=ABSOLUTE.replace("decay", 0.9),
            backbone=Make(Transformer, width=128, depth=8, heads=8),
            n_obs_steps=2,
            horizon=20,
            execution=Make(TemporalEnsemble, decay=0.75, filled=True),
            optimiser=Make(AdamW, lr=1e-4, weight_decay=1e-5, fused=True),
            learning_rate=Make(CosineDecay, warm=0.01),
            ema=None,
            augment=(Make(ObservationNoise, sd=0.0058),),  # 0.01 / √3, the deviation of its uniform noise
            steps=50_000,
            batch=24,
        ),
        idea="DOT (Larchenko, 2025): absolute error that fades along the chunk, chunks blended at every step",
        see="One answer for each state, blended: smooth, and how decided?",
        group="paper",
    ),
    "paper-l1": Method(
        recipe=Recipe(
            head=ABSOLUTE,
            backbone=Make(MLP, width=256, depth=3, activation="relu"),
            n_obs_steps=1,
            horizon=1,
            optimiser=Make(Adam, lr=1e-3, fused=True),
            learning_rate=Make(CosineDecay),
            ema=None,
            steps=50_000,
            batch=64,
        ),
        idea="plain behavioural cloning: absolute error, one action for one observation",
        see="The least that can be done: no memory, no plan, one answer.",
        group="paper",
    ),
}
