"""Run folders of episodic tasks, made up without a simulator: what a report is read from."""

import json

import numpy as np
import torch

from eitherway.evaluation.data import EvaluationData
from eitherway.evaluation.rollouts import Rollouts
from eitherway.metrics import METRICS
from eitherway.metrics.coverage import ENOUGH
from eitherway.tasks import Avoiding, PushT
from eitherway.tasks.avoiding.expert import demonstrations
from eitherway.tasks.pusht.cover import covered
from eitherway.tasks.pusht.geometry import GOAL

OPTIONS = {
    "avoiding": {"demonstrations": 8, "starts": (40_000, 6)},
    "pusht": {"starts": (100_000, 5), "max_episode_steps": 40},
}
TASKS = {"avoiding": Avoiding, "pusht": PushT}
DRAWS, EVERY = 16, 8
COSTS = {"nfe": 10.0, "ms_per_decision": 1.25}


def padded(tracks):
    """Episodes of different length side by side, NaN after an end."""
    longest = max(map(len, tracks))
    return np.stack([np.pad(t, ((0, longest - len(t)), (0, 0)), constant_values=np.nan) for t in tracks])


def rollouts(info, success, *, horizon, spread, every=EVERY):
    """Episodes that were where they were; chunks drawn at random around there."""
    places = [t["place"] for t in info]
    steps = np.array([len(p) - 1 for p in places])
    action, decision_steps = padded([p[1:] for p in places]), np.arange(0, steps.max(), every)
    fans = min(4, len(places))
    noise = np.random.default_rng(0).normal(0, spread, (fans, len(decision_steps), DRAWS, horizon, 2))
    start = padded(places)[:fans, decision_steps][:, :, None, None]
    late = decision_steps >= steps[:fans, None]
    return Rollouts(
        success=np.array(success),
        steps=steps,
        action=action.astype(np.float32),
        info={name: padded([t[name] for t in info]).astype(np.float32) for name in info[0] if name != "place"},
        decision_steps=decision_steps,
        boundary_gap=np.full((len(places), len(decision_steps)), np.nan, np.float32),
        committed_mode=None,
        sample_fan=np.where(late[..., None, None, None], np.nan, start + noise.cumsum(3)).astype(np.float32),
    )


def avoiding(seed, every=EVERY):
    """Six of the expert's episodes; the second ends after 20 steps, as if it had touched something."""
    tracks = [e.observation["state"][:, :2] for e in demonstrations(6, torch.Generator().manual_seed(seed))]
    tracks[1] = tracks[1][:21]
    info = [{"place": t, "position": t} for t in tracks]
    return rollouts(info, [i != 1 for i in range(6)], horizon=8, spread=0.02, every=every)


def pusht(seed, every=EVERY):
    """Five straight ways to the goal of 40 steps; the last stops half-way."""
    random, info, success = np.random.default_rng(seed), [], []
    for i in range(5):
        share = np.linspace(0, 0.5 if i == 4 else 1, 41)[:, None]
        block = (1 - share) * random.uniform(150, 350, 3) * (1, 1, 0.01) + share * np.array(GOAL)
        agent = (1 - share) * random.uniform(50, 450, 2) + share * random.uniform(50, 450, 2)
        state = np.concatenate([agent, block], axis=1)
        coverage = covered(state)
        coverage[0] = np.nan
        info.append({"place": agent, "state": state, "coverage": coverage[:, None]})
        success.append(bool(np.nanmax(coverage) > ENOUGH))
    return rollouts(info, success, horizon=16, spread=8.0, every=every)


def make_run(folder, name, methods=("mse", "flow"), references=("nearest-neighbour",), every=EVERY):
    """A run folder of an episodic task."""
    task, metrics = TASKS[name](**OPTIONS[name]), {}
    for seed, method in enumerate([*methods, *references]):
        r = {"avoiding": avoiding, "pusht": pusht}[name](seed, every)
        place = folder / method / "seed-0"
        place.mkdir(parents=True)
        np.savez(place / "draws.npz", **r.to_arrays())
        read = {m.name: m.read(EvaluationData(task=task, success=r.success, rollouts=r)) for m in METRICS.values()}
        costs = {} if method in references else COSTS
        metrics[method] = {k: v for k, v in read.items() if v is not None} | costs
    (folder / "results.json").write_text(json.dumps(results(name, metrics, references)))
    return folder


def results(name, metrics, references):
    """results.json of such a run."""
    about = {m: {"label": m, "idea": "an idea", "see": "See this."} for m in metrics if m not in references}
    return {
        "schema": 1,
        "eitherway": "0.1.0",
        "command": f"eitherway compare --task {name}",
        "task": {"name": name, "options": OPTIONS[name]},
        "seeds": [0],
        "floors": {},
        "metrics": [{k: getattr(m, k) for k in ("name", "better", "unit", "meaning")} for m in METRICS.values()],
        "about": about,
        "records": [
            {
                "recipe": m,
                "kind": "reference" if m in references else "recipe",
                "seed": 0,
                "hyper_parameters": None,
                "versions": {"torch": "2.0"},
                "metrics": values,
            }
            for m, values in metrics.items()
        ],
        "failures": [],
        "summary": {
            m: {k: {"mean": v, "low": None, "high": None, "n": 1} for k, v in values.items()}
            for m, values in metrics.items()
        },
        "standings": {},
        "hidden": [],
    }
