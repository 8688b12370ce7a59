"""Programs and data that tests need and a machine may lack: without them a test skips aloud, in CI it fails."""

import os
import shutil
from pathlib import Path

import pytest


def need(program: str) -> str:
    """The path of an executable; where it is absent the test is skipped, or fails if the variable CI is set."""
    found = shutil.which(program)
    if found:
        return found
    if os.environ.get("CI"):
        pytest.fail(
            f"{program} is not installed, and in CI nothing may be skipped for that: see .ci/run", pytrace=False
        )
    pytest.skip(f"{program} is not installed; this was not tested")


def need_data(name: str) -> Path:
    """Where a public data set is; where it is absent the test is skipped, or fails if the variable CI is set."""
    from eitherway.data.data_dir import find

    try:
        return find(name)
    except ValueError as error:
        if os.environ.get("CI"):
            pytest.fail(f"{error}; in CI nothing may be skipped for that: see .ci/run", pytrace=False)
        pytest.skip(f"{error}; this was not tested")
