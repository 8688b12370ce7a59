#!/usr/bin/env bash
# The sweeps behind docs/scaling.md: one recipe of each family along five axes, and along rarity with more seeds.
set -euo pipefail
cd "$(dirname "$0")/.."
make install
.venv/bin/eitherway scaling --axes dimensions,modes,separation,demonstrations,width
.venv/bin/python docs/generate.py --scaling runs/scaling
.venv/bin/eitherway scaling --axes rarity --recipes default,field --seeds 5 --out runs/scaling-rarity
.venv/bin/python docs/generate.py --scaling runs/scaling-rarity
