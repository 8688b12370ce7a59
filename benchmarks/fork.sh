#!/usr/bin/env bash
# The run behind the tables of the fork: one recipe or two of every family, five seeds.
# Trainings run side by side, one thread each; decisions are timed at the end, one by one.
set -euo pipefail
cd "$(dirname "$0")/.."
make install
recipes=mse,mae,mdn,mdn-full,spline,laplace,bins,bet,vq-bet,vq-bet-linked,autoregressive,fast,cvae,act,ibc,ibc-gaussian,ibc-clusters
recipes+=,diffusion,diffusion-fast,edm-fast,score-vp,score-ve,flow,flow-fast,distilled,reflow,shortcut,meanflow
recipes+=,consistency,mip
.venv/bin/eitherway compare --task fork --recipes "$recipes" --seeds 5 --out runs/fork
.venv/bin/python docs/generate.py --run runs/fork
