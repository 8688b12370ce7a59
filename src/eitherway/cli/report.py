"""`eitherway report`: writes the page of a run again."""

import argparse

from rich.console import Console

from eitherway.compare import RESULTS
from eitherway.report import write_report


def run(options: argparse.Namespace) -> int:
    """Writes report.html and the figures from what the run has recorded."""
    if not (options.run / RESULTS).is_file():
        raise ValueError(f"no finished run in {options.run}: it has no {RESULTS}")
    Console(markup=False).print(f"Report: {write_report(options.run)}", soft_wrap=True)
    return 0
