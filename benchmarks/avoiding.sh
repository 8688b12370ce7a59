#!/usr/bin/env bash
# The league on avoiding: the same heads, about a minute and a half of training on one thread each, five seeds.
set -euo pipefail
cd "$(dirname "$0")/.."
make install
.venv/bin/eitherway compare --task avoiding --seeds 5 --effort 0.4 --out runs/avoiding
.venv/bin/python docs/generate.py --run runs/avoiding
