"""`eitherway evaluate`: every metric of one saved policy, and what it loses under another action selection."""

import argparse
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from jaxtyping import Float
from rich.console import Console
from rich.table import Table

from eitherway.cli import choose
from eitherway.compare.pairs import difference
from eitherway.compare.scores import Scores, share
from eitherway.compare.stats import Interval
from eitherway.compare.work import drawing, load_row
from eitherway.evaluation.data import EvaluationData
from eitherway.evaluation.evaluate import evaluate, measure_latency
from eitherway.make import Make
from eitherway.metrics import METRICS, floors
from eitherway.policies.action_selection import ActionSelection, FirstDraw, MeanOfN, ZeroNoise
from eitherway.stopwatch import single_thread
from eitherway.tasks import Task
from eitherway.training.checkpoint import Trained

DRAWS: Mapping[str, Make[ActionSelection]] = {"sample": Make(FirstDraw), "mean": Make(MeanOfN), "zero": Make(ZeroNoise)}


def run(options: argparse.Namespace) -> int:
    """Prints the metrics; one fixed policy, so intervals are over its episodes."""
    device, console = choose.device(options.device), Console(markup=False)
    trained = load_row(options.checkpoint, device)
    trained = replace(trained, task=choose.judged(trained.task, options.starts))
    if options.draw is None:
        console.print(whole(options, trained, seen_of(trained, options.seed)))
        return 0
    choose.known(options.draw, DRAWS, "way to draw")
    with single_thread():
        seen = {name: seen_of(drawn(trained, name), options.seed) for name in dict.fromkeys(("sample", options.draw))}
    console.print(apart(options, seen))
    return 0


def drawn(trained: Trained, name: str) -> Trained:
    """Returns the same weights with another action selection."""
    recipe = trained.recipe.replace("action_selection", DRAWS[name])
    return replace(trained, recipe=recipe, policy=drawing(recipe, trained))


def seen_of(trained: Trained, seed: int) -> EvaluationData:
    """Evaluates a policy on its task."""
    task, policy = trained.task(), trained.policy
    with single_thread():
        return evaluate(
            policy,
            task,
            execution=trained.recipe.execution,
            seed=seed,
            device=policy.device,
            train_seconds=trained.train_seconds,
        )


def whole(options: argparse.Namespace, trained: Trained, seen: EvaluationData) -> Table:
    """Returns a table of every metric that applies."""
    task = seen.task
    seen = replace(
        seen, floors=floors(task, seen.obs), latency=measure_latency(trained.policy, task, trained.policy.device)
    )
    title = f"{options.checkpoint}, draws of seed {options.seed}, starts {starts_of(task)}"
    table = Table("metric", "value", "unit", "meaning", title=title, box=None)
    for metric in METRICS.values():
        value = metric.read(seen)
        if value is not None:
            table.add_row(metric.name, f"{value:.4g}", metric.unit, metric.meaning)
    table.caption = "\n".join(f"{name}: {said}" for name, said in sure(seen).items())
    return table


def sure(seen: EvaluationData) -> dict[str, str]:
    """Returns the 95 % intervals of this policy's mean scores over its episodes, in words, by metric."""
    told = {m.name: each for m in METRICS.values() if m.each is not None and (each := m.each(seen)) is not None}
    return {
        f"{name} of this policy": f"95 % interval {bounds(share(alone(each)))}, {len(each)} starts"
        for name, each in told.items()
    }


def alone(each: Float[np.ndarray, " B"]) -> Scores:
    """Returns one policy's score from each start, as the table of one training."""
    return Scores(each[None], ("this policy",))


def starts_of(task: Task) -> str:
    """Formats a task's starts as `--starts` takes them."""
    return "{}:{}".format(*task.starts)


def bounds(it: Interval) -> str:
    """Formats an interval's ends."""
    return "unknown" if it.low is None or it.high is None else f"[{it.low:.4f}, {it.high:.4f}]"


def apart(options: argparse.Namespace, seen: Mapping[str, EvaluationData]) -> Table:
    """Returns a table of action selections on the same starts, and what each loses against draws as they come."""
    title = f"{options.checkpoint}: draws of seed {options.seed}, and drawn otherwise"
    table = Table("score", "draw", "mean", "less than draws", "95 % interval", "seen from", title=title, box=None)
    first = seen["sample"]
    for metric in METRICS.values():
        base = None if metric.each is None else metric.each(first)
        for name, other in seen.items():
            scores = None if metric.each is None else metric.each(other)
            if base is None or scores is None:
                continue
            row = [metric.name, name, f"{float(np.mean(scores)):.4f}"]
            if name != "sample":
                lost = difference(alone(base), alone(scores))
                row += [f"{lost.mean:+.4f}", f"[{lost.low:+.4f}, {lost.high:+.4f}]", f"{lost.smallest:.4f}"]
            table.add_row(*row)
    table.caption = (
        f"paired on the same {len(first.success)} starts, {starts_of(first.task)}; 'seen from': the smallest "
        "difference that four in five such comparisons would tell from none"
    )
    return table
