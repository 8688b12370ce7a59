"""Distillation: the student's one evaluation is the teacher's many, from the same noise."""

import pytest
import torch
from torch.testing import assert_close

from eitherway.backbones import MLP
from eitherway.data import Standard
from eitherway.evaluation.evaluate import count_evaluations
from eitherway.heads import Distilled, Flow, Quantile, Squared
from eitherway.make import Make
from eitherway.paths import DDIM, Uniform, UniformLogSNR
from eitherway.shape import Shape
from eitherway.training.recipe import Recipe, build
from eitherway.training.train import train
from exact import Field
from gaussian_flow import SD, context, normal, velocity

SHAPE = Shape(1, 1, 1, 1)
TEACHER = Make(Flow, times=Make(Uniform), sampler=Make(DDIM, steps=10))
TIMES = torch.linspace(1, 0.1, 10, dtype=torch.float64)
FACTOR = (1 - 0.1 * velocity(torch.ones(10, 1, 1).double(), TIMES)).prod()  # of Euler's steps: they are linear in x


def exact(factor):
    """The Gaussian's velocity for the teacher, which is told a time, and x · factor for the student."""

    def net(shape, *, d_in, d_out, times):
        return Field(velocity if times else lambda x: factor * x)

    return net


def distilled(factor, **options):
    return Distilled(SHAPE, exact(factor), teacher=TEACHER, **options)


def test_a_student_that_knows_the_teachers_map_has_no_loss(generator):
    loss = distilled(FACTOR).loss(normal(20), context(20), generator)
    assert_close(loss, torch.zeros(20).double(), atol=1e-20, rtol=0)


def test_it_then_draws_what_the_teacher_draws_from_the_same_noise():
    head = distilled(FACTOR)
    one, many = (h.sample(context(), 5, torch.Generator().manual_seed(1)) for h in (head, head.teacher))
    assert_close(one, many)


def test_the_error_is_against_the_teachers_draw_not_the_demonstration(generator):
    """With squared errors: E (θ ε - m ε)² = (θ - m)² E ε²."""
    again = torch.randn(20, 1, 1, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    loss = distilled(0.0, penalty=Make(Squared)).loss(100 + normal(20), context(20), generator)
    assert_close(loss, (FACTOR * again).square().flatten())


def test_a_decision_is_one_evaluation(jumper):
    recipe = Recipe(head=Make(Distilled, teacher=TEACHER), normaliser=Make(Standard))
    assert count_evaluations(build(recipe, jumper, seed=0), {"state": torch.zeros(1, 1, 1)}) == 1


def test_each_stage_trains_its_part_and_leaves_the_other():
    head = Distilled(SHAPE, Make(MLP)).double()
    trained = [{name.split(".")[0] for name, p in head.named_parameters() if p.requires_grad} for _ in head.stages()]
    assert trained == [{"teacher"}, {"student"}]


def test_the_teachers_stage_is_its_own_loss_averaged_over_repeats():
    head, teacher = distilled(1.0, repeats=3), TEACHER(SHAPE, exact(1.0))
    first = next(head.stages())(SD * normal(5), context(5), torch.Generator().manual_seed(1))
    many = teacher.loss((SD * normal(5)).repeat(3, 1, 1), context(15), torch.Generator().manual_seed(1))
    assert_close(first, many.view(3, 5).mean(0))


def test_a_teacher_that_adds_noise_of_its_own_is_refused(jumper):
    noisy = TEACHER.replace("sampler.eta", 1.0)
    with pytest.raises(ValueError, match="must add no noise of its own"):
        build(Recipe(head=Make(Distilled, teacher=noisy)), jumper, seed=0)


def test_an_error_is_how_far_the_target_lies_above_the_answer(generator):
    """As in a regression: the pinball at 0.9 then asks for more."""
    head = Distilled(SHAPE, exact(1.0), teacher=TEACHER, penalty=Make(Quantile, level=0.9))
    c, eps = context(5), normal(5)
    above, below = (head.miss(c, eps, head.student(c, eps) + d, generator) for d in (1, -1))
    assert_close(above, 9 * below)


@pytest.mark.learn
def test_a_trained_student_is_near_its_teacher_from_the_same_noise(jumper, demos):
    teacher = Make(Flow, sampler=Make(DDIM, steps=2, grid=Make(UniformLogSNR)))
    recipe = Recipe(head=Make(Distilled, teacher=teacher), normaliser=Make(Standard), steps=100, batch=250)
    policy = build(recipe, jumper, seed=0)
    *_, _ = train(policy, demos, recipe, seed=0)
    c = torch.linspace(-1, 1, 500)[:, None, None]
    with torch.no_grad():
        one, many = (h.sample(c, 4, torch.Generator().manual_seed(1)) for h in (policy.head, policy.head.teacher))
    assert float((one - many).abs().median()) < 0.25 * float(many.abs().median())
