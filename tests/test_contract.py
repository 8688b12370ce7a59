"""What every head promises, on every backbone, at several shapes; and what every backbone promises to heads."""

import functools

import pytest
import torch
from torch.testing import assert_close

from eitherway.heads import IBC, Density, Regression, contract
from eitherway.heads.contract import ROWS, SHAPES, check_head, contexts, fitted, unfitted
from eitherway.make import Make
from eitherway.training.recipe import Recipe, build
from eitherway.training.train import train
from listed import HEADS, NETS, PLAIN, VARIANTS

# Every head at every shape; what its other options change does not depend on the shape, so they come at one. Nor does
# it depend on the net: those after the first meet every head at the smallest shape and at one larger in all axes.
CASES = [(head, shape) for head in HEADS for shape in (SHAPES if head in PLAIN else SHAPES[1:2])]
PAIRS = [(head, NETS[0], shape) for head, shape in CASES]
PAIRS += [(head, net, shape) for head in PLAIN for net in NETS[1:] for shape in SHAPES[:2]]

heads = pytest.mark.parametrize(("head", "shape"), CASES, ids=repr)
pairs = pytest.mark.parametrize(("head", "net", "shape"), PAIRS, ids=repr)
backbones = pytest.mark.parametrize("net", NETS + VARIANTS, ids=repr)
shapes = pytest.mark.parametrize("shape", SHAPES, ids=lambda s: f"H{s.horizon}D{s.action}N{s.tokens}E{s.embed}")

made = functools.cache(fitted)  # whoever changes the head makes one of his own with `fitted`


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def blind(built):
    """The parameters that a loss cannot depend on: IBC's is blind to what is added to all energies alike."""
    return {f"net.{[name for name, _ in built.net.named_parameters()][-1]}"} if isinstance(built, IBC) else set()


@pairs
def test_the_loss_is_one_finite_number_for_each_example(head, net, shape):
    contract.check_loss(made(head, net, shape))


@pairs
def test_every_trainable_parameter_gets_a_gradient(head, net, shape):
    built = made(head, net, shape)
    contract.check_gradients(built, without=blind(built))


@pairs
def test_draws_are_finite_chunks_for_each_context(head, net, shape):
    contract.check_draws(made(head, net, shape))


@pairs
def test_the_same_generator_gives_the_same_draws(head, net, shape):
    contract.check_generator(made(head, net, shape))


@pairs
def test_no_row_moves_the_loss_of_another(head, net, shape):
    contract.check_rows_of_loss(made(head, net, shape))


@pairs
def test_no_row_moves_the_draws_of_another(head, net, shape):
    contract.check_rows_of_draws(made(head, net, shape))


@pairs
def test_a_saved_state_gives_the_same_draws(head, net, shape):
    contract.check_saving(made(head, net, shape), unfitted(head, net, shape, seed=9))


@heads
def test_to_fit_twice_is_to_fit_once(head, shape):
    contract.check_fit(made(head, NETS[0], shape), fitted(head, NETS[0], shape))


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
    contract.check_density(made(head, net, shape))


class Batched(Regression):
    """A head whose rows see each other."""

    def loss(self, a, c, generator):
        each = super().loss(a, c, generator)
        return each + each.mean()


class Unseeded(Regression):
    """A head that draws from PyTorch's global generator."""

    def sample(self, c, n, generator):
        drawn = super().sample(c, n, generator)
        return drawn + torch.randn_like(drawn)


class Forgetful(Regression):
    """A head that keeps what it has fitted in no buffer."""

    mean = 0.0

    def fit(self, a, generator):
        self.mean = a.mean(0)

    def sample(self, c, n, generator):
        return super().sample(c, n, generator) + self.mean


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (Batched, "moves the loss of another"),
        (Unseeded, "the same generator must give the same draws"),
        (Forgetful, "a saved state must give the same draws"),
    ],
)
def test_a_head_that_breaks_the_contract_is_told_how(head, says):
    with pytest.raises(AssertionError, match=says):
        check_head(Make(head))


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
    one_step, two_steps = (built(c, x + k * h * v, t + k * h) - built(c, x - k * h * v, t - k * h) for k in (1, 2))
    assert_close(slope, (8 * one_step - two_steps) / (12 * h), atol=1e-6, rtol=1e-6)  # of fourth order
