"""The jumper's demonstrations, their noise, and how its modes and groups of states are told apart."""

import pytest
import torch
from torch.testing import assert_close

from eitherway.make import Make
from eitherway.tasks import TASKS, Jumper

NOISY = TASKS["jumper-noisy"]


def obs(s):
    return {"state": torch.as_tensor(s, dtype=torch.float32).reshape(-1, 1, 1)}


def test_a_data_seed_fixes_the_demonstrations():
    assert_close(Jumper(data_seed=3).pairs("train"), Jumper(data_seed=3).pairs("train"), rtol=0, atol=0)


def test_another_data_seed_gives_other_demonstrations():
    assert not torch.equal(Jumper(data_seed=3).pairs("train")[1], Jumper(data_seed=4).pairs("train")[1])


def test_no_held_out_demonstration_is_a_training_one(jumper):
    assert not torch.isin(jumper.pairs("test")[0], jumper.pairs("train")[0]).any()


@pytest.mark.parametrize(("split", "size"), [("train", 10_000), ("test", 1_000)])
def test_there_are_as_many_demonstrations_as_the_story_says(jumper, split, size):
    assert len(jumper.demos(split)) == size


def test_there_are_as_many_demonstrations_as_are_asked_for(jumper):
    few = Jumper(demonstrations=5, held_out=0)
    assert len(few.demos("train")) == 5 and few.demos("test") == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"demonstrations": 0}, "demonstrations must be at least 1, got 0"),
        ({"held_out": -1}, "held_out must be at least 0, got -1"),
        ({"data_seed": -1}, "data_seed must be at least 0, got -1"),
    ],
)
def test_impossible_numbers_of_demonstrations_are_refused(options, said):
    with pytest.raises(ValueError, match=said):
        Jumper(**options)


def test_a_demonstration_is_one_step(jumper):
    assert repr(jumper.demos("test")[0]) == "Episode(state: 1 x 1, action: 1 x 1)"


def test_clean_landings_are_outside_the_obstacle_and_clipped(jumper):
    x = jumper.pairs("train")[1].abs()
    assert float(x.min()) >= 1 and float(x.max()) == 3


def test_the_noisy_set_errs_in_s_with_the_stated_deviation(jumper):
    assert float((NOISY().pairs("train")[0] - jumper.pairs("train")[0]).std()) == pytest.approx(0.05, rel=0.03)


def test_the_noisy_set_errs_in_x_with_the_stated_deviation(jumper):
    error = (NOISY().pairs("train")[1] - jumper.pairs("train")[1]).sort().values
    middle = error[(error.abs() < 0.25).nonzero()[:, 0]]  # without the landings put into the obstacle
    assert float(middle.std()) == pytest.approx(0.05, rel=0.05)


def test_a_twentieth_of_the_noisy_landings_is_uniform_in_the_obstacle():
    x = Make(Jumper, wrong=0.05)().pairs("train")[1]
    inside = x[x.abs() < 1]
    assert len(inside) / len(x) == pytest.approx(0.05, abs=0.006)
    assert float(inside.mean()) == pytest.approx(0, abs=0.08)
    assert float(inside.std()) == pytest.approx(3**-0.5, rel=0.06)


def test_noise_leaves_the_distribution_that_scores_clean(jumper):
    assert torch.equal(NOISY().distribution.mean(obs([0.3])), jumper.distribution.mean(obs([0.3])))


@pytest.mark.parametrize(
    ("option", "value"),
    [("state_noise", -0.1), ("action_noise", float("inf")), ("wrong", 1.5), ("wrong", -0.1), ("data_seed", -1)],
)
def test_an_impossible_option_is_refused_by_name(option, value):
    with pytest.raises(ValueError, match=option):
        Jumper(**{option: value})


def test_states_fall_into_twelve_equal_bins(jumper):
    middles = torch.arange(12) * 0.2 - 1.1
    for shift in (-0.099, 0.0, 0.099):
        assert_close(jumper.group(obs(middles + shift)), torch.arange(12))


def test_the_ends_of_the_range_belong_to_the_outer_bins(jumper):
    assert jumper.group(obs([-1.2, 1.2])).tolist() == [0, 11]


def test_a_landing_goes_left_right_or_no_way(jumper):
    x = torch.tensor([-3.0, -1.0, -0.999, 0.0, 0.999, 1.0, 2.0])
    assert jumper.mode_of(obs(torch.zeros(7)), x.reshape(1, 7, 1, 1))[0].tolist() == [0, 0, -1, -1, -1, 1, 1]


def test_the_nearest_neighbour_repeats_what_was_done_in_that_very_state(jumper, generator):
    s, x = jumper.pairs("train")
    drawn = jumper.actors()["nearest-neighbour"].sample(obs(s[:50]), 2, generator)
    assert_close(drawn[:, :, 0, 0], x[:50].expand(2, -1), rtol=0, atol=0)
