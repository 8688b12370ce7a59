"""The fork's demonstrations, its modes, what fails at it, and how it is judged."""

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from eitherway.cli import choose
from eitherway.evaluation.evaluate import carry_out, evaluate, single_step
from eitherway.metrics import METRICS
from eitherway.randomness import stream
from eitherway.recipes import METHODS
from eitherway.tasks import TASKS, Fork
from eitherway.tasks.fork import ForkVectorEnv
from eitherway.training.train import demonstrations

READ = {m.name: m.read for m in METRICS.values()}


@pytest.fixture(scope="module")
def fork():
    return Fork()


def seen(s):
    return {"state": torch.as_tensor(s)[:, None]}


def middles(task, s):
    """The middle of each lane from one state in the first dimension: K H."""
    return task.lanes.centres(torch.tensor(s))


def test_the_command_line_reaches_every_option():
    _, task = choose.change({}, TASKS["fork"], ["task.modes=3", "task.dimensions=1", "task.bend=0.5"])
    assert task() == Fork(modes=3, dimensions=1, bend=0.5)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *[("dimensions", 0), ("steps", 0), ("modes", 0), ("demonstrations", 0), ("separation", 10.0)],
        *[
            ("vanishing", 1.0),
            ("merging", 1.5),
            ("anisotropy", 0.5),
            ("bend", -0.1),
            ("coupling", -1.0),
            ("data_seed", -1),
        ],
        *[("dimensions", 13), ("separation", float("nan")), ("bend", float("nan")), ("coupling", float("inf"))],
        *[("rarity", 0.0), ("rarity", 1.0), ("rarity", -0.05), ("rarity", float("nan"))],
    ],
)
def test_an_impossible_option_is_refused_by_name(option, value):
    with pytest.raises(ValueError, match=option):
        Fork(**{option: value})


def test_a_single_way_cannot_be_rare():
    with pytest.raises(ValueError, match="rarity needs at least 2 modes, got modes=1"):
        Fork(modes=1, rarity=0.05)


def test_a_demonstration_is_one_decision(fork):
    cut = demonstrations(fork, METHODS["mse"].recipe)
    s, a = fork.pairs("train")
    assert_close((cut.obs["state"][:, 0], cut.action), (s, a), rtol=0, atol=0)
    assert a.shape == (10_000, 8, 2)


def test_the_number_of_demonstrations_is_an_option_and_leaves_the_held_out_ones_alone(fork):
    few = Fork(demonstrations=50)
    assert len(few.demos("train")) == 50
    assert_close(few.pairs("test"), fork.pairs("test"), rtol=0, atol=0)


def test_demonstrations_go_every_way(fork):
    s, a = fork.pairs("train")
    assert set(fork.mode_of(seen(s), a[None])[0].tolist()) == {0, 1, 2, 3} == set(range(len(fork.mode_names)))


def test_the_mean_of_two_paths_goes_no_way(fork):
    obs = seen([[0.0, 0.0], [-0.9, 0.9]])
    between, aside = fork.mode_of(obs, fork.distribution.mean(obs)[None])[0].tolist()
    assert between == -1 and aside == fork.mode_names.index("0-1")


@pytest.mark.parametrize("at", range(1, 8))
def test_changing_the_lane_after_any_step_goes_no_way(fork, at):
    low, high = middles(fork, 0.0)
    mixed = torch.cat([low[:at], high[at:]])
    a = torch.stack([mixed, high], dim=-1)[None, None]
    assert fork.mode_of(seen([[0.0, 0.0]]), a).item() == -1


def test_a_closed_lane_is_wall():
    task = Fork(dimensions=1, vanishing=0.75)
    a = middles(task, -0.9)[:, None, :, None]
    assert task.mode_of(seen([[-0.9]]), a).tolist() == [[0], [-1]]


def test_the_ends_of_a_lane_are_five_standard_deviations_away():
    task = Fork(dimensions=1, steps=1)
    low = middles(task, 0.0)[0]
    off = torch.tensor([-0.501, -0.499, 0.499, 0.501])
    assert task.mode_of(seen([[0.0]]), (low + off[:, None, None, None])).tolist() == [[-1], [0], [0], [-1]]


@pytest.mark.parametrize(("dimensions", "groups"), [(1, 16), (2, 16), (3, 8), (4, 16), (8, 16)])
def test_states_fall_into_at_most_sixteen_boxes(dimensions, groups):
    task = Fork(dimensions=dimensions)
    s = 2 * torch.rand((4_000, dimensions), generator=stream(0, "s")) - 1
    group = task.group(seen(s))
    assert task.groups == groups and set(group.tolist()) == set(range(groups))
    assert float(torch.bincount(group).double().std()) < 40  # equal shares but for chance


def test_the_environment_judges_as_the_modes_do(fork):
    s, a = (torch.cat([x, x]) for x in fork.pairs("test"))
    a = a.clone()
    a[1_000:, 5, 0] += torch.linspace(-1, 1, 1_000)
    env = fork.env(2_000)
    env.reset(options={"s": s.numpy()})
    assert carry_out(a.numpy(), env).tolist() == (fork.mode_of(seen(s), a[None])[0] >= 0).tolist()


def test_an_episode_is_as_many_steps_as_a_chunk_has(fork):
    env = ForkVectorEnv(3, fork.lanes, 2)
    first, _ = env.reset(seed=4)
    ends = [env.step(np.zeros((3, 2), np.float32))[2].all() for _ in range(8)]
    assert ends == [False] * 7 + [True]
    again, reward, terminated, *_ = env.step(np.zeros((3, 2), np.float32))
    assert (again != first).all() and not reward.any() and not terminated.any()
    assert (env.reset(seed=4)[0] == first).all()


def test_a_state_out_of_reach_is_refused(fork):
    with pytest.raises(ValueError, match=r"must lie in \[-1, 1\], got 2"):
        fork.env(2).reset(options={"s": 2.0})


def test_no_number_is_no_success(fork):
    env = fork.env(1)
    env.reset(options={"s": 0.0})
    assert not carry_out(np.full((1, 8, 2), np.nan, np.float32), env).any()


def test_a_chunk_that_ends_before_the_episode_is_no_success(fork):
    s, a = fork.pairs("test")
    env = fork.env(len(s))
    env.reset(options={"s": s.numpy()})
    assert not carry_out(a[:, :7].numpy(), env).any()


def test_what_a_chunk_says_after_the_episode_does_not_count(jumper):
    env = jumper.env(2)
    env.reset(seed=0)
    assert carry_out(np.array([[[1.5], [0.0]], [[0.0], [1.5]]], np.float32), env).tolist() == [True, False]


def test_the_truth_succeeds_and_covers_all(fork):
    truth = evaluate(fork.actors()["truth"], fork, seed=0)
    assert READ["success"](truth) > 0.9998 and READ["mode_coverage"](truth) == 1.0


def test_the_reference_rows_give_the_scale(fork):
    success = {
        name: float(single_step(actor, fork, fork.spec, stream(0, "draws")).success.mean())
        for name, actor in fork.actors().items()
    }
    assert success["exact-mean"] < 0.5 and min(success[n] for n in success if n != "exact-mean") > 0.999
