"""What every head promises, on every backbone, at several shapes; and what every backbone promises to heads."""

import functools

import pytest
import torch
from torch.testing import assert_close

from eitherway.heads import IBC, Density
from eitherway.shape import Shape
from eitherway.training.recipe import Recipe, build
from eitherway.training.train import train
from listed import HEADS, NETS, PLAIN, VARIANTS

SHAPES = [Shape(1, 1, 1, 1), Shape(4, 2, 3, 5), Shape(2, 3, 1, 4)]
ROWS = 6

# Every head at every shape; what its other options change does not depend on the shape, so they come at one. Nor does
# it depend on the net: those after the first meet every head at the smallest shape and at one larger in all axes.
CASES = [(head, shape) for head in HEADS for shape in (SHAPES if head in PLAIN else SHAPES[1:2])]
PAIRS = [(head, NETS[0], shape) for head, shape in CASES]
PAIRS += [(head, net, shape) for head in PLAIN for net in NETS[1:] for shape in SHAPES[:2]]

heads = pytest.mark.parametrize(("head", "shape"), CASES, ids=repr)
pairs = pytest.mark.parametrize(("head", "net", "shape"), PAIRS, ids=repr)
backbones = pytest.mark.parametrize("net", NETS + VARIANTS, ids=repr)
shapes = pytest.mark.parametrize("shape", SHAPES, ids=lambda s: f"H{s.horizon}D{s.action}N{s.tokens}E{s.embed}")


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def chunks(shape, rows=ROWS, seed=1):
    """Actions in [-1, 1], both sides of 0 among them."""
    return 2 * torch.rand(rows, shape.horizon, shape.action, generator=seeded(seed), dtype=torch.float64) - 1


def contexts(shape, rows=ROWS, seed=2):
    return torch.randn(rows, shape.tokens, shape.embed, generator=seeded(seed), dtype=torch.float64)


@functools.cache
def made(head, net, shape):
    """A fitted, untrained head in float64; whoever changes it makes one of his own with `fresh`."""
    return fresh(head, net, shape)


def fresh(head, net, shape, seed=0):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        built = head(shape, net).double()
    built.fit(chunks(shape, 100, seed=3), seeded(4))
    return built.eval()


def blind(built):
    """The parameters that a loss cannot depend on: IBC's is blind to what is added to all energies alike."""
    return {f"net.{[name for name, _ in built.net.named_parameters()][-1]}"} if isinstance(built, IBC) else set()


@pairs
def test_the_loss_is_one_finite_number_for_each_example(head, net, shape):
    loss = made(head, net, shape).loss(chunks(shape), contexts(shape), seeded(5))
    assert loss.shape == (ROWS,) and bool(loss.isfinite().all())


@pairs
def test_every_trainable_parameter_gets_a_gradient(head, net, shape):
    built = made(head, net, shape)
    built.loss(chunks(shape, 50), contexts(shape, 50), seeded(5)).mean().backward()
    without = {name for name, p in built.named_parameters() if p.requires_grad and (p.grad is None or not p.grad.any())}
    assert without <= blind(built)


@pairs
def test_draws_are_finite_chunks_for_each_context(head, net, shape):
    drawn = made(head, net, shape).sample(contexts(shape), 3, seeded(5))
    assert drawn.shape == (3, ROWS, shape.horizon, shape.action) and bool(drawn.isfinite().all())


@pairs
def test_the_same_generator_gives_the_same_draws(head, net, shape):
    built = made(head, net, shape)
    first, second = (built.sample(contexts(shape), 3, seeded(5)) for _ in range(2))
    assert torch.equal(first, second)


@pairs
def test_no_row_moves_the_loss_of_another(head, net, shape):
    built, a, c = made(head, net, shape), chunks(shape), contexts(shape)
    before = built.loss(a, c, seeded(5))
    a[2], c[2] = chunks(shape, seed=7)[0], contexts(shape, seed=8)[0]
    after = built.loss(a, c, seeded(5))
    assert_close(after[[0, 1, 3, 4, 5]], before[[0, 1, 3, 4, 5]], rtol=1e-12, atol=1e-12)


@pairs
def test_no_row_moves_the_draws_of_another(head, net, shape):
    built, c = made(head, net, shape), contexts(shape)
    before = built.sample(c, 2, seeded(5))
    c[2] = contexts(shape, seed=8)[0]
    after = built.sample(c, 2, seeded(5))
    assert_close(after[:, [0, 1, 3, 4, 5]], before[:, [0, 1, 3, 4, 5]], rtol=1e-12, atol=1e-12)


@pairs
def test_a_saved_state_gives_the_same_draws(head, net, shape):
    built = made(head, net, shape)
    with torch.random.fork_rng():
        torch.manual_seed(9)
        other = head(shape, net).double().eval()
    other.load_state_dict(built.state_dict())
    c = contexts(shape)
    assert torch.equal(other.sample(c, 2, seeded(5)), built.sample(c, 2, seeded(5)))


@heads
def test_to_fit_twice_is_to_fit_once(head, shape):
    once, twice = made(head, NETS[0], shape), fresh(head, NETS[0], shape)
    twice.fit(chunks(shape, 100, seed=3), seeded(4))
    assert_close(twice.state_dict(), once.state_dict(), rtol=0, atol=0)


# By differential equation a density is slow: every head at every shape, its other options at the smallest.
DENSITIES = [
    (head, net, shape)
    for head in HEADS
    if issubclass(head.cls, Density)
    for net in (NETS if head in PLAIN else NETS[:1])
    for shape in (SHAPES if head in PLAIN and net is NETS[0] else SHAPES[:1])
]


@pytest.mark.parametrize(("head", "net", "shape"), DENSITIES, ids=repr)
def test_a_density_is_one_finite_number_for_each_chunk(head, net, shape, monkeypatch):
    monkeypatch.setattr("eitherway.paths.likelihood.MOST", 100)  # untrained fields are rough
    density = made(head, net, shape).log_prob(chunks(shape, 3), contexts(shape, 3))
    assert density.shape == (3,) and bool(density.isfinite().all())


@pytest.mark.learn
@pytest.mark.parametrize("head", PLAIN, ids=repr)
def test_training_on_the_jumper_lowers_the_loss(head, jumper, demos):
    recipe = Recipe(head=head, steps=200, batch=250)
    reports = list(train(build(recipe, jumper, seed=0), demos, recipe, seed=0))
    losses = torch.cat([r.losses for r in reports if r.stage == reports[-1].stage])
    assert float(losses[-50:].mean()) < 0.97 * float(losses[:10].mean())


@backbones
@shapes
@pytest.mark.parametrize(("d_in", "times"), [(0, 0), (0, 1), (2, 0), (2, 1), (2, 2)])
def test_a_backbone_answers_with_chunks_whatever_it_is_shown(net, shape, d_in, times):
    built = net(shape, d_in=d_in, d_out=3, times=times).double()
    x = torch.ones(ROWS, shape.horizon, d_in, dtype=torch.float64) if d_in else None
    y = built(contexts(shape), x, *torch.rand(times, ROWS, generator=seeded(1), dtype=torch.float64))
    assert y.shape == (ROWS, shape.horizon, 3)


@backbones
@shapes
def test_a_backbone_has_forward_mode_derivatives(net, shape):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        built, c = net(shape, d_in=2, d_out=2, times=1).double(), contexts(shape)
    x, v = torch.randn(2, ROWS, shape.horizon, 2, generator=seeded(1), dtype=torch.float64)
    t, one, h = torch.full((ROWS,), 0.4, dtype=torch.float64), torch.ones(ROWS, dtype=torch.float64), 1e-6
    _, slope = torch.func.jvp(lambda x, t: built(c, x, t), (x, t), (v, one))
    difference = (built(c, x + h * v, t + h) - built(c, x - h * v, t - h)) / (2 * h)
    assert_close(slope, difference, atol=1e-6, rtol=1e-6)
