#!/usr/bin/env bash
# Push-T from pictures: about an hour of training on one thread, the last weights, 500 episodes.
set -euo pipefail
cd "$(dirname "$0")/.."
make install
.venv/bin/eitherway compare --task pusht --recipes pusht-pictures --seeds 1 --starts 100000:500 --set task.observe=pictures --out runs/pusht-pictures
.venv/bin/python docs/generate.py --run runs/pusht-pictures --name pusht-pictures
