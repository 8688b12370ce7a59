#!/usr/bin/env bash
# The sweep behind docs/scaling.md: one recipe of each family along six axes.
set -euo pipefail
cd "$(dirname "$0")/.."
make install
.venv/bin/eitherway scaling
.venv/bin/python docs/generate.py --scaling runs/scaling
