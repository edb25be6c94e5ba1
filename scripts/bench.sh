#!/usr/bin/env bash
# Measures this machine's limits, our engines, kernels, tiers, window and chunk lengths on one CPU. Ratios go to the
# terminal, JSON, plots and index.html to build/bench/.
#
# Usage: bench.sh [--quick]      (MGT_BENCH_CPU=N picks the CPU, 0 by default)
#   --quick   few turns: to see that everything works, not for figures
set -euo pipefail
rounds=24 sweep_rounds=8 min_time=0.3
case ${1:-} in
  '') ;;
  --quick) rounds=2 sweep_rounds=1 min_time=0.02 ;;
  -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0" && exit 0 ;;
  *) echo "bench.sh: $1? --help shows what there is" >&2 && exit 2 ;;
esac
cd "$(dirname "$0")/.."
export MGT_BENCH_CPU=${MGT_BENCH_CPU:-0}
out=build/bench
for program in mgt mgt_bench mgt_limits mgt_engine; do
  [ -x "build/native/$program" ] || { echo "bench.sh: build/native/$program is missing: make bench builds it" >&2 && exit 1; }
done
mkdir -p "$out"

pinned() { if command -v taskset >/dev/null; then taskset -c "$MGT_BENCH_CPU" "$@"; else "$@"; fi; }
say() { printf '\n[%s] %s\n' "$1" "$2"; }

say 1/5 'limits of the machine, and our engines against them'
node bench/peers/run.mjs --ours --rounds "$rounds"

say 2/5 'kernels, op/arch/shape (printed with the tiers)'
pinned build/native/mgt_bench --benchmark_min_time="$min_time" --benchmark_out="$out/kernels.json" \
  --benchmark_out_format=json 2>&1 |
  while read -r name _; do [ ! -t 2 ] || printf '\r\033[K%s' "$name" >&2; done
[ ! -t 2 ] || printf '\r\033[K' >&2

say 3/5 'tiers: 0 all layers, 3 none'
for config in micro baseline; do
  for mode in step window; do
    pinned build/native/mgt bench --config "$config" --mode "$mode" --tier all --json >"$out/tiers-$config-$mode.json"
  done
done
node bench/kernels/summary.mjs

say 4/5 'window and chunk length'
node bench/sweeps/run.mjs --rounds "$sweep_rounds"

say 5/5 'plots'
node bench/plots/run.mjs
