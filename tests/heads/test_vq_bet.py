"""VQ-BeT: the alphabet is learnt first and then left alone; its words mean whole chunks."""

import pytest
import torch
from torch.nn.functional import one_hot
from torch.testing import assert_close

from eitherway.backbones import MLP
from eitherway.codebooks import ResidualVQ
from eitherway.heads import Categorical
from eitherway.make import Make
from eitherway.shape import Shape
from eitherway.training.recipe import Recipe, build
from eitherway.training.train import train

SHAPE = Shape(4, 2, 1, 1)
BOOK = Make(ResidualVQ, size=6, latent=4, net=Make(MLP, width=16))
VQ = Make(Categorical, codebook=BOOK, focus=2.0, secondary=0.1, memory=1, offset=10.0)
RECIPE = Recipe(head=VQ, backbone=Make(MLP, width=8), batch=100, steps=20)


def made(shape=SHAPE, **options):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        head = Categorical(shape, Make(MLP, width=8), codebook=BOOK, **options).double()
    head.fit(chunks(500), torch.Generator().manual_seed(0))
    return head


def chunks(rows, seed=1):
    return torch.randn(rows, 4, 2, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.fixture(scope="module")
def states(jumper, demos):
    """The head's state at the start of a training and after each stage."""
    return stages(jumper, demos)


def stages(jumper, demos):
    policy = build(RECIPE, jumper, seed=0)
    states = [{name: value.clone() for name, value in policy.head.state_dict().items()}]
    for report in train(policy, demos, RECIPE, seed=0):
        if report.step == RECIPE.steps:
            states.append({name: value.clone() for name, value in policy.head.state_dict().items()})
    return states


def moved(before, after):
    """Which parts changed, by the first words of their names."""
    return {name.rsplit(".", 1)[0].split(".layers")[0] for name in before if not torch.equal(before[name], after[name])}


def test_each_stage_trains_what_is_its_own(states):
    _, first, second = states
    assert moved(first, second) == {"net", "links"}


def test_codes_encoder_and_decoder_are_learnt_in_the_first_stage(states):
    start, first, _ = states
    assert moved(start, first) == {"codebook.encoder", "codebook.decoder", "codebook.quantiser"}


def test_a_seed_decides_codes_and_weights_bit_for_bit(states, jumper, demos):
    assert_close(stages(jumper, demos)[-1], states[-1], rtol=0, atol=0)


def test_a_chunk_is_its_code_and_its_offset_exactly():
    """However the missing part is divided among the tokens."""
    head, a = made(offset=1.0), chunks(30)
    k = head.codebook.encode(a)
    missing = (a - head.codebook.decode(k)).flatten(1)[:, None, None]  # B 1 1 W
    parts = torch.tensor([0.3, 0.7]).double()[:, None, None] * missing  # B G 1 W
    assert_close(head.decode(k, parts.expand(-1, -1, 6, -1)), a, atol=1e-12, rtol=0)


def test_offsets_of_letters_that_were_not_meant_get_no_gradient(generator):
    """The offset's squared error is masked: only the tokens that a chunk has are asked for it."""
    head, a = made(offset=10.0), chunks(30)
    offsets = torch.randn(30, 2, 6, 8, generator=generator, dtype=torch.float64, requires_grad=True)
    k = head.codebook.encode(a)
    (slope,) = torch.autograd.grad((a - head.decode(k, offsets)).square().sum(), offsets)
    assert torch.equal(slope.abs().sum(-1) > 0, one_hot(k, 6) > 0)


@pytest.mark.learn
def test_the_first_letter_of_a_chunk_says_its_way():
    """Half the chunks go up and half go down: no first token stands for both, and each chunk is met closely."""
    mode = torch.arange(200).double() % 2 * 2 - 1
    a = mode[:, None, None] * torch.linspace(0, 1, 4).double()[:, None] + 0.05 * chunks(200)
    book = BOOK(SHAPE).double()
    book.fit(a, torch.Generator().manual_seed(0))
    for loss in book.stages():
        learn(book, loss, a)
    letter = one_hot(book.encode(a)[:, 0], 6).double()
    assert_close((letter.T @ mode).abs(), letter.sum(0))
    assert float((book.decode(book.encode(a)) - a).detach().abs().mean()) < 0.06


def learn(book, loss, a, steps=150):
    """Adam on one batch, and the codes behind it."""
    optimiser, generator = torch.optim.Adam(book.parameters(), lr=1e-2), torch.Generator().manual_seed(0)
    for _ in range(steps):
        optimiser.zero_grad()
        loss(a, torch.zeros(len(a), 1, 1).double(), generator).mean().backward()
        optimiser.step()
        book.follow(a, generator)
