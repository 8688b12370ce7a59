"""The contract of all heads as checks for tests: each raises AssertionError where a head breaks its promise.

The loss is one finite number for each example, and rows do not see each other; every parameter gets a gradient; the
same generator gives the same draws; `fit` depends on data and generator alone; a saved head draws as before.

>>> from eitherway.heads import Regression
>>> check_head(Make(Regression))
"""

from collections.abc import Collection, Sequence

import torch
from torch import Generator, Tensor
from torch.testing import assert_close

from eitherway.backbones import MLP
from eitherway.backbones.base import Net
from eitherway.heads.base import Density, Head
from eitherway.make import Make
from eitherway.randomness import GlobalStream, stream
from eitherway.shape import Chunk, Context, Shape

SHAPES = (Shape(1, 1, 1, 1), Shape(4, 2, 3, 5), Shape(2, 3, 1, 4))
ROWS = 6
SMALL = Make(MLP, width=8)


def check_head(head: Make[Head], net: Net = SMALL, *, shapes: Sequence[Shape] = SHAPES) -> None:
    """Raises AssertionError where a head does not keep the contract; it is fitted and untrained, in float64."""
    for shape in shapes:
        built = fitted(head, net, shape)
        check_loss(built)
        check_gradients(built)
        check_draws(built)
        check_generator(built)
        check_rows_of_loss(built)
        check_rows_of_draws(built)
        check_saving(built, unfitted(head, net, shape, seed=1))
        check_fit(built, fitted(head, net, shape))
        if isinstance(built, Density):
            check_density(built)


def unfitted(head: Make[Head], net: Net, shape: Shape, *, seed: int = 0) -> Head:
    """An untrained head in float64, not even fitted; `seed` decides its first weights."""
    with GlobalStream(seed, "weights").borrowed():
        return head(shape, net).double().eval()


def fitted(head: Make[Head], net: Net, shape: Shape) -> Head:
    """An untrained head in float64, fitted to a hundred chunks."""
    built = unfitted(head, net, shape)
    built.fit(chunks(shape, 100, seed=3), noise())
    return built


def noise() -> Generator:
    """The generator that every check starts from anew."""
    return stream(0, "contract")


def chunks(shape: Shape, rows: int = ROWS, *, seed: int = 1) -> Chunk:
    """Actions in [-1, 1], both sides of 0 among them."""
    uniform = torch.rand(rows, shape.horizon, shape.action, generator=stream(seed, "chunks"), dtype=torch.float64)
    return 2 * uniform - 1


def contexts(shape: Shape, rows: int = ROWS, *, seed: int = 2) -> Context:
    """Contexts of normal numbers."""
    return torch.randn(rows, shape.tokens, shape.embed, generator=stream(seed, "contexts"), dtype=torch.float64)


def check_loss(head: Head) -> None:
    """The loss is one finite number for each example."""
    one_a_row("the loss", head.loss(chunks(head.shape), contexts(head.shape), noise()), ROWS)


def check_density(head: Density) -> None:
    """The log-density is one finite number for each chunk."""
    one_a_row("the log-density", head.log_prob(chunks(head.shape, 3), contexts(head.shape, 3)), 3)


def check_gradients(head: Head, *, without: Collection[str] = ()) -> None:
    """Every trainable parameter gets a gradient, but for those named that the loss cannot depend on."""
    head.zero_grad()
    head.loss(chunks(head.shape, 50), contexts(head.shape, 50), noise()).mean().backward()
    none = {name for name, p in head.named_parameters() if p.requires_grad and (p.grad is None or not p.grad.any())}
    demand(none <= {*without}, f"no gradient reaches {', '.join(sorted(none - {*without}))}")


def check_draws(head: Head) -> None:
    """Draws are finite chunks for each context, the draw axis outermost."""
    drawn, shape = head.sample(contexts(head.shape), 3, noise()), head.shape
    due = (3, ROWS, shape.horizon, shape.action)
    demand(drawn.shape == due, f"draws must have the shape {due}, got {tuple(drawn.shape)}")
    demand(bool(drawn.isfinite().all()), "draws must be finite")


def check_generator(head: Head) -> None:
    """The same generator gives the same draws."""
    first, second = (head.sample(contexts(head.shape), 3, noise()) for _ in range(2))
    demand(torch.equal(first, second), "the same generator must give the same draws")


def check_rows_of_loss(head: Head) -> None:
    """No row moves the loss of another."""
    a, c = chunks(head.shape), contexts(head.shape)
    before = head.loss(a, c, noise())
    after = head.loss(changed(a, chunks(head.shape, seed=7)), changed(c, contexts(head.shape, seed=8)), noise())
    alike("a row of the batch moves the loss of another", others(after), others(before), 1e-12)


def check_rows_of_draws(head: Head) -> None:
    """No row moves the draws of another."""
    c = contexts(head.shape)
    before = head.sample(c, 2, noise()).transpose(0, 1)
    after = head.sample(changed(c, contexts(head.shape, seed=8)), 2, noise()).transpose(0, 1)
    alike("a row of the batch moves the draws of another", others(after), others(before), 1e-12)


def check_saving(head: Head, other: Head) -> None:
    """A saved state, loaded into another head that was never fitted, gives the same draws."""
    other.load_state_dict(head.state_dict())
    c = contexts(head.shape)
    same = torch.equal(other.sample(c, 2, noise()), head.sample(c, 2, noise()))
    demand(same, "a saved state must give the same draws: what `fit` finds belongs in buffers")


def check_fit(once: Head, twice: Head) -> None:
    """To fit twice is to fit once."""
    twice.fit(chunks(once.shape, 100, seed=3), noise())
    for name, value in once.state_dict().items():
        alike(f"fitting again must change nothing, and changes {name}", twice.state_dict()[name], value, 0)


def changed(x: Tensor, by: Tensor) -> Tensor:
    """A copy with another third row."""
    return torch.cat([x[:2], by[2:3], x[3:]])


def others(x: Tensor) -> Tensor:
    """All rows but the third."""
    return torch.cat([x[:2], x[3:]])


def one_a_row(what: str, x: Tensor, rows: int) -> None:
    """Raises AssertionError where `x` is not one finite number for each of the rows."""
    demand(x.shape == (rows,), f"{what} must be one number for each of {rows} examples, got the shape {tuple(x.shape)}")
    demand(bool(x.isfinite().all()), f"{what} must be finite, got {x.tolist()}")


def alike(what: str, x: Tensor, y: Tensor, tolerance: float) -> None:
    """Raises AssertionError where two tensors differ."""
    assert_close(x, y, rtol=tolerance, atol=tolerance, msg=lambda found: f"{what}: {found}")


def demand(true: bool, what: str) -> None:
    """Raises AssertionError where something is not true."""
    if not true:
        raise AssertionError(what)
