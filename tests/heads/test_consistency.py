"""Consistency: what lies on one path has one end."""

import math

import pytest
import torch
from torch.testing import assert_close

from eitherway.heads import Consistency
from eitherway.shape import Shape
from exact import even_noise, net
from gaussian_flow import SD, context, normal

SHAPE = Shape(1, 1, 1, 1)
LEAST, MOST = 0.002, 80.0


def head(function=None, spread=1.0, **options):
    """With f itself in the network's place: what the scalings do is undone."""

    def inside(shown, told):
        sigma = (4 * told).exp()[:, None, None]
        size = (sigma**2 + spread**2).sqrt()
        x = shown * size
        skip = spread**2 / ((sigma - LEAST) ** 2 + spread**2)
        return (function(x, sigma) - skip * x) * size / (spread * (sigma - LEAST))

    options = {"least": LEAST, "most": MOST, "spread": spread, **options}
    return Consistency(SHAPE, net(inside if function else lambda x, told: x.sin()), **options)


def of_a_point(x, sigma):
    """The end of the path through x if the only action is 0.3."""
    return 0.3 + (x - 0.3) * LEAST / sigma


def of_a_gaussian(x, sigma):
    """The end of the path through x if actions are N(0, SD²): widths are scaled."""
    return x * torch.sqrt((SD**2 + LEAST**2) / (SD**2 + sigma**2))


def test_at_the_least_noise_the_answer_is_the_question_whatever_the_network():
    x = normal(6)
    assert_close(head().end(context(), x, torch.full((6,), LEAST, dtype=torch.float64)), x, rtol=1e-12, atol=1e-12)


def test_on_a_one_point_distribution_the_exact_function_has_no_loss(generator):
    a = torch.full((200, 1, 1), 0.3, dtype=torch.float64)
    loss = head(of_a_point, huber=1.0, counts=(40,)).loss(a, context(200), generator)
    assert_close(loss, torch.zeros(200).double(), atol=1e-12, rtol=0)


def test_one_evaluation_lands_on_a_one_point_distribution_up_to_the_least_noise():
    drawn = head(of_a_point, again=()).sample(context(4), 50, torch.Generator().manual_seed(1))
    assert_close(drawn, torch.full_like(drawn, 0.3), atol=5 * LEAST, rtol=0)


def test_the_exact_function_takes_noise_to_the_distribution_with_one_evaluation_or_several():
    """Of a Gaussian: at every level the ends are N(0, SD² + least²), and noise again from there keeps it so."""
    x = MOST * even_noise(2_000)
    ends = head(of_a_gaussian).end(context(2_000), x, torch.full((2_000,), MOST, dtype=torch.float64))
    assert float(ends.std(correction=0)) == pytest.approx(SD, rel=2e-3)
    for again in ((), (0.8,), (0.8, 0.2)):
        drawn = head(of_a_gaussian, again=again).sample(context(1), 20_000, torch.Generator().manual_seed(1))
        assert float(drawn.std()) == pytest.approx(SD, rel=0.02)  # four standard errors


def test_disagreement_of_the_exact_function_fades_with_the_levels_distance():
    """Neighbours lie on the same path in the mean only, so the loss ends where the levels are infinitely fine."""
    a = SD * normal(4_000)
    gaps = [
        float(head(of_a_gaussian, huber=100.0).agreement(n, a, context(4_000), torch.Generator().manual_seed(1)).mean())
        for n in (10, 40, 160)
    ]
    assert gaps[0] > 2 * gaps[1] > 4 * gaps[2]


def test_levels_are_karras_levels():
    """σ_i = (least^(1/7) + i/N (most^(1/7) - least^(1/7)))^7."""
    i = torch.arange(19, dtype=torch.float64)
    published = (LEAST ** (1 / 7) + i / 18 * (MOST ** (1 / 7) - LEAST ** (1 / 7))) ** 7
    assert_close(head().levels(18), published)


def test_levels_are_drawn_as_published():
    """P(i) ∝ erf((log σ_{i+1} - mean) / (√2 sd)) - erf((log σ_i - mean) / (√2 sd)), within four standard errors."""
    made, rows = head(mean=-1.1, sd=2.0), 40_000
    levels = made.levels(10)
    drawn = made.draw(levels, normal(rows), torch.Generator().manual_seed(1))
    p = torch.erf((levels.log() + 1.1) / (math.sqrt(2) * 2)).diff()
    p = p / p.sum()
    assert bool(((drawn.bincount(minlength=10) / rows - p).abs() < 4 * (p / rows).sqrt()).all())


def test_the_loss_is_the_published_one_from_the_same_noise_and_levels(generator):
    """Improved consistency training: pseudo-Huber with 0.00054 √numbers, weights 1 / (σ_{i+1} - σ_i)."""
    shape, rows = Shape(2, 3, 1, 1), 30
    made = Consistency(
        shape, net(lambda x, told: (x + told[:, None, None]).sin()), huber=0.00054, least=LEAST, most=MOST
    )
    a, c = normal(rows, numbers=(2, 3)), context(rows)
    loss = made.agreement(18, a, c, generator)
    again = torch.Generator().manual_seed(0)
    z = torch.randn(rows, 2, 3, dtype=torch.float64, generator=again)
    i = made.draw(made.levels(18), a, again)

    def model(x, sigma):
        s = sigma[:, None, None]
        skip, out = 1 / ((s - LEAST) ** 2 + 1), (s - LEAST) / (1 + s**2).sqrt()
        return skip * x + out * (x / (s**2 + 1).sqrt() + sigma.log()[:, None, None] / 4).sin()

    low, high = made.levels(18)[i], made.levels(18)[i + 1]
    ends = [model(a + sigma[:, None, None] * z, sigma) for sigma in (high, low)]
    h = 0.00054 * math.sqrt(6)
    distance = ((ends[0] - ends[1]).square().sum((1, 2)) + h**2).sqrt() - h
    assert_close(loss, distance / (high - low))


def test_only_the_noisier_end_is_taught(generator):
    asked = []

    class Spy(torch.nn.Module):
        def forward(self, c, x, t):
            asked.append(torch.is_grad_enabled())
            return x.sin()

    made = Consistency(SHAPE, lambda shape, *, d_in, d_out, times: Spy())
    made.loss(normal(6), context(), generator)
    assert asked == [False, True]


def test_each_stage_is_finer_and_the_last_is_the_loss():
    made, a = head(counts=(5, 20)), normal(6)
    coarse, fine = (loss(a, context(), torch.Generator().manual_seed(1)) for loss in made.stages())
    assert_close(fine, made.loss(a, context(), torch.Generator().manual_seed(1)))
    assert not torch.allclose(coarse, fine)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"counts": ()}, "counts must be one or more whole numbers from 1 on"),
        ({"least": 100.0}, "least must lie between 0 and most"),
        ({"again": (100.0,)}, "again must lie between least and most"),
        ({"huber": 0.0}, "must be above 0"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        head(**options)
