"""Runs a comparison in a folder: jobs side by side, then timings one by one, then the results."""

import functools
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from joblib import Parallel, delayed
from joblib.externals.loky.process_executor import TerminatedWorkerError

from eitherway.compare.jobs import Job, Plan, finished, jobs, ready, record_folder
from eitherway.compare.results import results
from eitherway.compare.schema import SCHEMA, Results
from eitherway.compare.storage import load_latency, save_latency
from eitherway.compare.work import Failure, drawing, training, work
from eitherway.evaluation.evaluate import measure_latency
from eitherway.files import PARTIAL, read_json, sweep, write_json
from eitherway.registry import PLUGINS, load_plugins, to_data

RUN, RESULTS, LOCK = "run.json", "results.json", ".lock"
TIMING_COST = 100.0


class Busy(RuntimeError):
    """Raised where another run works in the folder."""


class Killed(RuntimeError):
    """Raised where a worker process died before it answered."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The progress of a comparison: what has just been finished, and how much of the whole is done."""

    what: str
    done: float
    total: float
    failures: tuple[Failure, ...] = ()


@contextmanager
def claimed(folder: Path, plan: Plan) -> Iterator[None]:
    """A context manager that makes and locks the run folder for this process; a ValueError where it is another's."""
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file: give a folder with --out")
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / RUN).is_file() and any(p.name != LOCK and PARTIAL not in p.name for p in folder.iterdir()):
        raise ValueError(f"{folder} is not empty and holds no run: give another folder with --out")
    try:
        with FileLock(folder / LOCK, timeout=0):
            sweep(folder)
            identity = {"schema": SCHEMA, "task": to_data(plan.task)}
            if not (folder / RUN).is_file():
                write_json(folder / RUN, identity)
            if read_json(folder / RUN) != identity:
                raise ValueError(f"{folder} holds a run of another task or other task options: give another with --out")
            yield
    except Timeout:
        raise Busy(f"another run is at work in {folder}: wait for it, or give another folder with --out") from None


def compare(plan: Plan, folder: Path, workers: int) -> Iterator[Stage]:
    """Runs what is left of the plan; call it inside `claimed`. Yields after each finished piece."""
    todo = [j for j in jobs(plan) if not all(finished(folder, plan, n, j.seed) for n in j.rows)]
    total = sum(j.cost for j in todo) + TIMING_COST * len(untimed(plan, folder, todo))
    done = 0.0
    yield Stage(what="plan", done=0, total=total)
    for job, failures in side_by_side(todo, plan, folder, workers):
        done += job.cost
        yield Stage(what=str(job), done=done, total=total, failures=tuple(failures))
    for job, name in untimed(plan, folder, []):
        time_row(job, name, plan, folder)
        done += TIMING_COST
        yield Stage(what=f"timing {name}, seed {job.seed}", done=done, total=max(total, done))


def side_by_side(todo: list[Job], plan: Plan, folder: Path, workers: int) -> Iterator[tuple[Job, list[Failure]]]:
    """Runs jobs in parallel processes, and yields each with its failures as it finishes."""
    calls = (delayed(numbered)(i, job, plan, folder, os.getpid(), tuple(PLUGINS)) for i, job in enumerate(todo))
    try:
        for i, failures in Parallel(n_jobs=min(workers, max(1, len(todo))), return_as="generator_unordered")(calls):
            yield todo[i], failures
    except TerminatedWorkerError:
        raise Killed(
            f"a worker was killed, perhaps for want of memory; what was finished is kept in {folder}"
        ) from None


def numbered(
    i: int, job: Job, plan: Plan, folder: Path, parent: int, plugins: tuple[str, ...]
) -> tuple[int, list[Failure]]:
    """Runs a job, and returns its failures with its number, for answers come in any order."""
    die_with(parent)
    load_plugins(plugins)
    return i, work(job, plan, folder)


@functools.cache
def die_with(parent: int) -> None:
    """Ends this process soon after the one that holds the folder's lock has gone."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.2)
        os._exit(1)

    if os.getpid() != parent:
        threading.Thread(target=watch, daemon=True).start()


def untimed(plan: Plan, folder: Path, coming: list[Job]) -> list[tuple[Job, str]]:
    """Returns the rows without a timing, among those that are finished or still coming."""
    rows = [(job, name) for job in jobs(plan) for name in job.rows if name in plan.recipes]
    return [
        (job, name)
        for job, name in rows
        if job in coming
        or (finished(folder, plan, name, job.seed) and load_latency(record_folder(folder, name, job.seed)) is None)
    ]


def time_row(job: Job, name: str, plan: Plan, folder: Path) -> None:
    """Measures the latency of one row's policy, with nothing else of ours running."""
    policy = drawing(plan.recipes[name], training(job, plan, folder))
    save_latency(record_folder(folder, name, job.seed), measure_latency(policy, ready(plan.task), plan.device))


def write_results(plan: Plan, folder: Path, failures: list[Failure], command: str) -> Results:
    """Reads all recorded evaluations, writes results.json and returns it; what cannot be shown joins the failures."""
    data = results(plan, folder, failures, command)
    write_json(folder / RESULTS, data)
    return data
