"""The sampler widget: its particles are the head's own draws, by whatever sampler; its words are their count."""

import copy

import numpy as np
import pytest
import torch
from traitlets import TraitError

from eitherway.backbones import MLP
from eitherway.compare.stats import wilson
from eitherway.data import Standard
from eitherway.heads import Diffusion, Flow, Regression
from eitherway.make import Make
from eitherway.notebook.widgets import SamplerWidget
from eitherway.notebook.widgets.trajectories import SAMPLERS, draw_trajectory
from eitherway.paths import DDIM, Heun, LinearBetas, Noise, UniformLogSNR, UniformTimes
from eitherway.randomness import stream
from eitherway.report.numbers import rate
from eitherway.training.recipe import Recipe, build

HEADS = {
    "flow": Make(Flow),
    "levels": Make(Flow, sampler=Make(Heun, steps=4, grid=Make(UniformLogSNR, high=4.0))),
    "diffusion": Make(Diffusion),
    "original": Make(
        Diffusion,
        schedule=Make(LinearBetas),
        target=Make(Noise),
        sampler=Make(DDIM, steps=49, grid=Make(UniformTimes)),
    ),
}


@pytest.fixture(scope="module")
def policies(jumper, demos):
    found = {}
    for name, head in HEADS.items():
        recipe = Recipe(head=head, backbone=Make(MLP, width=8), normaliser=Make(Standard), steps=5)
        found[name] = build(recipe, jumper, seed=3)
        found[name].fit(demos, stream(0, "fit"))
    return found


def positions(widget):
    drawn = widget.picture
    return torch.from_numpy(np.frombuffer(drawn["x"], "<f4").copy()).reshape(len(drawn["times"]), -1)


def by_head(policy, sampler, s, seed, n):
    """The way of the head's own `path`, in raw units, with its sampler exchanged by hand."""
    policy = copy.deepcopy(policy).eval()
    policy.head.sampler = sampler
    with torch.no_grad():
        c = policy.encoder(policy.normalise({"state": torch.full((1, 1, 1), s)}))
        return torch.stack(
            [policy.action_norm.inverse(x)[:, 0, 0, 0] for x in policy.head.path(c, n, stream(seed, "path"))]
        )


@pytest.mark.parametrize("name", HEADS)
def test_with_the_policys_own_sampler_particles_go_the_heads_own_way(policies, name):
    own = policies[name].head.sampler
    kind = "heun" if isinstance(own, Heun) else "ddim"
    widget = SamplerWidget(policies, policy=name, sampler=kind, steps=own.steps, start=0.4, seed=7, particles=50)
    assert torch.equal(positions(widget), by_head(policies[name], own, 0.4, 7, 50))
    times = own.grid(own.steps, policies[name].head.schedule)
    assert widget.picture["times"] == times.tolist()


@pytest.mark.parametrize("name", HEADS)
@pytest.mark.parametrize(
    ("kind", "exchanged"),
    [
        ("ddim", lambda grid: DDIM(steps=6, eta=0.0, grid=grid)),
        ("ddpm", lambda grid: DDIM(steps=6, eta=1.0, grid=grid)),
        ("heun", lambda grid: Heun(steps=6, grid=grid)),
    ],
)
def test_with_another_sampler_they_go_its_way_over_the_policys_own_kind_of_grid(policies, name, kind, exchanged):
    grid = policies[name].head.sampler.grid
    widget = SamplerWidget(policies, policy=name, sampler=kind, steps=6, start=-0.2, particles=50)
    assert torch.equal(positions(widget), by_head(policies[name], exchanged(Make(lambda: grid)), -0.2, 0, 50))


@pytest.mark.parametrize("name", HEADS)
@pytest.mark.parametrize("kind", SAMPLERS)
@pytest.mark.parametrize("steps", [1, 2, 50])
def test_every_sampler_stays_finite_over_any_number_of_steps(policies, name, kind, steps):
    trajectory = draw_trajectory(policies[name], sampler=kind, steps=steps, start=0.0, seed=0, particles=50)
    assert trajectory.x.isfinite().all() and trajectory.x.shape == (steps + 1, 50) and trajectory.t[-1] == 0


@pytest.mark.parametrize(("kind", "count"), [("ddim", 7), ("ddpm", 7), ("heun", 13)])
def test_evaluations_are_counted(policies, kind, count):
    widget = SamplerWidget(policies, sampler=kind, steps=7, particles=10)
    assert widget.trajectory.evaluations == count
    assert f"{count} network evaluations a decision" in widget.picture["says"]


def test_the_share_that_lands_safe_has_wilsons_interval(policies):
    widget = SamplerWidget(policies, particles=200)
    share = wilson(int((positions(widget)[-1].abs() >= 1).sum()), 200)
    assert widget.trajectory.safe == share
    assert rate(share) in widget.picture["says"]


@pytest.mark.parametrize(
    ("name", "value"), [("policy", "diffusion"), ("sampler", "heun"), ("steps", 3), ("start", 0.8), ("seed", 1)]
)
def test_every_setting_draws_anew_and_going_back_brings_the_same(policies, name, value):
    widget = SamplerWidget(policies, particles=20)
    first, before = widget.picture, getattr(widget, name)
    setattr(widget, name, value)
    assert widget.picture["x"] != first["x"]
    setattr(widget, name, before)
    assert widget.picture == first


def test_the_policies_themselves_are_left_alone(policies):
    own = policies["flow"].head.sampler
    SamplerWidget(policies, sampler="heun", steps=3)
    assert policies["flow"].head.sampler is own and policies["flow"].training


def test_what_is_trained_later_changes_nothing(policies):
    mine = copy.deepcopy(policies["flow"])
    widget = SamplerWidget({"flow": mine}, particles=20)
    first = widget.picture
    with torch.no_grad():
        for weights in mine.parameters():
            weights.add_(1.0)
    assert torch.equal(widget.trajectory.x, positions(widget)) and widget.picture == first


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"policy": "mse"}, "policy must be one of flow, levels, diffusion, original; got 'mse'"),
        ({"sampler": "euler"}, "sampler must be one of ddim, ddpm, heun; got 'euler'"),
        ({"steps": 51}, r"steps must lie in \[1, 50\], got 51"),
        ({"start": 1.3}, r"start must lie in \[-1.2, 1.2\], got 1.3"),
        ({"seed": -1}, r"seed must lie in \[0, 2147483647\], got -1"),
    ],
)
def test_settings_out_of_range_are_refused_in_one_line(policies, options, says):
    widget = SamplerWidget(policies, particles=5)
    for name, value in options.items():
        with pytest.raises(TraitError, match=says):
            setattr(widget, name, value)


def test_a_policy_without_an_iterative_sampler_is_refused(jumper):
    policy = build(Recipe(head=Make(Regression), backbone=Make(MLP, width=8)), jumper, seed=0)
    with pytest.raises(ValueError, match=r"trajectories need an iterative sampler .*, got Regression"):
        SamplerWidget({"mse": policy})


@pytest.mark.parametrize(("count", "says"), [(0, "particles must lie in"), (10**6, "particles must lie in")])
def test_too_few_or_too_many_particles_are_refused(policies, count, says):
    with pytest.raises(ValueError, match=says):
        SamplerWidget(policies, particles=count)


def test_no_policies_are_refused():
    with pytest.raises(ValueError, match="at least one trained policy, got none"):
        SamplerWidget({})
