"""Student-t head: it keeps the contract of all heads, and its density and draws are Student's."""

import torch
from scipy.stats import kstest, t

from eitherway.backbones import MLP
from eitherway.heads.contract import check_head
from eitherway.make import Make
from eitherway.shape import Shape
from stranger.head import StudentT

CONTEXT = torch.full((1, 1, 1), 0.4, dtype=torch.float64)


def untrained():
    """A head with random weights, and the distribution that it has at the context."""
    head = StudentT(Shape(horizon=1, action=1, tokens=1, embed=1), Make(MLP, width=8)).double().requires_grad_(False)
    m, b = head.parts(CONTEXT)
    return head, t(head.freedom, float(m), float(b))


def test_it_keeps_the_contract_of_all_heads():
    check_head(Make(StudentT))


def test_its_density_is_the_published_one():
    head, student = untrained()
    a = torch.linspace(-9, 9, 37, dtype=torch.float64)
    log_prob = head.log_prob(a[:, None, None], CONTEXT.expand(37, -1, -1))
    torch.testing.assert_close(log_prob, torch.as_tensor(student.logpdf(a.numpy())))


def test_its_draws_follow_the_distribution():
    head, student = untrained()
    draws = head.sample(CONTEXT, 20_000, torch.Generator().manual_seed(1)).flatten().numpy()
    assert kstest(draws, student.cdf).pvalue > 1e-3
