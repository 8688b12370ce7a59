#!/usr/bin/env bash
# The run behind the tables and pictures of README and docs: every recipe on the jumper, five seeds.
# Trainings run side by side, one thread each; decisions are timed at the end, one by one.
set -euo pipefail
cd "$(dirname "$0")/.."
make install
.venv/bin/eitherway compare --recipes all --seeds 5 --out runs/benchmark
.venv/bin/python docs/generate.py --run runs/benchmark
