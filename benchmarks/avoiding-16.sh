#!/usr/bin/env bash
# Commitment on avoiding: chunks of 16 steps instead of 8, so that a plan tells its way before it is taken; carried out
# and drawn in every way.
set -euo pipefail
cd "$(dirname "$0")/.."
make install
ROWS=flow-policy,mdn-policy,l1-policy
LONG="--set flow-policy.horizon=16 --set mdn-policy.horizon=16 --set l1-policy.horizon=16"
# shellcheck disable=SC2086
.venv/bin/eitherway compare --task avoiding --recipes $ROWS --seeds 3 --effort 0.4 $LONG --out runs/avoiding-16
.venv/bin/python benchmarks/execution.py --run runs/avoiding-16 --recipes $ROWS
.venv/bin/python docs/generate.py --run runs/avoiding-16 --name avoiding-16
