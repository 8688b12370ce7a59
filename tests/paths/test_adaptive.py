"""Adaptive steps: as exact as asked for, the steps of torchdiffeq, and no row minds the others."""

import pytest
import torch
from torch.testing import assert_close
from torchdiffeq import odeint

from eitherway.paths import Adaptive, Cosine, LinearPath
from eitherway.paths.samplers.runge_kutta import velocity
from exact import Gaussians, even_noise, last

MIXTURE = Gaussians([0.3, 0.7], [[[-0.6]], [[0.5]]], [0.15, 0.2])
SMOOTH = Gaussians([1.0], [[[0.4]]], [0.6])
ENDS = torch.tensor([1.0, 0.0], dtype=torch.float64)

paths = pytest.mark.parametrize("path", [LinearPath(), Cosine()], ids=lambda p: type(p).__name__)


def walked(distribution, path, eps, **options):
    return last(Adaptive(**options)(distribution.denoiser(path), eps, path, torch.Generator()))


def dopri5(distribution, path, eps, rtol, first):
    """Torchdiffeq's, landing on the end instead of stepping over it."""
    field = velocity(distribution.denoiser(path), path)
    options = {"first_step": torch.tensor(first).double(), "step_t": ENDS[1:]}
    return odeint(
        lambda t, x: field(x, t.expand(len(x))), eps, ENDS, rtol=rtol, atol=rtol, method="dopri5", options=options
    )[-1]


@paths
def test_the_error_falls_with_the_tolerance(path):
    """By what is allowed in one step, the errors of some dozen steps add up."""
    truth = 0.4 + 0.6 * even_noise(99)  # what the exact flow makes of the noise, for one Gaussian
    for allowed in (1e-2, 1e-5, 1e-8):
        ends = walked(SMOOTH, path, even_noise(99), rtol=allowed, atol=allowed)
        assert float((ends - truth).abs().mean()) < 10 * allowed


@paths
@pytest.mark.parametrize("rtol", [1e-2, 1e-4, 1e-7])
def test_each_row_alone_is_torchdiffeqs_dopri5_from_the_same_noise(path, rtol):
    eps = even_noise(9)
    published = torch.cat([dopri5(MIXTURE, path, row[None], rtol, first=0.05) for row in eps])
    mine = walked(MIXTURE, path, eps, rtol=rtol, atol=rtol, first=0.05)
    assert_close(mine, published, atol=1e-8, rtol=0)  # rounding in a step's length


def test_no_row_minds_the_others_where_torchdiffeqs_do():
    eps = even_noise(9)
    alone = walked(MIXTURE, LinearPath(), eps[:1])
    together = walked(MIXTURE, LinearPath(), eps)[:1]
    assert_close(together, alone, atol=1e-12, rtol=0)
    theirs = [dopri5(MIXTURE, LinearPath(), rows, 1e-3, first=0.1)[:1] for rows in (eps[:1], eps)]
    assert float((theirs[0] - theirs[1]).abs().max()) > 1e-6


def evaluations(sampler):
    exact, calls = MIXTURE.denoiser(LinearPath()), []
    last(sampler(lambda x, t: (calls.append(t), exact(x, t))[1], even_noise(5), LinearPath(), torch.Generator()))
    return len(calls)


def test_a_looser_tolerance_needs_fewer_evaluations():
    counts = []
    for rtol in (1e-2, 1e-4, 1e-6):
        counts.append(evaluations(Adaptive(rtol=rtol, atol=rtol)))
    assert counts[0] < counts[1] < counts[2]


def test_stops_are_landed_on_and_change_nothing_but_the_tolerance_allows():
    eps, denoise = even_noise(9), SMOOTH.denoiser(LinearPath())
    shown = list(Adaptive(steps=4, rtol=1e-6, atol=1e-6)(denoise, eps, LinearPath(), torch.Generator()))
    assert len(shown) == 5
    assert_close(shown[-1], 0.4 + 0.6 * eps, atol=1e-5, rtol=0)
    halfway = 0.5 * 0.4 + (0.25 * 0.36 + 0.25) ** 0.5 * eps  # x_t at t = 1/2 is normal, and the flow keeps ranks
    assert_close(shown[2], halfway, atol=1e-5, rtol=0)


def test_it_gives_up_with_a_word():
    with pytest.raises(ArithmeticError, match="no way to t = 0 within the tolerance in 2 steps"):
        walked(MIXTURE, LinearPath(), even_noise(5), rtol=1e-9, atol=1e-9, attempts=2)


@pytest.mark.parametrize(("options", "word"), [({"rtol": 0.0}, "above 0"), ({"attempts": 0}, "attempts must be")])
def test_an_impossible_option_is_refused(options, word):
    with pytest.raises(ValueError, match=word):
        Adaptive(**options)
