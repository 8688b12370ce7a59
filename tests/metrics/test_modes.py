"""Success, modes and coverage on hand-made records whose answers are known."""

import numpy as np
import pytest
import torch

from eitherway.evaluation.data import EvaluationData
from eitherway.metrics import METRICS
from eitherway.metrics.modes import shares
from eitherway.randomness import stream
from eitherway.tasks import Fork

S = torch.linspace(-1.2, 1.2, 12_001)[:-1] + 1e-4  # 1,000 in each of the twelve bins
OBS = {"state": S[:, None, None]}
READ = {m.name: m.read for m in METRICS.values()}


def evaluate(task, x, **more):
    x = torch.as_tensor(x, dtype=torch.float32).expand(len(S))
    safe = (x.abs() >= 1).numpy()
    return EvaluationData(task=task, obs=OBS, draws=x.reshape(1, -1, 1, 1), success=safe, **more)


@pytest.fixture
def truth(jumper):
    return evaluate(jumper, jumper.distribution.sample(OBS, 1, stream(0, "draws"))[0, :, 0, 0])


def test_the_distribution_is_always_safe(truth):
    assert (READ["success"](truth), READ["invalid_mass"](truth)) == (1.0, 0.0)


def test_the_distribution_covers_every_way(truth):
    assert READ["mode_coverage"](truth) == 1.0


def test_the_distribution_errs_in_the_modes_only_as_its_sample_does(truth):
    """1,000 draws a bin: the mean |error| is about 0.8 √(p (1 - p) / 1,000) ≈ 0.01."""
    assert READ["mode_error"](truth) < 0.015


def test_left_for_left_and_right_for_right_does_not_cover_both_modes(jumper):
    """One way of two in the eight inner bins at least; in two more the other mode's chance is just about 0.05."""
    seen = evaluate(jumper, torch.where(S < 0, -1.2, 1.2))
    assert READ["mode_coverage"](seen) == pytest.approx(0.625, abs=0.05)


def test_one_right_answer_everywhere_covers_half_the_modes(jumper):
    """None where only left is right, all where only right is, one of two between."""
    assert READ["mode_coverage"](evaluate(jumper, 1.2)) == pytest.approx(0.5, abs=0.05)


def test_one_right_answer_everywhere_errs_by_a_half(jumper):
    assert READ["mode_error"](evaluate(jumper, 1.2)) == pytest.approx(0.5, abs=1e-3)


def test_the_distribution_takes_unlikely_modes_as_often_as_it_should(truth):
    assert READ["minor_modes"](truth) == pytest.approx(1, abs=0.06)


@pytest.mark.parametrize(("taken", "times"), [("never", 0.0), ("rightly", 1.0), ("always", 1 / 0.01)])
def test_a_way_of_one_in_a_hundred_counts_by_how_often_it_is_taken(taken, times):
    task = Fork(dimensions=1, rarity=0.01)
    s = torch.linspace(-1, 1, 1_000)
    lane = {"never": torch.zeros(1_000), "rightly": torch.arange(1_000) % 100 == 0, "always": torch.ones(1_000)}[taken]
    path = task.lanes.path(lane.long()[:, None], torch.zeros(1_000, 1, 8).double(), s[:, None])
    draws = path.transpose(1, 2)[None].float()
    seen = EvaluationData(task=task, obs={"state": s[:, None, None]}, draws=draws, success=np.ones(1_000, bool))
    assert READ["minor_modes"](seen) == pytest.approx(times)


def test_one_right_answer_everywhere_is_always_safe(jumper):
    assert READ["success"](evaluate(jumper, 1.2)) == 1.0


def test_the_obstacle_is_no_way_at_all(jumper):
    seen = evaluate(jumper, 0.0)
    assert [READ[m](seen) for m in ("success", "invalid_mass", "mode_coverage")] == [0.0, 1.0, 0.0]


def test_a_landing_in_the_obstacle_goes_neither_left_nor_right(jumper):
    """Both shares are missing: half of p and half of 1 - p."""
    assert READ["mode_error"](evaluate(jumper, 0.0)) == pytest.approx(0.5)


def test_of_two_modes_that_all_draws_go_the_error_is_that_of_either(truth):
    taken, right = shares(truth)
    assert READ["mode_error"](truth) == pytest.approx(float((taken - right)[:, 1].abs().mean()))


def test_shares_of_many_modes_are_held_against_the_distributions():
    """Always the lowest of three lanes: the error is the distribution's chance of the other two."""
    task, s = Fork(dimensions=1, steps=2, modes=3), torch.linspace(-1, 1, 801)[:-1]
    obs = {"state": s[:, None, None]}
    draws = task.lanes.centres(s)[:, 0, :, None].float()[None]
    seen = EvaluationData(task=task, obs=obs, draws=draws, success=np.ones(800, bool))
    assert READ["mode_error"](seen) == pytest.approx(
        float(task.distribution.mode_probabilities(obs)[:, 1:].sum(1).mean())
    )
    assert READ["mode_coverage"](seen) < 0.5 and READ["invalid_mass"](seen) == 0


@pytest.mark.parametrize(("share", "covered"), [(0.02, 1.0), (0.005, 0.5)])
def test_a_way_is_taken_from_a_hundredth_of_the_draws_on(jumper, share, covered):
    """Only states with both modes right, |s| < 0.8."""
    inner = S.abs() < 0.8
    x = torch.where(torch.arange(len(S)) % 1000 < share * 1000, -1.2, 1.2)[inner]
    obs = {"state": S[inner][:, None, None]}
    seen = EvaluationData(task=jumper, obs=obs, draws=x.reshape(1, -1, 1, 1), success=np.ones(len(x), bool))
    assert READ["mode_coverage"](seen) == covered


def test_success_is_what_the_environment_said(jumper):
    seen = EvaluationData(
        task=jumper, obs=OBS, draws=torch.zeros(1, len(S), 1, 1), success=np.arange(len(S)) < len(S) // 4
    )
    assert READ["success"](seen) == 0.25
