"""Callers from Python are answered as `strangers.py` says, without the checks that tests put around the package."""

import subprocess
import sys
from pathlib import Path


def test_whatever_a_caller_gives_the_answer_is_a_result_or_one_line_of_our_own():
    words = [sys.executable, "-m", "pytest", "-q", "-x", "-o", "addopts=", "-p", "no:cacheprovider"]
    place = Path(__file__).with_name("strangers.py")
    done = subprocess.run([*words, str(place)], capture_output=True, text=True, cwd=place.parents[1])
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-2_000:]
