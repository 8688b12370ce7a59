"""Distances between chunks against closed forms and SciPy, and what the distribution itself scores."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import stats

from eitherway.evaluation.data import EvaluationData
from eitherway.metrics import METRICS, floors
from eitherway.metrics.chunks import energy, mean_distance, sliced
from eitherway.randomness import stream
from eitherway.tasks import Fork

READ = {m.name: m.read for m in METRICS.values()}
DISTANCES = ("energy", "sliced_w1")


@pytest.fixture(scope="module")
def fork():
    return Fork(steps=3)


@pytest.fixture(scope="module")
def probes(fork):
    return {"state": torch.from_numpy(fork.env(2_000).reset(seed=0)[0])[:, None]}


def evaluate(task, obs, draws):
    return EvaluationData(task=task, obs=obs, draws=draws, success=np.ones(len(draws[0]), bool))


@pytest.fixture(scope="module")
def truth(fork, probes):
    return evaluate(fork, probes, fork.distribution.sample(probes, 1, stream(1, "draws")))


@pytest.mark.parametrize("distance", [energy, sliced])
def test_a_sample_is_at_no_distance_from_itself_in_any_order(distance, generator):
    x = torch.randn(300, 5, generator=generator, dtype=torch.float64)
    assert distance(x, x.flip(0)) == pytest.approx(0, abs=1e-6)


def test_of_one_number_the_energy_distance_is_scipys(generator):
    x, y = torch.randn(2, 400, 1, generator=generator, dtype=torch.float64)
    y = 2 * y + 1
    assert energy(x, y) == pytest.approx(stats.energy_distance(x[:, 0].numpy(), y[:, 0].numpy()), rel=1e-6)


def test_of_one_number_the_sliced_distance_is_scipys(generator):
    x, y = torch.randn(2, 400, 1, generator=generator, dtype=torch.float64)
    assert sliced(x, y + 1) == pytest.approx(stats.wasserstein_distance(x[:, 0].numpy(), (y + 1)[:, 0].numpy()))


def test_the_energy_distance_of_two_points_is_the_root_of_twice_their_distance():
    """2 |x - y| - 0 - 0, and |x - y| = 5."""
    assert energy(torch.zeros(7, 2).double(), torch.tensor([[3.0, 4.0]]).double()) == pytest.approx(10**0.5)


def test_the_sliced_distance_of_a_shift_is_its_mean_projection():
    """In the plane E|⟨u, v⟩| = 2 |v| / π; 64 directions are near."""
    x = torch.randn(50, 2, generator=stream(0, "x"), dtype=torch.float64)
    assert sliced(x, x + torch.tensor([3.0, 4.0])) == pytest.approx(5 * 2 / torch.pi, rel=0.15)


def test_all_pairs_count_however_many_rows_are_taken_at_a_time(monkeypatch, generator):
    x, y = torch.randn(2, 250, 3, generator=generator, dtype=torch.float64)
    whole = mean_distance(x, y)
    monkeypatch.setattr("eitherway.metrics.chunks.ROWS", 37)
    assert mean_distance(x, y) == pytest.approx(whole)


def test_draws_of_the_distribution_score_what_theory_says(truth):
    """Draws at the same states: E D² = 2/n E|x - x'| in each group, all else cancels."""
    task, obs = truth.task, truth.obs
    x, y = task.distribution.sample(obs, 2, stream(2, "pairs")).flatten(2).double()
    size = len(x) / task.groups
    expected = (2 / size * (x - y).norm(dim=1).mean()) ** 0.5
    assert READ["energy"](truth) == pytest.approx(float(expected), rel=0.25)


@pytest.mark.parametrize("name", [*DISTANCES, "mode_error"])
def test_draws_of_the_distribution_score_the_floor(truth, name):
    floor = floors(truth.task, truth.obs)[name]
    assert floor.n == 20 and READ[name](truth) == pytest.approx(floor.mean, abs=4 * floor.sd)


@pytest.mark.parametrize("name", DISTANCES)
def test_draws_at_the_wrong_states_of_a_group_are_found(truth, name):
    """The same chunks, handed to other states: each group's pool of modes is nearly right, where paths begin is not."""
    moved = replace(truth, draws=truth.draws.roll(1, dims=1))
    assert READ[name](moved) > 3 * READ[name](truth)


@pytest.mark.parametrize("name", DISTANCES)
def test_the_mean_is_far_from_the_distribution(truth, name):
    mean = evaluate(truth.task, truth.obs, truth.task.distribution.mean(truth.obs)[None])
    assert READ[name](mean) > 5 * READ[name](truth)


@pytest.mark.parametrize("name", DISTANCES)
def test_a_chunk_of_fewer_steps_has_no_distance_and_one_of_more_counts_up_to_the_last(truth, name):
    longer = torch.cat([truth.draws, torch.full_like(truth.draws, 9.0)], dim=2)
    assert READ[name](replace(truth, draws=truth.draws[:, :, :2])) is None
    assert READ[name](replace(truth, draws=longer)) == READ[name](truth)


def test_distributions_of_one_number_keep_their_exact_distance(jumper):
    obs = {"state": torch.linspace(-1.2, 1.2, 240)[:, None, None]}
    assert set(floors(jumper, obs)) == {"w1", "mode_error"}


def test_ten_thousand_chunks_of_sixteen_numbers_are_compared_within_groups_alone():
    task = Fork()
    obs = {"state": torch.from_numpy(task.env(10_000).reset(seed=0)[0])[:, None]}
    pairs = sum(int((task.group(obs) == g).sum()) ** 2 for g in range(task.groups))
    assert 3 * pairs < 2.1e7  # distances to take, of the 3e8 that all pairs over all states would be
