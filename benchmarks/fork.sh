#!/usr/bin/env bash
# The run behind the table of docs/tasks/fork.md: every recipe on the fork, five seeds, one job at a time.
set -euo pipefail
cd "$(dirname "$0")/.."
make install
.venv/bin/eitherway compare --task fork --recipes all --seeds 5 --jobs 1 --out runs/fork
.venv/bin/python docs/generate.py --run runs/fork
