#!/usr/bin/env bash
# Measures kernels and whole steps on this machine. JSON goes to build/bench/, a short text to the terminal.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p build/bench

build/native/mgt_limits | tee build/bench/limits.json
build/native/mgt_bench --benchmark_out=build/bench/kernels.json --benchmark_out_format=json
for config in micro baseline; do
  for mode in step window; do
    for tier in 0 1 2; do
      build/native/mgt bench --config $config --mode $mode --tier $tier --json | tee "build/bench/$config-$mode-$tier.json"
    done
  done
done
