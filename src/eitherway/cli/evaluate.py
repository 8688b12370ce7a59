"""`eitherway evaluate`: every metric of one kept policy."""

import argparse
from dataclasses import replace

from rich.console import Console
from rich.table import Table

from eitherway.cli import choose
from eitherway.compare.stats import wilson
from eitherway.compare.work import load_row
from eitherway.evaluate import evidence, single_thread, timing
from eitherway.metrics import METRICS, floors


def run(options: argparse.Namespace) -> int:
    """Prints the metrics; one fixed policy, so success has a Wilson interval over its episodes."""
    device = choose.device(options.device)
    trained = load_row(options.checkpoint, device)
    task = trained.task()
    with single_thread():
        seen = evidence(
            trained.policy,
            task,
            execution=trained.recipe.execution,
            seed=options.seed,
            device=device,
            train_seconds=trained.train_seconds,
        )
    seen = replace(seen, floors=floors(task, seen.obs), timing=timing(trained.policy, task, device))
    table = Table(
        "metric", "value", "unit", "meaning", title=f"{options.checkpoint}, draws of seed {options.seed}", box=None
    )
    for metric in METRICS:
        value = metric.read(seen)
        if value is not None:
            table.add_row(metric.name, f"{value:.4g}", metric.unit, metric.meaning)
    sure = wilson(int(seen.success.sum()), len(seen.success))
    table.caption = f"success of this policy: 95 % Wilson interval [{sure.low:.4f}, {sure.high:.4f}], {sure.n} episodes"
    Console().print(table)
    return 0
