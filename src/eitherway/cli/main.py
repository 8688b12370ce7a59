"""The command line: parses words, then hands over to one module a command. Starts without PyTorch."""

import argparse
import difflib
import importlib
import io
import math
import os
import re
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

DESCRIPTION = "What should a policy do when more than one action is right? Train, score and show every answer."
INTERRUPTED = 130
LINE = 200  # letters that are shown of what nobody expected
DATA = "EITHERWAY_DATA"  # what --data sets, for this process and its workers: see eitherway.data.data_dir

STARTS = "where to judge: environment seed FIRST, and how many starts (default: the task's own, see docs/metrics.md)"
PLUGIN = (
    "a module to import first, installed or in the current folder, for what it registers; may be given often "
    "(installed plugins need no naming)"
)
SET = "change any field: RECIPE.FIELD[.OPTION...]=VALUE, or task.OPTION=VALUE; may be given often"


def whole(least: int, most: int) -> Callable[[str], int]:
    """Returns an argument type that reads a whole number from `least` to `most`."""

    def read(text: str) -> int:
        short = text.lstrip("0") or "0"  # Python refuses thousands of digits
        if not (text.isascii() and text.isdecimal() and len(short) <= len(str(most)) and least <= int(short) <= most):
            given = text if len(text) <= LINE else f"{text[:LINE]}..."
            bounds = f"at least {least} and at most {most}"
            raise argparse.ArgumentTypeError(f"must be a whole number of {bounds}, got {given!r}")
        return int(short)

    return read


count = whole(1, 10**6)  # of what is trained, run side by side or cut: more is a slip of the finger
seed = whole(0, 2**63 - 1)  # what PyTorch's generators take


def above_0(text: str) -> float:
    """Reads a number above 0."""
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found < math.inf:
        raise argparse.ArgumentTypeError(f"must be a number above 0, got {text!r}")
    return found


class Parser(argparse.ArgumentParser):
    """An argument parser that reports an error in one line."""

    def error(self, message: str) -> NoReturn:
        known = spoken(self)
        wrong = [w for w in re.findall(r"[\w-]+", message) if w not in known]
        near = [c for w in wrong for c in difflib.get_close_matches(w, known, n=1, cutoff=0.7)]
        hint = f"; did you mean {near[0]}?" if near else ""
        self.exit(2, f"{self.prog}: error: {message}{hint} (see {self.prog} --help)\n")


def spoken(of: argparse.ArgumentParser) -> list[str]:
    """Returns every option and command a parser knows, those of its commands among them."""
    words = [word for action in of._actions for word in action.option_strings]
    commands = [c for action in of._actions if isinstance(action.choices, dict) for c in action.choices.items()]
    return words + [word for name, inner in commands for word in (name, *spoken(inner))]


def parser() -> argparse.ArgumentParser:
    """Builds the parser of the whole command line."""
    top = Parser(prog="eitherway", description=DESCRIPTION, allow_abbrev=False)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)
    compare = command(commands, "compare", "train, score and show many recipes; starting again resumes")
    shared(compare)
    compare.add_argument(
        "--recipes",
        default="default",
        help="names or groups (default, field, long, original, episodic, paper, record, all), separated by commas",
    )
    compare.add_argument("--seeds", type=count, default=3, metavar="N", help="training seeds 0 to N - 1 (default: 3)")
    compare.add_argument("--starts", metavar="FIRST:COUNT", help=STARTS)
    compare.add_argument("--out", type=Path, metavar="DIR", help="run folder (default: runs/TASK)")
    compare.add_argument("--jobs", type=count, metavar="N", help="trainings side by side (default: one a core)")
    train = command(commands, "train", "train one recipe and keep the policy")
    train.add_argument("recipe")
    shared(train)
    train.add_argument("--seed", type=seed, default=0, help="decides first weights, batches and noise (default: 0)")
    train.add_argument("--out", type=Path, metavar="DIR", help="checkpoint folder (default: policies/RECIPE-seed-SEED)")
    train.add_argument("--compile", action="store_true", help="through PyTorch's compiler: pays for large networks")
    evaluate = command(commands, "evaluate", "score a policy that was trained and kept")
    evaluate.add_argument(
        "checkpoint", type=Path, help="a folder that train has written, or RUN/RECIPE/seed-N of a run"
    )
    evaluate.add_argument("--seed", type=seed, default=0, help="decides the draws (default: 0)")
    evaluate.add_argument("--starts", metavar="FIRST:COUNT", help=STARTS)
    evaluate.add_argument(
        "--draw",
        metavar="HOW",
        help="mean, zero or sample: does this policy live from its modes? Paired with draws as they come",
    )
    evaluate.add_argument("--device", default="cpu", help="cpu, cuda, cuda:1, ... (default: cpu)")
    located(evaluate, "--data")
    report = command(commands, "report", "write the report of a run again")
    report.add_argument("run", type=Path, help="a folder that compare has written")
    scaling = command(commands, "scaling", "how heads bear dimension, rare modes, few data; starting again resumes")
    scaling.add_argument("--recipes", help="names separated by commas (default: one of each family)")
    scaling.add_argument(
        "--axes",
        default="dimensions,modes,separation,rarity,demonstrations,width",
        help="some of %(default)s (default: all)",
    )
    scaling.add_argument("--seeds", type=count, default=1, metavar="N", help="training seeds 0 to N - 1 (default: 1)")
    scaling.add_argument("--out", type=Path, metavar="DIR", help="folder of all runs (default: runs/scaling)")
    scaling.add_argument("--jobs", type=count, metavar="N", help="trainings side by side (default: one a core)")
    scaling.add_argument("--device", default="cpu", help="cpu, cuda, cuda:1, ... (default: cpu)")
    scaling.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help=SET)
    notebook = command(commands, "notebook", "copy the notebook that explains it all, and open it with JupyterLab")
    notebook.add_argument(
        "folder", type=Path, nargs="?", default=Path(), metavar="DIR", help="where to (default: the current folder)"
    )
    notebook.add_argument("--no-open", action="store_true", help="copy only")
    notebook.add_argument("--allow-root", action="store_true", help="open it as root, as in a container")
    data(command(commands, "data", "what recordings hold, and public ones downloaded"))
    command(commands, "list", "tasks, heads, backbones, recipes and metrics, one line each")
    show = command(commands, "show", "a recipe with all its options")
    show.add_argument("recipe")
    return top


def command(commands: "argparse._SubParsersAction[Parser]", name: str, about: str) -> argparse.ArgumentParser:
    """Adds a subcommand."""
    made = commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.", allow_abbrev=False)
    made.add_argument("--plugin", action="append", default=[], metavar="MODULE", help=PLUGIN)
    return made


def data(to: argparse.ArgumentParser) -> None:
    """Adds the commands of `eitherway data`."""
    commands = to.add_subparsers(dest="data_command", required=True, metavar="COMMAND", parser_class=Parser)
    inspect = command(commands, "inspect", "episodes, ranges, gaps, NaN, and what a policy would see of them")
    inspect.add_argument("path", help="a zarr replay buffer, or the name of a public data set")
    inspect.add_argument("--n-obs-steps", type=count, default=2, metavar="N", help="frames observed (default: 2)")
    inspect.add_argument("--horizon", type=count, default=16, metavar="N", help="actions in a chunk (default: 16)")
    inspect.add_argument("--observe", metavar="NAMES", help="arrays separated by commas (default: all but the action)")
    inspect.add_argument("--action", metavar="NAME", help="the array of actions (default: action)")
    inspect.add_argument("--hz", type=above_0, metavar="RATE", help="frames a second, where the format stores none")
    located(inspect, "--data")
    inspect.add_argument(
        "--sparse", action="store_true", help="chunks missing on disk hold the fill value, as zarr 3 leaves them out"
    )
    fetch = command(commands, "fetch", "download a public data set and check each of its arrays")
    fetch.add_argument("name", help="pusht")
    located(fetch, "--to")


def located(to: argparse.ArgumentParser, option: str) -> None:
    """Adds the option that names the folder of data sets."""
    said = f"the folder of all data sets (default: ${DATA}, else data)"
    to.add_argument(option, dest="data", type=Path, metavar="DIR", help=said)


def shared(to: argparse.ArgumentParser) -> None:
    """Adds the options that compare and train have in common."""
    to.add_argument("--task", default="jumper", help="see eitherway list (default: jumper)")
    located(to, "--data")
    to.add_argument("--device", default="cpu", help="cpu, cuda, cuda:1, ... (default: cpu)")
    to.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help=SET)
    to.add_argument(
        "--tensorboard", type=Path, metavar="DIR", help="write losses to DIR/RECIPE/seed-N; counts as training time"
    )
    to.add_argument("--effort", type=above_0, default=1.0, metavar="X", help="times the recipes' steps (default: 1)")


def main(words: Sequence[str] | None = None) -> int:
    """Runs a command; a user's mistake costs one line and a status of 1 or 2, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter shows a question mark
    options = parser().parse_args(words)
    try:
        with located_at(vars(options).get("data")):
            if options.command != "notebook":  # which starts without PyTorch
                importlib.import_module("eitherway.registry").load_plugins(options.plugin)
            return int(importlib.import_module(f"eitherway.cli.{options.command}").run(options))
    except KeyboardInterrupt:
        print("eitherway: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except OSError as error:
        print(f"eitherway: error: {where(error)}", file=sys.stderr)
    except (MemoryError, RecursionError, OverflowError, UnicodeError, zipfile.BadZipFile) as error:
        said = " ".join(str(error).split())[:LINE]
        print(f"eitherway: error: {type(error).__name__}{said and f': {said}'}", file=sys.stderr)
    except (ValueError, TypeError, ArithmeticError, RuntimeError) as error:
        if type(error) in (ValueError, TypeError) or type(error).__module__.startswith("eitherway."):
            print(f"eitherway: error: {error}", file=sys.stderr)
        else:
            raise
    return 1


@contextmanager
def located_at(folder: Path | None) -> Iterator[None]:
    """A context manager in which data sets are looked for in this folder, by workers too; then where before."""
    before = os.environ.get(DATA)
    if folder is not None:
        os.environ[DATA] = str(folder)
    try:
        yield
    finally:
        os.environ.pop(DATA, None)
        os.environ.update({} if before is None else {DATA: before})


def where(error: OSError) -> str:
    """Returns what went wrong with which file, in one line."""
    reason = error.strerror or str(error)
    return f"{reason}: {error.filename}" if error.filename else reason


if __name__ == "__main__":
    sys.exit(main())
