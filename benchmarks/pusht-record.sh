#!/usr/bin/env bash
# The record recipe on Push-T: all 206 demonstrations, the last weights, 500 episodes; one training a core.
# Judged at starts that nothing was chosen on: benchmarks/ablations.py, where the recipe was, has its own.
# The data must be there: `eitherway data fetch pusht`.
set -euo pipefail
cd "$(dirname "$0")/.."
make install
seeds=${1:-3}
.venv/bin/eitherway compare --task pusht --recipes pusht-record --seeds "$seeds" --starts 700000:500 --out runs/pusht-record
.venv/bin/python docs/generate.py --run runs/pusht-record --name pusht-record
