#!/usr/bin/env bash
# The run behind the tables and pictures of README and docs: every recipe on the jumper, five seeds.
# One job at a time, so that seconds of training are those of one thread on an otherwise idle machine.
set -euo pipefail
cd "$(dirname "$0")/.."
make install
.venv/bin/eitherway compare --recipes all --seeds 5 --jobs 1 --out runs/benchmark
.venv/bin/python docs/generate.py --run runs/benchmark
