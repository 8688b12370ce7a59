#!/usr/bin/env bash
# The league on Push-T: every head on one network, four to five minutes of training on one thread each, three seeds.
set -euo pipefail
cd "$(dirname "$0")/.."
make install
.venv/bin/eitherway compare --task pusht --seeds 3 --starts 100000:200 --out runs/pusht
.venv/bin/python docs/generate.py --run runs/pusht
